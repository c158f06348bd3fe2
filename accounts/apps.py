"""What the accounts bring to the registries of the floors below, in the order of the rooms."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        _guards()
        _movers()
        _demo_parts()
        _files_and_search()
        _pages()
        _selectors()


def _guards() -> None:
    """What happens when rates come, and what refuses another base currency."""
    from accounts.services.costs import costs_blocker
    from accounts.services.revenue import ask_to_fill_base_amounts, base_currency_blocker
    from kam.core.services.organisation import guard_base_currency
    from kam.core.services.rates import on_rates_changed

    on_rates_changed(ask_to_fill_base_amounts)
    guard_base_currency(costs_blocker)
    guard_base_currency(base_currency_blocker)


def _movers() -> None:
    """What a merge of accounts takes along."""
    from accounts.services.costs_merging import MOVERS as COSTS
    from accounts.services.known_merging import MOVERS as KNOWN
    from accounts.services.merge_parts import MOVERS as PARTS
    from accounts.services.merging import register_mover
    from accounts.services.people_merging import MOVERS as PEOPLE
    from accounts.services.placement.merging import MOVERS as PLACEMENT
    from accounts.services.team.merging import MOVERS as TEAM
    from accounts.services.tiers.merging import MOVERS as TIERS
    from accounts.services.wallet_merging import MOVERS as WALLET

    for movers in (PARTS, PEOPLE, TIERS, COSTS, KNOWN, WALLET, PLACEMENT, TEAM):
        register_mover(*movers)


def _demo_parts() -> None:
    from accounts.demo.costs import PART as COSTS
    from accounts.demo.health import PART as HEALTH
    from accounts.demo.known import PART as KNOWN
    from accounts.demo.notices import PART as NOTICES
    from accounts.demo.part import PART as ACCOUNTS
    from accounts.demo.placement import PART as PLACEMENT
    from accounts.demo.team import PART as TEAM
    from accounts.demo.tiers import PART as TIERS
    from accounts.demo.wallet import PART as WALLET
    from kam.core.demo import demo_parts

    demo_parts.register(ACCOUNTS, TIERS, WALLET, COSTS, KNOWN, HEALTH, TEAM, PLACEMENT, NOTICES)


def _files_and_search() -> None:
    from accounts import importers, search

    importers.register()
    search.register()


def _pages() -> None:
    """Panels, cards, answers and lines of the pages."""
    from accounts import cards, cockpit, notices, panels
    from accounts.views import programme_answers
    from accounts.views.health import lines as health_lines
    from accounts.views.placement import lines as placement_lines
    from accounts.views.profitability import answers as profit_answers
    from accounts.views.team import lines as team_lines
    from accounts.views.wallet import answers as wallet_answers

    for room in (
        panels,
        cards,
        cockpit,
        notices,
        health_lines,
        placement_lines,
        profit_answers,
        programme_answers,
        team_lines,
        wallet_answers,
    ):
        room.register()


def _selectors() -> None:
    """Follow-ups, the timeline, what a handover's pack holds, what goes along with it."""
    from accounts.selectors import followups, timeline
    from accounts.selectors.team import pack, pack_open
    from accounts.services.team import moving

    for room in (followups, timeline, pack, pack_open, moving):
        room.register()
