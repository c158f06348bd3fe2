from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InteractionsConfig(AppConfig):
    name = "interactions"
    verbose_name = _("Interactions")

    def ready(self) -> None:
        from accounts.services.merging import register_mover
        from accounts.services.people_merging import on_joined_places
        from interactions import notices, panels, search
        from interactions.demo.cadence import PART as CADENCE
        from interactions.demo.calendar import PART as CALENDAR
        from interactions.demo.concerns import PART as CONCERNS
        from interactions.demo.part import PART
        from interactions.demo.voice import PART as VOICE
        from interactions.importers import contacts as contact_files
        from interactions.importers import scorecards
        from interactions.selectors import health_concerns, health_voice, timeline
        from interactions.selectors.cadence import contacts, health
        from interactions.services import (
            cadence_flags,
            cadence_merging,
            calendar_merging,
            calendar_moving,
            calendar_problems,
            concern_moving,
            merging,
            problems,
            voice_merging,
        )
        from interactions.views.cadence import lines as cadence_lines
        from interactions.views.calendar import panels as calendar_panels
        from interactions.views.concerns import lines as concern_lines
        from interactions.views.log import answers
        from kam.core.demo import demo_parts

        problems.register()
        register_mover(*merging.MOVERS)
        on_joined_places(merging.repoint)
        panels.register()
        search.register()
        timeline.register()
        calendar_problems.register()
        calendar_moving.register()
        calendar_panels.register()
        register_mover(*calendar_merging.MOVERS)
        on_joined_places(calendar_merging.repoint)
        contacts.register()
        health.register()
        cadence_flags.register()
        cadence_lines.register()
        register_mover(*cadence_merging.MOVERS)
        demo_parts.register(CALENDAR)
        demo_parts.register(PART, CADENCE)
        answers.register()
        contact_files.register()
        notices.register()
        concern_lines.register()
        concern_moving.register()
        health_concerns.register()
        demo_parts.register(CONCERNS)
        demo_parts.register(VOICE)
        scorecards.register()
        health_voice.register()
        register_mover(*voice_merging.MOVERS)
        on_joined_places(voice_merging.repoint)
