"""The addresses of the pages about the account's file, placement, store checks and tasks."""

from django.urls import URLPattern, path

from accounts.views import addresses, followups
from accounts.views.placement import boards, checks, deliveries, panels, placements, tasks

PLACEMENT: list[URLPattern] = [
    path("accounts/<int:pk>/file/", addresses.panel, name="panel-file"),
    path("accounts/<int:pk>/addresses/new/", addresses.address_create, name="address-create"),
    path(
        "accounts/<int:pk>/addresses/<int:address_pk>/",
        addresses.address_edit,
        name="address-edit",
    ),
    path(
        "accounts/<int:pk>/addresses/<int:address_pk>/delete/",
        addresses.address_delete,
        name="address-delete",
    ),
    path(
        "accounts/<int:pk>/availability/",
        panels.availability,
        name="panel-availability",
    ),
    path(
        "accounts/<int:pk>/placements/new/", placements.placement_create, name="placement-create-at"
    ),
    path("accounts/<int:pk>/tasks/new/", followups.task_create, name="task-create"),
    path("availability/", boards.availability, name="availability"),
    path("availability/deliveries/", deliveries.service_board, name="service-level"),
    path("availability/placements/", placements.placement_list, name="placement-list"),
    path("availability/placements/new/", placements.placement_create, name="placement-create"),
    path("availability/placements/<int:pk>/", placements.placement_detail, name="placement-detail"),
    path(
        "availability/placements/<int:pk>/edit/", placements.placement_edit, name="placement-edit"
    ),
    path(
        "availability/placements/<int:pk>/step/", placements.placement_step, name="placement-step"
    ),
    path("availability/placements/<int:pk>/end/", placements.placement_end, name="placement-end"),
    path("availability/checks/", checks.check_list, name="store-checks"),
    path("availability/checks/begin/<int:pk>/", checks.check_begin, name="store-check-begin"),
    path("availability/checks/<int:pk>/", checks.check_detail, name="store-check"),
    path("availability/checks/<int:pk>/finish/", checks.check_finish, name="store-check-finish"),
    path(
        "availability/checks/<int:pk>/discard/",
        checks.check_discard,
        name="store-check-discard",
    ),
    path(
        "availability/checks/<int:pk>/lines/<int:line_pk>/",
        checks.line_record,
        name="store-check-line",
    ),
    path(
        "availability/checks/<int:pk>/lines/<int:line_pk>/correct/",
        checks.line_correct,
        name="store-check-correct",
    ),
    path(
        "availability/checks/<int:pk>/lines/<int:line_pk>/photo/",
        checks.line_photo,
        name="store-check-photo",
    ),
    path("accounts/<int:pk>/follow-ups/", followups.panel, name="panel-followups"),
    path("tasks/", followups.task_list, name="task-list"),
    path("tasks/finish/", followups.task_finish_many, name="task-finish-many"),
    path("tasks/give/", followups.task_give_many, name="task-give-many"),
    path("tasks/<int:pk>/", followups.task_detail, name="task-detail"),
    path("tasks/<int:pk>/edit/", followups.task_edit, name="task-edit"),
    path("tasks/<int:pk>/done/", followups.task_done, name="task-done"),
    path("tasks/<int:pk>/finish/", followups.task_finish, name="task-finish"),
    path("tasks/<int:pk>/reopen/", followups.task_reopen, name="task-reopen"),
    path("tasks/<slug:tab>/", followups.task_list, name="task-tab"),
    path("tasks/follow-up/<int:line_pk>/", tasks.follow_up, name="gap-follow-up"),
]
