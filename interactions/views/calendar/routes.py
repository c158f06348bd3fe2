"""Where the calendar's pages stand."""

from django.urls import path

from interactions.views.calendar import feeds, files, mails, meetings, page, panels

urlpatterns = [
    path("calendar/", page.calendar, name="calendar"),
    path("calendar/meetings/create/", meetings.meeting_create, name="meeting-create"),
    path("calendar/meetings/<int:pk>/", meetings.meeting_detail, name="meeting-detail"),
    path("calendar/meetings/<int:pk>/edit/", meetings.meeting_edit, name="meeting-edit"),
    path("calendar/meetings/<int:pk>/move/", meetings.meeting_move, name="meeting-move"),
    path("calendar/meetings/<int:pk>/cancel/", meetings.meeting_cancel, name="meeting-cancel"),
    path("calendar/meetings/<int:pk>/reopen/", meetings.meeting_reopen, name="meeting-reopen"),
    path("calendar/meetings/<int:pk>/log/", meetings.meeting_log, name="meeting-log"),
    path("calendar/feed/", feeds.feed_settings, name="calendar-feed"),
    path("calendar/feed/renew/", feeds.feed_renew, name="calendar-feed-renew"),
    path("calendar/feed/revoke/", feeds.feed_revoke, name="calendar-feed-revoke"),
    path("calendar/feed/<str:secret>.ics", feeds.feed, name="calendar-feed-read"),
    path("calendar/files/create/", files.file_create, name="calendar-file-create"),
    path("calendar/files/<int:pk>/", files.file_detail, name="calendar-file"),
    path("calendar/files/<int:pk>/drop/", files.file_drop, name="calendar-file-drop"),
    path("contacts/mail/", mails.mail_create, name="mail-create"),
    path("contacts/mail/<int:pk>/", mails.mail_detail, name="mail-detail"),
    path("contacts/mail/<int:pk>/drop/", mails.mail_drop, name="mail-drop"),
    path("accounts/<int:pk>/panels/meetings/", panels.panel, name="panel-meetings"),
]
