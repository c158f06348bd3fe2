"""What this app shows on the account page."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from kam.core.panels import Panel, panels

SLOT = "account"


def register() -> None:
    """Register the panels of the account page."""
    panel = partial(Panel, slot=SLOT, capability="accounts.view")
    panels.register(
        panel(
            key="overview",
            title=_("Facts"),
            url_name="accounts:panel-overview",
            icon="id",
            order=10,
            open=True,
        ),
        panel(
            key="revenue",
            title=_("Revenue"),
            url_name="accounts:panel-revenue",
            icon="chart-line",
            order=20,
            open=True,
        ),
        panel(
            key="places",
            title=_("Place in the tree"),
            url_name="accounts:panel-places",
            icon="sitemap",
            order=30,
            open=True,
        ),
        panel(
            key="categories",
            title=_("Categories"),
            url_name="accounts:panel-categories",
            icon="category",
            order=40,
        ),
        panel(
            key="buying",
            title=_("Order rhythm and seasons"),
            url_name="accounts:panel-buying",
            icon="calendar-stats",
            order=50,
        ),
        panel(
            key="entries",
            title=_("Revenue entries"),
            url_name="accounts:panel-entries",
            icon="receipt",
            order=60,
        ),
        panel(
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
