"""The API of interactions, under /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from interactions.api.views import cadence, calendar, concerns, contacts, needs, timeline, voice

router = SimpleRouter(use_regex_path=False)
router.register("contacts", contacts.ContactViewSet, basename="contact")
router.register("contact-files", contacts.ContactFileViewSet, basename="contact-file")
router.register("needs", needs.NeedViewSet, basename="need")
router.register("cadence-policies", cadence.CadencePolicyViewSet, basename="cadence-policy")
router.register("cadence-pauses", cadence.CadencePauseViewSet, basename="cadence-pause")
router.register("concerns", concerns.ConcernViewSet, basename="concern")
router.register("concern-targets", concerns.ConcernTargetViewSet, basename="concern-target")
router.register("feedback", voice.FeedbackViewSet, basename="feedback")
router.register("surveys", voice.SurveyViewSet, basename="survey")
router.register("survey-links", voice.InvitationViewSet, basename="survey-link")
router.register("meetings", calendar.MeetingViewSet, basename="meeting")

urlpatterns = [
    path("timeline/", timeline.TimelineView.as_view(), name="timeline"),
    path("timeline/search/", timeline.SearchView.as_view(), name="timeline-search"),
    path("touches/", cadence.TouchesView.as_view(), name="touches"),
    path("concern-times/", concerns.ConcernTimesView.as_view(), name="concern-times"),
    *router.urls,
]
