"""What interactions bring to the registries of the floors below, in the order of the rooms."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InteractionsConfig(AppConfig):
    name = "interactions"
    verbose_name = _("Interactions")

    def ready(self) -> None:
        _services()
        _movers()
        _selectors()
        _files()
        _pages()
        _demo_parts()


def _services() -> None:
    from interactions.services import cadence_flags, calendar_problems, problems

    problems.register()
    calendar_problems.register()
    cadence_flags.register()


def _movers() -> None:
    """What a merge of accounts, or of the places of a person, takes along."""
    from accounts.services.merging import register_mover
    from accounts.services.people_merging import on_joined_places
    from interactions.services import (
        cadence_merging,
        calendar_merging,
        calendar_moving,
        concern_moving,
        merging,
        voice_merging,
    )

    calendar_moving.register()
    for part in (merging, calendar_merging, cadence_merging):
        register_mover(*part.MOVERS)
    concern_moving.register()
    register_mover(*voice_merging.MOVERS)
    for part in (merging, calendar_merging, voice_merging):
        on_joined_places(part.repoint)


def _selectors() -> None:
    from interactions.selectors import health_concerns, health_voice, timeline
    from interactions.selectors.cadence import contacts, health

    for part in (timeline, contacts, health, health_concerns, health_voice):
        part.register()


def _files() -> None:
    from interactions.importers import contacts, scorecards

    contacts.register()
    scorecards.register()


def _pages() -> None:
    from interactions import notices, panels, search
    from interactions.views.cadence import lines as cadence_lines
    from interactions.views.calendar import panels as calendar_panels
    from interactions.views.concerns import lines as concern_lines
    from interactions.views.log import answers

    for part in (panels, search, calendar_panels, cadence_lines, answers, notices, concern_lines):
        part.register()


def _demo_parts() -> None:
    from interactions.demo.cadence import PART as CADENCE
    from interactions.demo.calendar import PART as CALENDAR
    from interactions.demo.concerns import PART as CONCERNS
    from interactions.demo.part import PART as LOG
    from interactions.demo.voice import PART as VOICE
    from kam.core.demo import demo_parts

    demo_parts.register(CALENDAR, LOG, CADENCE, CONCERNS, VOICE)
