"""This app's entries of the rail and of the palette."""

from django.utils.translation import gettext_lazy as _

from kam.core.nav import NavItem, navigation


def register() -> None:
    """Register accounts, revenue and what belongs to them."""
    navigation.register(
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
