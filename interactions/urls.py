"""Pages of interactions: the contact log, cadence, concerns, calendar, timeline, surveys."""

from django.urls import URLPattern

from interactions.views import needs
from interactions.views.cadence import routes as cadence
from interactions.views.calendar import routes as calendar
from interactions.views.concerns import routes as concerns
from interactions.views.log import routes as log
from interactions.views.timeline import routes as timeline
from interactions.views.voice import routes as voice

app_name = "interactions"

urlpatterns: list[URLPattern] = [
    *cadence.urlpatterns,
    *calendar.urlpatterns,
    *timeline.urlpatterns,
    *log.urlpatterns,
    *needs.urlpatterns,
    *concerns.urlpatterns,
    *voice.urlpatterns,
]
