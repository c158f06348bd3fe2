"""Pages of interactions: the contact log, cadence, concerns, calendar, timeline, surveys."""

from django.urls import URLPattern

app_name = "interactions"

urlpatterns: list[URLPattern] = []
