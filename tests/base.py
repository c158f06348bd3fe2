"""The rows that migrations write, again after a flush has taken them."""

from __future__ import annotations

from accounts.services.programmes import ensure_default_elements
from accounts.services.tiers.presets import ensure_default_models
from kam.core.models import Organisation
from kam.core.setup import ensure_base_rows
from plans.services.plan.templates import ensure_default_templates


def stand_base_rows() -> None:
    """Have currencies, the organisation, default tiers and programme elements stand."""
    if not Organisation.objects.exists():
        ensure_base_rows()
    ensure_default_models()
    ensure_default_elements()
    ensure_default_templates()
