"""Addresses of plans as wholes."""

from django.urls import path

from plans.views.plan import (
    clone,
    create,
    detail,
    listing,
    members,
    sections,
    swot,
    templates,
)

_PLAN = "plans/<int:pk>/"

urlpatterns = [
    path("plans/", listing.plan_list, name="plan-list"),
    path("plans/new/", create.plan_create, name="plan-create"),
    path(_PLAN, detail.plan_detail, name="plan-detail"),
    path(f"{_PLAN}edit/", detail.plan_edit, name="plan-edit"),
    path(f"{_PLAN}readers/", detail.plan_readers, name="plan-readers"),
    path(f"{_PLAN}sections/add/", sections.section_add, name="section-add"),
    path(f"{_PLAN}sections/<slug:kind>/", sections.section, name="section"),
    path(f"{_PLAN}sections/<slug:kind>/edit/", sections.section_edit, name="section-edit"),
    path(f"{_PLAN}sections/<slug:kind>/check/", sections.section_check, name="section-check"),
    path(f"{_PLAN}sections/<slug:kind>/remove/", sections.section_remove, name="section-remove"),
    path(f"{_PLAN}swot/new/", swot.swot_create, name="swot-create"),
    path(f"{_PLAN}swot/hints/", swot.swot_hints, name="swot-hints"),
    path(f"{_PLAN}swot/<int:item_pk>/edit/", swot.swot_edit, name="swot-edit"),
    path(f"{_PLAN}swot/<int:item_pk>/remove/", swot.swot_remove, name="swot-remove"),
    path(f"{_PLAN}members/", members.members, name="members"),
    path(f"{_PLAN}members/add/", members.member_add, name="member-add"),
    path(f"{_PLAN}members/<int:member_pk>/end/", members.member_end, name="member-end"),
    path(f"{_PLAN}clone/", clone.plan_clone, name="plan-clone"),
    path("settings/plan-templates/", templates.template_list, name="template-list"),
    path("settings/plan-templates/new/", templates.template_create, name="template-create"),
    path("settings/plan-templates/<int:pk>/", templates.template_detail, name="template-detail"),
    path("settings/plan-templates/<int:pk>/edit/", templates.template_edit, name="template-edit"),
    path("accounts/<int:pk>/panels/plans/", listing.panel, name="panel-plans"),
]
