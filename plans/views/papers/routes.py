"""Addresses of files of plans and reviews."""

from django.urls import URLPattern, path

from plans.views.papers import pages

urlpatterns: list[URLPattern] = [
    path("plans/<int:pk>/files/", pages.plan_papers, name="plan-papers"),
    path(
        "plans/<int:pk>/snapshots/<int:number>/files/",
        pages.snapshot_papers,
        name="snapshot-papers",
    ),
    path("reviews/<int:pk>/files/", pages.review_papers, name="review-papers"),
    path("plan-files/runs/<int:run>/", pages.paper_run, name="paper-run"),
    path("plan-files/<int:pk>/", pages.paper_file, name="paper-file"),
]
