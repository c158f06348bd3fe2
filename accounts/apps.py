from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from accounts import cards, cockpit, importers, notices, panels, search
        from accounts.demo.costs import PART as COSTS
        from accounts.demo.health import PART as HEALTH
        from accounts.demo.known import PART as KNOWN
        from accounts.demo.notices import PART as NOTICES
        from accounts.demo.part import PART
        from accounts.demo.placement import PART as PLACEMENT
        from accounts.demo.team import PART as TEAM
        from accounts.demo.tiers import PART as TIERS
        from accounts.demo.wallet import PART as WALLET
        from accounts.selectors.team import pack, pack_open
        from accounts.services.costs import costs_blocker
        from accounts.services.costs_merging import MOVERS as COST_MOVERS
        from accounts.services.known_merging import MOVERS as KNOWN_MOVERS
        from accounts.services.merge_parts import MOVERS
        from accounts.services.merging import register_mover
        from accounts.services.people_merging import MOVERS as PEOPLE_MOVERS
        from accounts.services.placement.merging import MOVERS as PLACEMENT_MOVERS
        from accounts.services.revenue import ask_to_fill_base_amounts, base_currency_blocker
        from accounts.services.team.merging import MOVERS as TEAM_MOVERS
        from accounts.services.tiers.merging import MOVERS as TIER_MOVERS
        from accounts.services.wallet_merging import MOVERS as WALLET_MOVERS
        from accounts.views import programme_answers
        from accounts.views.health import lines as health_lines
        from accounts.views.placement import lines as placement_lines
        from accounts.views.profitability import answers as profit_answers
        from accounts.views.team import lines as team_lines
        from accounts.views.wallet import answers
        from kam.core.demo import demo_parts
        from kam.core.services.organisation import guard_base_currency
        from kam.core.services.rates import on_rates_changed

        on_rates_changed(ask_to_fill_base_amounts)
        guard_base_currency(costs_blocker)
        guard_base_currency(base_currency_blocker)
        demo_parts.register(COSTS)
        demo_parts.register(KNOWN)
        demo_parts.register(HEALTH)
        demo_parts.register(PART, TIERS, WALLET)
        demo_parts.register(TEAM)
        demo_parts.register(PLACEMENT)
        demo_parts.register(NOTICES)
        register_mover(*TEAM_MOVERS)
        register_mover(*PLACEMENT_MOVERS)
        register_mover(*KNOWN_MOVERS)
        register_mover(*MOVERS, *PEOPLE_MOVERS, *TIER_MOVERS, *WALLET_MOVERS)
        answers.register()
        register_mover(*COST_MOVERS)
        cards.register()
        programme_answers.register()
        cockpit.register()
        health_lines.register()
        profit_answers.register()
        importers.register()
        notices.register()
        panels.register()
        search.register()
        pack.register()
        pack_open.register()
        team_lines.register()
        placement_lines.register()
