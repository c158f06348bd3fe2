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

__all__ = [
    "Attachment",
    "Colleague",
    "Correction",
    "Draft",
    "Interaction",
    "LogSettings",
    "Note",
    "Participant",
]
