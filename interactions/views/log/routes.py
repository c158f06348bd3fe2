"""Addresses of contacts."""

from django.urls import path

from interactions.views.log import contacts, files, listing, logging, notes, panels, settings

urlpatterns = [
    path("contacts/", listing.interaction_list, name="interaction-list"),
    path("contacts/file/", listing.interaction_file, name="interaction-file"),
    path("contacts/settings/", settings.log_settings, name="log-settings"),
    path("contacts/log/", logging.log, name="log"),
    path("contacts/draft/", logging.draft_save, name="draft-save"),
    path("contacts/draft/drop/", logging.draft_drop, name="draft-drop"),
    path("contacts/<int:pk>/", contacts.interaction_detail, name="interaction-detail"),
    path("contacts/<int:pk>/edit/", contacts.interaction_edit, name="interaction-edit"),
    path("contacts/<int:pk>/correct/", contacts.interaction_correct, name="interaction-correct"),
    path(
        "contacts/<int:pk>/take-back/",
        contacts.interaction_take_back,
        name="interaction-take-back",
    ),
    path(
        "contacts/<int:pk>/rate/<int:participant_pk>/",
        contacts.participant_rate,
        name="participant-rate",
    ),
    path("contacts/<int:pk>/notes/", notes.note_add, name="note-add"),
    path("contacts/<int:pk>/files/", files.attachment_add, name="attachment-add"),
    path("contacts/files/<int:pk>/", files.attachment, name="attachment"),
    path("contacts/files/<int:pk>/remove/", files.attachment_remove, name="attachment-remove"),
    path("contacts/notes/<int:pk>/need/", notes.note_need, name="note-need"),
    path("contacts/notes/<int:pk>/concern/", notes.note_concern, name="note-concern"),
    path("contacts/notes/<int:pk>/follow-up/", notes.note_task, name="note-task"),
    path("contacts/notes/<int:pk>/promise/", notes.note_promise, name="note-promise"),
    path("contacts/notes/<int:pk>/move/", notes.note_move, name="note-move"),
    path("contacts/notes/<int:pk>/price/", notes.note_price, name="note-price"),
    path("contacts/notes/<int:pk>/remove/", notes.note_remove, name="note-remove"),
    path("accounts/<int:pk>/panels/contacts/", panels.account_panel, name="panel-contacts"),
    path("people/<int:pk>/panels/contacts/", panels.person_panel, name="person-contacts"),
]
