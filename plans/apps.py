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

    problems.register()
    figures.register()
    notices.register()


def _movers() -> None:
    """What a merge of accounts takes along."""


def _selectors() -> None:
    """Lines of the timeline, of handovers, of what waits for whom."""
    from plans.selectors import submit_rules, waiting

    submit_rules.register()
    waiting.register()


def _files() -> None:
    """Importers."""


def _pages() -> None:
    """Entries of the menu, panels, cards, answers of the cockpit, search."""
    from plans import panels

    panels.register()


def _demo_parts() -> None:
    """Parts of the demo company."""
