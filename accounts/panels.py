"""What this app adds to pages of others: panels of the account page, entries of the rail."""

from django.utils.translation import gettext_lazy as _

from kam.core.nav import NavItem, navigation
from kam.core.panels import Panel, panels

SLOT = "account"
VIEW = "accounts.view"

PANELS = (
    Panel(
        slot=SLOT,
        capability=VIEW,
        key="overview",
        title=_("Facts"),
        url_name="accounts:panel-overview",
        icon="id",
        order=10,
        open=True,
    ),
    Panel(
        slot=SLOT,
        capability=VIEW,
        key="revenue",
        title=_("Revenue"),
        url_name="accounts:panel-revenue",
        icon="chart-line",
        order=20,
        open=True,
    ),
    Panel(
        slot=SLOT,
        capability=VIEW,
        key="places",
        title=_("Place in the tree"),
        url_name="accounts:panel-places",
        icon="sitemap",
        order=30,
        open=True,
    ),
    Panel(
        slot=SLOT,
        capability=VIEW,
        key="categories",
        title=_("Categories"),
        url_name="accounts:panel-categories",
        icon="category",
        order=40,
    ),
    Panel(
        slot=SLOT,
        capability=VIEW,
        key="buying",
        title=_("Order rhythm and seasons"),
        url_name="accounts:panel-buying",
        icon="calendar-stats",
        order=50,
    ),
    Panel(
        slot=SLOT,
        capability=VIEW,
        key="entries",
        title=_("Revenue entries"),
        url_name="accounts:panel-entries",
        icon="receipt",
        order=60,
    ),
    Panel(
        slot=SLOT,
        capability=VIEW,
        key="leads",
        title=_("Leads"),
        url_name="accounts:panel-leads",
        icon="user-star",
        order=70,
    ),
    Panel(
        key="history",
        slot=SLOT,
        title=_("History"),
        url_name="accounts:panel-history",
        icon="history",
        capability="history.view",
        order=200,
    ),
)

NAVIGATION = (
    NavItem(
        key="accounts",
        title=_("Accounts"),
        icon="building-store",
        url_name="accounts:account-list",
        capability="accounts.view",
        order=20,
        phone=True,
        keywords=_("customers groups stores chains"),
    ),
    NavItem(
        key="accounts-new",
        title=_("New account"),
        icon="plus",
        url_name="accounts:account-create",
        capability="accounts.create",
        order=21,
        create=True,
    ),
    NavItem(
        key="duplicates",
        title=_("Duplicates"),
        icon="git-merge",
        url_name="accounts:duplicate-list",
        capability="accounts.merge",
        order=22,
        create=True,
        keywords=_("merge"),
    ),
    NavItem(
        key="concentration",
        title=_("Concentration"),
        icon="chart-pie",
        url_name="accounts:concentration",
        capability="concentration.view",
        order=70,
        keywords=_("HHI Pareto top customers dependence"),
    ),
    NavItem(
        key="revenue",
        title=_("Revenue"),
        icon="receipt",
        url_name="accounts:revenue-list",
        capability="accounts.view",
        order=80,
        keywords=_("sales entries turnover"),
    ),
    NavItem(
        key="products",
        title=_("Products"),
        icon="package",
        url_name="accounts:product-list",
        capability="accounts.view",
        order=81,
        parent="revenue",
        keywords=_("categories assortment"),
    ),
    NavItem(
        key="targets",
        title=_("Targets"),
        icon="target",
        url_name="accounts:target-list",
        capability="accounts.view",
        order=82,
        parent="revenue",
        keywords=_("budget plan"),
    ),
)


def register() -> None:
    """Register panels and entries."""
    panels.register(*PANELS)
    navigation.register(*NAVIGATION)
