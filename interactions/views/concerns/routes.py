"""Addresses of concerns."""

from django.urls import path

from interactions.views.concerns import board, detail, targets, times

urlpatterns = [
    path("concerns/", board.concern_list, name="concern-list"),
    path("concerns/board/", board.concern_board, name="concern-board"),
    path("concerns/times/", times.concern_times, name="concern-times"),
    path("concerns/targets/", targets.concern_targets, name="concern-targets"),
    path("concerns/targets/set/", targets.concern_target_set, name="concern-target-set"),
    path("concerns/new/", detail.concern_create, name="concern-create"),
    path("concerns/<int:pk>/", detail.concern_detail, name="concern-detail"),
    path("concerns/<int:pk>/edit/", detail.concern_edit, name="concern-edit"),
    path("concerns/<int:pk>/move/", detail.concern_move, name="concern-move"),
    path("concerns/<int:pk>/say/", detail.concern_say, name="concern-say"),
    path("concerns/<int:pk>/give/", detail.concern_give, name="concern-give"),
    path("accounts/<int:pk>/panels/concerns/", board.panel, name="panel-concerns"),
]
