from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SettlementsConfig(AppConfig):
    name = "settlements"
    verbose_name = _("Settlements")

    def ready(self) -> None:
        from accounts.services.merging import register_mover
        from settlements import importers, panels
        from settlements.services import merging, problems

        problems.register()
        register_mover(merging.MOVER)
        importers.register()
        panels.register()
