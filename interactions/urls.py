"""Pages of interactions: the contact log, cadence, concerns, calendar, timeline, surveys."""

from django.urls import URLPattern

from interactions.views import needs
from interactions.views.log import routes as log

app_name = "interactions"

urlpatterns: list[URLPattern] = [*log.urlpatterns, *needs.urlpatterns]
