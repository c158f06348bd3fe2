"""What plans bring to the registries of the floors below, in the order of the rooms."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlansConfig(AppConfig):
    name = "plans"
    verbose_name = _("Plans")

    def ready(self) -> None:
        _services()
        _movers()
        _selectors()
        _files()
        _pages()
        _demo_parts()


def _services() -> None:
    """Words for what the database refuses, and notices."""
    from plans import notices
    from plans.services import figures, problems
    from plans.services.loss import problems as loss_problems
    from plans.services.negotiation import telling as negotiation_telling
    from plans.services.plan import handing
    from plans.services.plan import telling as reviews
    from plans.services.reviews import words as review_words
    from plans.services.work import telling

    problems.register()
    review_words.register()
    loss_problems.register()
    handing.register()
    reviews.register()
    figures.register()
    notices.register()
    telling.register()
    negotiation_telling.register()


def _movers() -> None:
    """What a merge of accounts takes along."""
    from accounts.services.merging import register_mover
    from plans.services.loss import merging as loss_merging
    from plans.services.negotiation import merging as negotiation_merging
    from plans.services.plan import merging
    from plans.services.reviews import merging as review_merging
    from plans.services.sales import merging as sales_merging

    register_mover(*merging.MOVERS)
    register_mover(*sales_merging.MOVERS)
    register_mover(review_merging.MOVER)
    register_mover(negotiation_merging.MOVER)
    register_mover(*loss_merging.MOVERS)


def _selectors() -> None:
    """Lines of the timeline, of handovers, of what waits for whom."""
    from plans.selectors import figure_rules, health, submit_rules, waiting, work_lines
    from plans.selectors.metrics import built_in
    from plans.selectors.negotiation import lines as negotiation_lines
    from plans.selectors.plan import lines
    from plans.selectors.reviews import lines as review_lines

    lines.register()
    review_lines.register()
    negotiation_lines.register()
    built_in.register()
    work_lines.register()
    submit_rules.register()
    figure_rules.register()
    waiting.register()
    health.register()


def _files() -> None:
    """Importers."""
    from plans.importers import sales, work

    work.register()
    sales.register()


def _pages() -> None:
    """Entries of the menu, panels, cards, answers of the cockpit, search."""
    from plans import cockpit, panels, search
    from plans.views.levers import page as levers_page
    from plans.views.loss import section as loss_section
    from plans.views.marketing import page as marketing_page
    from plans.views.negotiation import section as negotiation_section
    from plans.views.plan import sources
    from plans.views.sales import section as sales_section
    from plans.views.work import pages as work_pages

    work_pages.register()
    panels.register()
    cockpit.register()
    search.register()
    sources.register()
    loss_section.register()
    negotiation_section.register()
    sales_section.register()
    levers_page.register()
    marketing_page.register()


def _demo_parts() -> None:
    """Parts of the demo company."""
    from kam.core.demo import demo_parts
    from plans.demo.part import PART

    demo_parts.register(PART)
