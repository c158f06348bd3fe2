from interactions.models.cadence import CadencePause, CadencePolicy
from interactions.models.calendar import (
    CalendarFeed,
    Meeting,
    MeetingColleague,
    MeetingParticipant,
    Upload,
)
from interactions.models.concerns import Concern, ConcernEntry, ConcernTarget
from interactions.models.log import (
    Attachment,
    Colleague,
    Correction,
    Draft,
    Interaction,
    LogSettings,
    Note,
    Participant,
)
from interactions.models.needs import Need
from interactions.models.search import SearchText
from interactions.models.voice import Feedback, Invitation, Survey, VoiceSettings

__all__ = [
    "Attachment",
    "CadencePause",
    "CadencePolicy",
    "CalendarFeed",
    "Colleague",
    "Concern",
    "ConcernEntry",
    "ConcernTarget",
    "Correction",
    "Draft",
    "Feedback",
    "Interaction",
    "Invitation",
    "LogSettings",
    "Meeting",
    "MeetingColleague",
    "MeetingParticipant",
    "Need",
    "Note",
    "Participant",
    "SearchText",
    "Survey",
    "Upload",
    "VoiceSettings",
]
