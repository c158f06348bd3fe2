"""What plans add to pages of others: panels of the account page, entries of the rail."""

from django.utils.translation import gettext_lazy as _

from kam.core.nav import NavItem, navigation
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
)
NAVIGATION = (
    NavItem(
        key="reviews",
        title=_("Business reviews"),
        url_name="plans:review-list",
        icon="presentation",
        capability="reviews.view",
        order=44,
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
    panels.register(*PANELS)
    navigation.register(*NAVIGATION)
