"""Addresses of the marketing plan."""

from django.urls import path

from plans.views.marketing import page

urlpatterns = [
    path("plans/<int:pk>/marketing/", page.marketing_plan, name="marketing-plan"),
    path("plans/<int:pk>/marketing/budget/", page.budget_edit, name="marketing-budget"),
    path("plans/<int:pk>/marketing/new/", page.activity_create, name="activity-create"),
    path("plans/activities/<int:pk>/edit/", page.activity_edit, name="activity-edit"),
    path("plans/activities/<int:pk>/remove/", page.activity_remove, name="activity-remove"),
]
