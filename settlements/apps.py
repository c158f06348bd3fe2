"""What settlements bring to the registries of the floors below, in the order of the rooms."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SettlementsConfig(AppConfig):
    name = "settlements"
    verbose_name = _("Settlements")

    def ready(self) -> None:
        _services()
        _movers()
        _selectors()
        _pages()


def _services() -> None:
    from settlements.services import problems
    from settlements.services.consignment import problems as consignment
    from settlements.services.credit import problems as credit
    from settlements.services.credit import telling
    from settlements.services.prices import problems as prices
    from settlements.services.rebates import problems as rebates
    from settlements.services.settling import problems as settling
    from settlements.services.terms import words as terms

    for part in (problems, consignment, terms, prices, rebates, credit, settling, telling):
        part.register()


def _movers() -> None:
    """What a merge of accounts takes along."""
    from accounts.services.merging import register_mover
    from settlements.services import merging
    from settlements.services.credit import merging as credit
    from settlements.services.prices import merging as prices
    from settlements.services.settling import merging as settling
    from settlements.services.terms import merging as terms

    register_mover(*merging.MOVERS, terms.MOVER, prices.MOVER, credit.MOVER, settling.MOVER)


def _selectors() -> None:
    from settlements.selectors import handover, health, timeline
    from settlements.selectors.credit import glance
    from settlements.selectors.settling import exposure, waiting
    from settlements.selectors.settling import timeline as settling_timeline
    from settlements.selectors.terms import ending
    from settlements.selectors.terms import timeline as terms_timeline
    from settlements.selectors.terms import waiting as terms_waiting

    for part in (terms_timeline, terms_waiting, ending, glance, handover, health):
        part.register()
    for part in (timeline, exposure, settling_timeline, waiting):
        part.register()


def _pages() -> None:
    from kam.core.demo import demo_parts
    from settlements import cards, cockpit, importers, notices, panels, search
    from settlements.demo.part import PART

    demo_parts.register(PART)
    for part in (importers, notices, panels, cards, cockpit, search):
        part.register()
