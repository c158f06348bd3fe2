from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Mail(TextChoices):
    """When a notification also comes by e-mail."""

    AT_ONCE = "at_once", _("At once")
    DIGEST = "digest", _("In the daily digest")
    NEVER = "never", _("Never")
