"""Addresses of loss scenarios."""

from django.urls import path

from plans.views.loss import acts, detail, files, listing

_ONE = "plans/loss/<int:pk>/"

urlpatterns = [
    path("plans/loss/", listing.scenario_list, name="loss-list"),
    path("plans/loss/new/", acts.scenario_create, name="loss-create"),
    path("plans/loss/compare/", listing.compare, name="loss-compare"),
    path(_ONE, detail.scenario_detail, name="loss-detail"),
    path(f"{_ONE}edit/", acts.scenario_edit, name="loss-edit"),
    path(f"{_ONE}run/", acts.scenario_run, name="loss-run"),
    path(f"{_ONE}runs/<int:run_id>/", detail.progress, name="loss-progress"),
    path(f"{_ONE}files/<slug:what>/", files.table_file, name="loss-file"),
    path(f"{_ONE}attach/", acts.scenario_attach, name="loss-attach"),
    path(f"{_ONE}detach/", acts.scenario_detach, name="loss-detach"),
    path(f"{_ONE}actions/", acts.scenario_actions, name="loss-actions"),
    path(f"{_ONE}archive/", acts.scenario_archive, name="loss-archive"),
    path(f"{_ONE}delete/", acts.scenario_delete, name="loss-delete"),
    path("accounts/<int:pk>/panels/loss/", listing.panel, name="panel-loss"),
]
