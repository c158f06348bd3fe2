"""The words of loss scenarios."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from settlements.choices.credit import CollateralKind
from settlements.choices.terms import Preset


class LossKind(TextChoices):
    """What happens to the customers of a scenario."""

    DELISTING = "delisting", _("Delisting: they stop buying and pay what is open")
    PARTIAL = "partial", _("Partial loss: a part of the business goes")
    INSOLVENCY = "insolvency", _("Insolvency: they stop buying and stop paying")
    LONGER_TERMS = "longer_terms", _("Longer terms: they stay and pay later")


class RateSubject(TextChoices):
    """What a share that would be lost in an insolvency is about."""

    METHOD = "method", _("Settlement method")
    SECURITY = "security", _("Security")


NO_TERMS = "none"
"""What is open without an agreement in force."""
METHOD_LABELS = dict(Preset.choices) | {
    NO_TERMS: pgettext_lazy("settlement method", "No agreement in force")
}
SECURITY_LABELS = dict(CollateralKind.choices)
RATE_KEYS = (*METHOD_LABELS, *SECURITY_LABELS)
