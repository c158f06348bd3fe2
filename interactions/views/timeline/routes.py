"""Addresses of timelines and of the search."""

from django.urls import path

from interactions.views.timeline import pages

urlpatterns = [
    path("timeline/", pages.whole_timeline, name="timeline"),
    path("contacts/search/", pages.search_page, name="search"),
    path("accounts/<int:pk>/timeline/", pages.account_timeline, name="timeline-account"),
    path("people/<int:pk>/timeline/", pages.person_timeline, name="timeline-person"),
    path("accounts/<int:pk>/panels/timeline/", pages.account_panel, name="panel-timeline"),
    path("people/<int:pk>/panels/timeline/", pages.person_panel, name="person-panel-timeline"),
]
