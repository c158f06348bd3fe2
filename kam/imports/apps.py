from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    name = "kam.imports"
    label = "imports"
    verbose_name = _("Imports")

    def ready(self) -> None:
        from kam.core.selectors.system import register_freshness
        from kam.imports import menu
        from kam.imports.selectors import freshness

        menu.register()
        register_freshness(freshness)
