"""What this app adds to pages of others: panels of the account page, entries of the rail."""

from django.utils.translation import gettext_lazy as _

from kam.core.nav import NavItem, navigation, shortcuts
from kam.core.panels import Panel, panels

SLOT = "account"

PANELS: tuple[Panel, ...] = (
    Panel(
        slot=SLOT,
        capability="interactions.view",
        key="contacts",
        title=_("Contacts"),
        url_name="interactions:panel-contacts",
        icon="messages",
        order=22,
        open=True,
    ),
    Panel(
        slot=SLOT,
        capability="interactions.view",
        key="needs",
        title=_("Needs"),
        url_name="interactions:panel-needs",
        icon="bulb",
        order=35,
    ),
    Panel(
        slot="person",
        capability="interactions.view",
        key="person-contacts",
        title=_("Contacts"),
        url_name="interactions:person-contacts",
        icon="messages",
        order=10,
        open=True,
    ),
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
        key="needs",
        title=_("Needs"),
        url_name="interactions:need-list",
        icon="bulb",
        capability="interactions.view",
        order=41,
        parent="interactions",
        keywords=_("needs challenges goals register"),
    ),
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
SHORTCUTS: tuple[NavItem, ...] = (
    NavItem(
        key="log-contact",
        title=_("Log a contact"),
        url_name="interactions:log",
        icon="message-plus",
        capability="interactions.log",
        order=10,
        press="l",
        phone=True,
        keywords=_("call visit meeting note"),
    ),
)


def register() -> None:
    """Register panels and entries."""
    panels.register(*PANELS)
    navigation.register(*NAVIGATION)
    shortcuts.register(*SHORTCUTS)
