"""Pages of interactions: the contact log, cadence, concerns, calendar, timeline, surveys."""

from django.urls import URLPattern

from interactions.views import needs
from interactions.views.cadence import routes as cadence
from interactions.views.concerns import routes as concerns
from interactions.views.log import routes as log
from interactions.views.timeline import routes as timeline

app_name = "interactions"

urlpatterns: list[URLPattern] = [
    *cadence.urlpatterns,
    *timeline.urlpatterns,
    *log.urlpatterns,
    *needs.urlpatterns,
    *concerns.urlpatterns,
]
