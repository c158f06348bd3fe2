"""What plans add to pages of others: panels of the account page, entries of the rail."""

from django.utils.translation import gettext_lazy as _

from kam.core.nav import NavItem, navigation
from kam.core.offers import Offer, offers
from kam.core.panels import Panel, panels

VIEW = "plans.view"
PANELS = (
    Panel(
        slot="account",
        capability=VIEW,
        key="plans",
        title=_("Plans"),
        url_name="plans:panel-plans",
        icon="target-arrow",
        order=18,
        open=True,
    ),
    Panel(
        slot="account",
        capability="reviews.view",
        key="reviews",
        title=_("Reviews and joint work"),
        url_name="plans:panel-reviews",
        icon="presentation",
        order=19,
    ),
    Panel(
        slot="account",
        capability="negotiations.view",
        key="negotiation",
        title=_("Negotiation"),
        url_name="plans:panel-negotiation",
        icon="scale",
        order=20,
    ),
)
LOSS_PANEL = Panel(
    slot="account",
    capability="scenarios.view",
    key="loss",
    title=_("What if we lose them?"),
    url_name="plans:panel-loss",
    icon="chart-arrows-vertical",
    order=19,
)
WHAT_IF = Offer(
    key="loss",
    slot="concentration",
    title=_("What if we lose them?"),
    short=_("What if?"),
    url_name="plans:loss-create",
    icon="chart-arrows-vertical",
    parameter="account",
    capability="scenarios.edit",
)
NAVIGATION = (
    NavItem(
        key="negotiations",
        title=_("Negotiations"),
        url_name="plans:negotiation-list",
        icon="scale",
        capability="negotiations.view",
        order=43,
        parent="plans",
        keywords=_("brief gives and gets offers price rounds mandate"),
    ),
    NavItem(
        key="mandates",
        title=_("Mandates"),
        url_name="plans:mandate-list",
        icon="scale",
        capability="negotiations.configure",
        order=61,
        parent="settings",
        keywords=_("how far a role may go alone, discount"),
    ),
    NavItem(
        key="loss",
        title=_("Loss scenarios"),
        url_name="plans:loss-list",
        icon="chart-arrows-vertical",
        capability="scenarios.view",
        order=30,
        parent="plans",
        keywords=_("what if we lose a customer delisting insolvency"),
    ),
    NavItem(
        key="loss-create",
        title=_("New loss scenario"),
        url_name="plans:loss-create",
        icon="chart-arrows-vertical",
        capability="scenarios.edit",
        order=43,
        create=True,
    ),
    NavItem(
        key="reviews",
        title=_("Business reviews"),
        url_name="plans:review-list",
        icon="presentation",
        capability="reviews.view",
        order=44,
        parent="plans",
        keywords=_("QBR agenda joint teams"),
    ),
    NavItem(
        key="plans",
        title=_("Plans"),
        url_name="plans:plan-list",
        icon="target-arrow",
        capability=VIEW,
        order=35,
        keywords=_("strategic account plan objectives actions"),
    ),
    NavItem(
        key="plan-create",
        title=_("New plan"),
        url_name="plans:plan-create",
        icon="plus",
        capability="plans.edit",
        order=41,
        create=True,
    ),
    NavItem(
        key="plan-templates",
        title=_("Plan templates"),
        url_name="plans:template-list",
        icon="template",
        capability="plans.configure",
        order=60,
        parent="settings",
        keywords=_("sections of plans by tier"),
    ),
)


def register() -> None:
    """Register panels and entries."""
    panels.register(*PANELS, LOSS_PANEL)
    offers.register(WHAT_IF)
    navigation.register(*NAVIGATION)
