"""What this app adds to pages of others: panels of the account page, entries of the rail."""

from django.utils.translation import gettext_lazy as _

from kam.core.nav import NavItem, navigation
from kam.core.panels import Panel, panels

SLOT = "account"

PANELS: tuple[Panel, ...] = (
    Panel(
        slot=SLOT,
        capability="interactions.view",
        key="cadence",
        title=_("Cadence"),
        url_name="interactions:panel-cadence",
        icon="refresh-dot",
        order=36,
    ),
)
NAVIGATION: tuple[NavItem, ...] = (
    NavItem(
        key="interactions",
        title=_("Interactions"),
        url_name="interactions:interaction-list",
        icon="messages",
        capability="interactions.view",
        order=40,
    ),
    NavItem(
        key="cadence",
        title=_("Cadence"),
        url_name="interactions:cadence",
        icon="refresh-dot",
        capability="interactions.view",
        order=43,
        parent="interactions",
        keywords=_("due overdue contacts visits rhythm pauses rules"),
    ),
)


def register() -> None:
    """Register panels and entries."""
    panels.register(*PANELS)
    navigation.register(*NAVIGATION)
