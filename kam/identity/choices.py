from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    ACCOUNT_MANAGER = "account_manager", _("Account manager")
    SALES_DIRECTOR = "sales_director", _("Sales director")
    CREDIT_CONTROLLER = "credit_controller", _("Credit controller")
    ADMINISTRATOR = "administrator", _("Administrator")
    AUDITOR = "auditor", _("Auditor (read only)")
    INTEGRATION = "integration", _("Integration")


class TokenScope(TextChoices):
    READ = "read", _("Read")
    WRITE = "write", _("Read and write")
