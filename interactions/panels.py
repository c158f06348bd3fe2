"""What this app adds to pages of others: panels of the account page, entries of the rail."""

from django.utils.translation import gettext_lazy as _

from kam.core.nav import NavItem, navigation, shortcuts
from kam.core.panels import Panel, panels

SLOT = "account"

PANELS: tuple[Panel, ...] = (
    Panel(
        slot=SLOT,
        capability="interactions.view",
        key="timeline",
        title=_("Timeline"),
        url_name="interactions:panel-timeline",
        icon="timeline",
        order=5,
        open=True,
    ),
    Panel(
        slot="person",
        capability="interactions.view",
        key="person-timeline",
        title=_("Timeline"),
        url_name="interactions:person-panel-timeline",
        icon="timeline",
        order=20,
        open=True,
    ),
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
        key="meetings",
        title=_("Meetings"),
        url_name="interactions:panel-meetings",
        icon="calendar",
        order=23,
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
    Panel(
        slot=SLOT,
        capability="interactions.view",
        key="voice",
        title=_("Voice of the customer"),
        url_name="interactions:panel-voice",
        icon="mood-smile",
        order=38,
    ),
)
NAVIGATION: tuple[NavItem, ...] = (
    NavItem(
        key="voice",
        title=_("Voice of the customer"),
        url_name="interactions:voice-board",
        icon="mood-smile",
        capability="interactions.view",
        order=47,
        parent="interactions",
        keywords=_("satisfaction survey rating scorecard feedback"),
    ),
    NavItem(
        key="calendar",
        title=_("Calendar"),
        url_name="interactions:calendar",
        icon="calendar",
        capability="interactions.view",
        order=40,
        parent="interactions",
        keywords=_("meetings visits appointments month week agenda ics feed"),
    ),
    NavItem(
        key="meeting-create",
        title=_("Plan a meeting"),
        url_name="interactions:meeting-create",
        icon="calendar-plus",
        capability="interactions.log",
        order=40,
        create=True,
    ),
    NavItem(
        key="mail-create",
        title=_("Put an e-mail into the log"),
        url_name="interactions:mail-create",
        icon="mail",
        capability="interactions.log",
        order=41,
        create=True,
        keywords=_("eml upload"),
    ),
    NavItem(
        key="timeline",
        title=_("Timeline"),
        url_name="interactions:timeline",
        icon="timeline",
        capability="interactions.view",
        order=42,
        parent="interactions",
        keywords=_("what happened history events"),
    ),
    NavItem(
        key="contact-search",
        title=_("Search what was said"),
        url_name="interactions:search",
        icon="text-scan-2",
        capability="interactions.view",
        order=43,
        parent="interactions",
        keywords=_("find words notes full text"),
    ),
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
