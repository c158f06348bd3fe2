"""Methods under their trade names, to begin a term with."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from kam.core.formats import Text
from settlements.choices.terms import Preset
from settlements.models import AgreementVersion
from settlements.views.terms.common import page_of

_WHAT: dict[str, Text] = {
    Preset.OUTRIGHT_CASH: _("They buy the goods and pay when these are delivered."),
    Preset.OUTRIGHT_CREDIT: _("They buy the goods and pay some days after the invoice."),
    Preset.CONSIGNMENT: _("The goods stay ours in their store; they pay for what was sold."),
    Preset.CONCESSION: _("We sell in their store; they keep a share of the turnover."),
    Preset.GUARANTEED: _("We sell in their store and guarantee them a minimum."),
    Preset.LEASE: _("We lease space from them and pay a rent."),
    Preset.OWN: _("Every point is chosen one by one."),
}


@dataclass(frozen=True, slots=True)
class PresetCard:
    """A method to begin with."""

    title: Text
    what: Text
    url: str


def cards(version: AgreementVersion) -> list[PresetCard]:
    """All methods by their trade names."""
    page = page_of("agreement-term-create", version)
    return [
        PresetCard(one.label, _WHAT[one], f"{page}?{urlencode({'preset': one.value})}")
        for one in Preset
    ]
