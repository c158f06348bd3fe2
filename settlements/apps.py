from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SettlementsConfig(AppConfig):
    name = "settlements"
    verbose_name = _("Settlements")

    def ready(self) -> None:
        from accounts.services.merging import register_mover
        from kam.core.demo import demo_parts
        from settlements import (
            cards,
            cockpit,
            importers,
            notices,
            panels,
            search,
        )
        from settlements.demo.part import PART
        from settlements.selectors import handover, health, timeline
        from settlements.selectors.credit import glance as credit_glance
        from settlements.selectors.settling import exposure as settling_exposure
        from settlements.selectors.settling import timeline as settling_timeline
        from settlements.selectors.settling import waiting as settling_waiting
        from settlements.selectors.terms import ending as term_ending
        from settlements.services import merging, problems
        from settlements.services.consignment import problems as consignment_problems
        from settlements.services.credit import merging as credit_merging
        from settlements.services.credit import problems as credit_problems
        from settlements.services.credit import telling as credit_telling
        from settlements.services.prices import merging as price_merging
        from settlements.services.prices import problems as price_problems
        from settlements.services.rebates import problems as rebate_problems
        from settlements.services.settling import merging as settling_merging
        from settlements.services.settling import problems as settling_problems

        problems.register()
        consignment_problems.register()
        self._register_terms()
        price_problems.register()
        rebate_problems.register()
        credit_problems.register()
        settling_problems.register()
        register_mover(*merging.MOVERS, price_merging.MOVER, credit_merging.MOVER)
        register_mover(settling_merging.MOVER)
        demo_parts.register(PART)
        importers.register()
        notices.register()
        panels.register()
        cards.register()
        cockpit.register()
        term_ending.register()
        credit_glance.register()
        credit_telling.register()
        search.register()
        handover.register()
        health.register()
        timeline.register()
        settling_exposure.register()
        settling_timeline.register()
        settling_waiting.register()

    def _register_terms(self) -> None:
        from accounts.services.merging import register_mover
        from settlements.selectors.terms import timeline, waiting
        from settlements.services.terms import merging, words

        words.register()
        register_mover(merging.MOVER)
        timeline.register()
        waiting.register()
