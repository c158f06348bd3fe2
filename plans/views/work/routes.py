"""Addresses of the work of plans."""

from django.urls import path

from plans.views.work import actions, listing, objectives, targets

urlpatterns = [
    path("actions/", listing.action_list, name="action-list"),
    path("actions/<slug:tab>/", listing.action_list, name="action-tab"),
    path("action/<int:pk>/", actions.action_detail, name="action-detail"),
    path("action/<int:pk>/edit/", actions.action_edit, name="action-edit"),
    path("action/<int:pk>/done/", actions.action_done, name="action-done"),
    path("action/<int:pk>/reopen/", actions.action_reopen, name="action-reopen"),
    path("action/<int:pk>/drop/", actions.action_drop, name="action-drop"),
    path("swot/<int:pk>/action/", actions.action_from_swot, name="swot-action"),
    path("<int:pk>/actions/new/", actions.action_create, name="action-create"),
    path("<int:pk>/objectives/new/", objectives.objective_create, name="objective-create"),
    path("objectives/<int:pk>/edit/", objectives.objective_edit, name="objective-edit"),
    path("objectives/<int:pk>/delete/", objectives.objective_delete, name="objective-delete"),
    path("objectives/<int:pk>/<str:way>/", objectives.objective_move, name="objective-move"),
    path(
        "objectives/<int:pk>/initiatives/new/",
        objectives.initiative_create,
        name="initiative-create",
    ),
    path("initiatives/<int:pk>/edit/", objectives.initiative_edit, name="initiative-edit"),
    path("initiatives/<int:pk>/delete/", objectives.initiative_delete, name="initiative-delete"),
    path("initiatives/<int:pk>/<str:way>/", objectives.initiative_move, name="initiative-move"),
    path("<int:pk>/targets/new/", targets.target_create, name="target-create"),
    path("targets/<int:pk>/edit/", targets.target_edit, name="target-edit"),
    path("targets/<int:pk>/actual/", targets.target_actual, name="target-actual"),
    path("targets/<int:pk>/delete/", targets.target_delete, name="target-delete"),
    path("targets/<int:pk>/<str:way>/", targets.target_move, name="target-move"),
]
