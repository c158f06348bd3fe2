"""Addresses of business reviews and joint teams."""

from django.urls import path

from plans.views.joint import teams
from plans.views.reviews import becoming, detail, listing, templates

_ONE = "reviews/<int:pk>/"

urlpatterns = [
    path("reviews/", listing.review_list, name="review-list"),
    path("reviews/new/", listing.review_create, name="review-create"),
    path("reviews/agendas/", templates.template_list, name="review-template-list"),
    path("reviews/agendas/new/", templates.template_edit, name="review-template-create"),
    path("reviews/agendas/<int:pk>/", templates.template_edit, name="review-template-edit"),
    path(_ONE, detail.review_detail, name="review-detail"),
    path(f"{_ONE}edit/", detail.review_edit, name="review-edit"),
    path(f"{_ONE}begin/", detail.review_begin, name="review-begin"),
    path(f"{_ONE}finish/", detail.review_finish, name="review-finish"),
    path(f"{_ONE}cancel/", detail.review_cancel, name="review-cancel"),
    path(f"{_ONE}lines/", detail.line_add, name="review-line-add"),
    path(f"{_ONE}lines/<int:line_pk>/edit/", becoming.line_edit, name="review-line-edit"),
    path(f"{_ONE}lines/<int:line_pk>/remove/", detail.line_remove, name="review-line-remove"),
    path(f"{_ONE}lines/<int:line_pk>/action/", becoming.line_action, name="review-line-action"),
    path(f"{_ONE}lines/<int:line_pk>/concern/", becoming.line_concern, name="review-line-concern"),
    path(f"{_ONE}agenda/", detail.agenda_add, name="review-agenda-add"),
    path(f"{_ONE}agenda/<int:item_pk>/remove/", detail.agenda_remove, name="review-agenda-remove"),
    path(f"{_ONE}people/", detail.person_add, name="review-person-add"),
    path(f"{_ONE}people/came/", detail.attendance, name="review-attendance"),
    path(
        f"{_ONE}people/<int:person_pk>/remove/", detail.person_remove, name="review-person-remove"
    ),
    path("joint-teams/", teams.team_list, name="team-list"),
    path("joint-teams/new/", teams.team_create, name="team-create"),
    path("joint-teams/<int:pk>/", teams.team_detail, name="team-detail"),
    path("joint-teams/<int:pk>/edit/", teams.team_edit, name="team-edit"),
    path("joint-teams/<int:pk>/members/", teams.member_add, name="team-member-add"),
    path(
        "joint-teams/<int:pk>/members/<int:member_pk>/remove/",
        teams.member_remove,
        name="team-member-remove",
    ),
    path("joint-teams/<int:pk>/initiatives/new/", teams.initiative_edit, name="initiative-add"),
    path(
        "joint-teams/<int:pk>/initiatives/<int:initiative_pk>/",
        teams.initiative_edit,
        name="joint-initiative-edit",
    ),
    path(
        "joint-teams/<int:pk>/initiatives/<int:initiative_pk>/remove/",
        teams.initiative_remove,
        name="joint-initiative-remove",
    ),
    path("accounts/<int:pk>/panels/reviews/", listing.panel, name="panel-reviews"),
]
