"""What this app adds to pages of others: panels of the account page, entries of the rail."""

from django.utils.translation import gettext_lazy as _

from kam.core.nav import NavItem, navigation
from kam.core.panels import Panel, panels

SLOT = "account"

PANELS: tuple[Panel, ...] = ()
NAVIGATION: tuple[NavItem, ...] = (
    NavItem(
        key="interactions",
        title=_("Interactions"),
        url_name="interactions:interaction-list",
        icon="messages",
        capability="interactions.view",
        order=40,
    ),
)


def register() -> None:
    """Register panels and entries."""
    panels.register(*PANELS)
    navigation.register(*NAVIGATION)
