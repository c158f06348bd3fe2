"""Addresses of cadence."""

from __future__ import annotations

from django.urls import URLPattern, path

from interactions.views.cadence import panel, pauses, rules, touches

urlpatterns: list[URLPattern] = [
    path("cadence/", touches.touch_list, name="cadence"),
    path("cadence/rules/", rules.rules, name="cadence-policy-list"),
    path("cadence/pauses/", pauses.pause_list, name="cadence-pause-list"),
    path("cadence/pauses/new/", pauses.pause_create, name="cadence-pause-create"),
    path("cadence/pauses/<int:pk>/", pauses.pause_edit, name="cadence-pause-edit"),
    path("cadence/pauses/<int:pk>/remove/", pauses.pause_delete, name="cadence-pause-delete"),
    path("accounts/<int:pk>/panels/cadence/", panel.cadence, name="panel-cadence"),
]
