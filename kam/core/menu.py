from django.utils.translation import gettext_lazy as _

from kam.core.nav import NavItem, navigation, user_menu


def register() -> None:
    """The entries of jobs and settings, and the way to the API."""
    navigation.register(
        NavItem(
            key="jobs",
            title=_("Jobs"),
            icon="progress-check",
            url_name="core:job-list",
            order=110,
            parent="imports",
            keywords=_("progress background schedule"),
        ),
        NavItem(
            key="settings",
            title=_("Settings"),
            icon="settings",
            url_name="core:settings",
            capability="settings.view",
            order=120,
        ),
        *(_below_settings()),
    )
    user_menu.register(
        NavItem(
            key="api",
            title=_("API"),
            icon="api",
            url_name="api:docs",
            order=80,
            keywords=_("REST integration developers"),
        )
    )


def _below_settings() -> list[NavItem]:
    entries = [
        ("organisation", _("Organisation"), "building", "core:organisation-edit"),
        ("companies", _("Selling companies"), "building-factory-2", "core:company-list"),
        ("currencies", _("Currencies"), "coins", "core:currency-list"),
        ("rates", _("Exchange rates"), "arrows-exchange", "core:rate-list"),
        ("about", _("About kam"), "info-circle", "core:about"),
    ]
    orders = [121, 122, 123, 124, 129]
    return [
        NavItem(
            key=f"settings-{key}",
            title=title,
            icon=icon,
            url_name=url_name,
            capability="settings.view",
            order=order,
            parent="settings",
        )
        for (key, title, icon, url_name), order in zip(entries, orders, strict=True)
    ]
