from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InteractionsConfig(AppConfig):
    name = "interactions"
    verbose_name = _("Interactions")

    def ready(self) -> None:
        from accounts.services.merging import register_mover
        from accounts.services.people_merging import on_joined_places
        from interactions import panels
        from interactions.services import merging, problems

        problems.register()
        register_mover(*merging.MOVERS)
        on_joined_places(merging.repoint)
        panels.register()
