from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DashboardsConfig(AppConfig):
    name = "kam.dashboards"
    label = "dashboards"
    verbose_name = _("Dashboards")

    def ready(self) -> None:
        from kam.core.nav import NavItem, navigation
        from kam.dashboards import todos

        todos.register()
        navigation.register(
            NavItem(
                key="my-day",
                title=_("My day"),
                icon="sun",
                url_name="dashboards:my-day",
                capability="accounts.view",
                order=10,
                phone=True,
                keywords=_("home start to do"),
            )
        )
