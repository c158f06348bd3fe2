from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from kam.core.registering import register_quickly

register_quickly()  # before any model is imported


class CoreConfig(AppConfig):
    name = "kam.core"
    label = "core"
    verbose_name = _("Core")

    def ready(self) -> None:
        """Register every app's jobs in every process: a web server must know what it asks for."""
        from kam.core import menu
        from kam.core.migrating import render_only_what_changes

        render_only_what_changes()
        menu.register()
        autodiscover_modules("tasks")
