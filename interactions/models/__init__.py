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

__all__ = [
    "Attachment",
    "Colleague",
    "Correction",
    "Draft",
    "Interaction",
    "LogSettings",
    "Need",
    "Note",
    "Participant",
]
