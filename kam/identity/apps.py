from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IdentityConfig(AppConfig):
    name = "kam.identity"
    label = "identity"
    verbose_name = _("Identity")

    def ready(self) -> None:
        from kam.core.problems import register_constraint
        from kam.identity import menu
        from kam.identity.services.teams import TeamCycleError

        menu.register()
        cycle = TeamCycleError()
        register_constraint(
            "sales_team_no_cycle", cycle.message, field=cycle.field, kind=TeamCycleError
        )
