from django.db import models
from django.utils.translation import gettext_lazy as _


class Record(models.Model):
    """A business row that knows when it was made and last changed; history is kept by triggers."""

    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        abstract = True
