"""Addresses of a plan's way."""

from django.urls import URLPattern, path

from plans.views.approval import acts, comments, compare, snapshots

_PLAN = "plans/<int:pk>/"

urlpatterns: list[URLPattern] = [
    path(f"{_PLAN}steps/<slug:act>/", acts.plan_act, name="plan-act"),
    path(f"{_PLAN}comments/", comments.comment_add, name="comment-add"),
    path(f"{_PLAN}comments/<slug:kind>/", comments.comment_add, name="comment-add"),
    path(
        f"{_PLAN}comments/<int:comment>/resolve/", comments.comment_resolve, name="comment-resolve"
    ),
    path(f"{_PLAN}comments/<int:comment>/reopen/", comments.comment_reopen, name="comment-reopen"),
    path(f"{_PLAN}snapshots/", snapshots.snapshot_list, name="snapshot-list"),
    path(f"{_PLAN}snapshots/take/", snapshots.snapshot_take, name="snapshot-take"),
    path(f"{_PLAN}snapshots/run/<int:run>/", snapshots.snapshot_run, name="snapshot-run"),
    path(f"{_PLAN}snapshots/<int:number>/", snapshots.snapshot_detail, name="snapshot-detail"),
    path(f"{_PLAN}compare/", compare.plan_compare, name="plan-compare"),
]
