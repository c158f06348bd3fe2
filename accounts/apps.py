from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from accounts import importers
        from accounts.demo.part import PART
        from accounts.services.merge_parts import MOVERS
        from accounts.services.merging import register_mover
        from kam.core.demo import demo_parts

        demo_parts.register(PART)
        register_mover(*MOVERS)
        importers.register()
