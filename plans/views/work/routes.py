"""Addresses of the work of plans."""

from django.urls import path

from plans.views.work import actions, listing, objectives, targets

urlpatterns = [
    path("plans/actions/", listing.action_list, name="action-list"),
    path("plans/actions/<slug:tab>/", listing.action_list, name="action-tab"),
    path("plans/action/<int:pk>/", actions.action_detail, name="action-detail"),
    path("plans/action/<int:pk>/edit/", actions.action_edit, name="action-edit"),
    path("plans/action/<int:pk>/done/", actions.action_done, name="action-done"),
    path("plans/action/<int:pk>/reopen/", actions.action_reopen, name="action-reopen"),
    path("plans/action/<int:pk>/drop/", actions.action_drop, name="action-drop"),
    path("plans/swot/<int:pk>/action/", actions.action_from_swot, name="swot-action"),
    path("plans/<int:pk>/actions/new/", actions.action_create, name="action-create"),
    path("plans/<int:pk>/objectives/new/", objectives.objective_create, name="objective-create"),
    path("plans/objectives/<int:pk>/edit/", objectives.objective_edit, name="objective-edit"),
    path("plans/objectives/<int:pk>/delete/", objectives.objective_delete, name="objective-delete"),
    path("plans/objectives/<int:pk>/<str:way>/", objectives.objective_move, name="objective-move"),
    path(
        "plans/objectives/<int:pk>/initiatives/new/",
        objectives.initiative_create,
        name="initiative-create",
    ),
    path("plans/initiatives/<int:pk>/edit/", objectives.initiative_edit, name="initiative-edit"),
    path(
        "plans/initiatives/<int:pk>/delete/", objectives.initiative_delete, name="initiative-delete"
    ),
    path(
        "plans/initiatives/<int:pk>/<str:way>/", objectives.initiative_move, name="initiative-move"
    ),
    path("plans/<int:pk>/targets/new/", targets.target_create, name="target-create"),
    path("plans/targets/<int:pk>/edit/", targets.target_edit, name="target-edit"),
    path("plans/targets/<int:pk>/actual/", targets.target_actual, name="target-actual"),
    path("plans/targets/<int:pk>/delete/", targets.target_delete, name="target-delete"),
    path("plans/targets/<int:pk>/<str:way>/", targets.target_move, name="target-move"),
]
