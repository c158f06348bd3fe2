"""Addresses of the voice of the customer."""

from django.urls import path

from interactions.views.voice import answering, boards, links, ratings

urlpatterns = [
    path("voice/", boards.board, name="voice-board"),
    path("voice/ratings/", boards.feedback_list, name="feedback-list"),
    path("voice/ratings/<int:pk>/", ratings.feedback_detail, name="feedback-detail"),
    path("voice/ratings/<int:pk>/remove/", ratings.feedback_remove, name="feedback-remove"),
    path("voice/links/", links.invitation_list, name="invitation-list"),
    path("voice/links/<int:pk>/revoke/", links.invitation_revoke, name="invitation-revoke"),
    path("voice/surveys/", links.survey_list, name="survey-list"),
    path("voice/surveys/new/", links.survey_edit, name="survey-create"),
    path("voice/surveys/<int:pk>/", links.survey_edit, name="survey-edit"),
    path("accounts/<int:pk>/voice/", ratings.panel, name="panel-voice"),
    path("accounts/<int:pk>/voice/new/", ratings.feedback_create, name="feedback-create"),
    path("accounts/<int:pk>/voice/ask/", links.invitation_create, name="invitation-create"),
    path("survey/<str:secret>/", answering.survey_answer, name="survey-answer"),
]
