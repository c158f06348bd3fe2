"""Addresses of growth levers."""

from django.urls import path

from plans.views.levers import page

urlpatterns = [
    path("plans/<int:pk>/levers/", page.lever_list, name="lever-list"),
    path("plans/<int:pk>/levers/new/", page.scenario_create, name="lever-create"),
    path("plans/levers/<int:pk>/edit/", page.scenario_edit, name="lever-edit"),
    path("plans/levers/<int:pk>/copy/", page.scenario_copy, name="lever-copy"),
    path("plans/levers/<int:pk>/remove/", page.scenario_remove, name="lever-remove"),
]
