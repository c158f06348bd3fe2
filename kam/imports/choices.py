from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class BatchState(TextChoices):
    UPLOADED = "uploaded", _("Uploaded")
    MAPPED = "mapped", _("Columns chosen")
    PREVIEWED = "previewed", _("Checked")
    COMMITTING = "committing", _("Being imported")
    COMMITTED = "committed", _("Imported")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Failed")
    UNDONE = "undone", _("Undone")
