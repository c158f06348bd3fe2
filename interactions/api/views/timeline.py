"""What happened, page by page, and what was said, the best first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from accounts.models import Person
from accounts.selectors.team.members import accounts_worked_on
from interactions.api.serializers import timeline as shapes
from interactions.selectors import search as searching
from interactions.selectors.reach import ids_at
from kam.core import timeline
from kam.core.api.base import StrictView
from kam.core.api.problems import QueryError
from kam.core.clock import organisation_zone
from kam.core.timeline import Subject, Wanted
from kam.identity.models import User


class Scoped(StrictView):
    """Accounts and people as far as the caller sees them, or works on them."""

    capability = "interactions.view"

    @property
    def user(self) -> User:
        """The caller."""
        return cast("User", self.request.user)

    def account_ids(self, query: dict[str, Any]) -> list[int] | None:
        """The account asked for, with all below it; raises Http404."""
        pk = query.get("account")
        if pk is None:
            return None
        account = accounts_worked_on(self.user).filter(pk=pk).first()
        if account is None:
            raise Http404
        return ids_at(self.user, account, with_below=not query.get("alone"))

    def page(self, cursor: str | None, events: Any) -> Response:
        """A page with the address of the next one."""
        address = self.request.build_absolute_uri()
        following = replace_query_param(address, "cursor", cursor) if cursor else None
        return Response(shapes.TimelinePage({"next": following, "results": events}).data)


class TimelineView(Scoped):
    """Everything that happened at an account, with a person, or at all one sees."""

    queries = {"get": shapes.TimelineQuery}
    answers = {"get": {200: shapes.TimelinePage}}

    def get(self, request: Request) -> Response:
        """Events, the newest first; nothing that is still to come."""
        query = self.query()
        person = query.get("person")
        if (
            person is not None
            and not Person.objects.visible_to(self.user).filter(pk=person).exists()
        ):
            raise Http404
        tomorrow = timezone.localdate() + timedelta(days=1)
        wanted = Wanted(
            account_ids=self.account_ids(query),
            person_id=person,
            before=query.get("cursor"),
            since=query.get("since"),
            until=min(query.get("until") or tomorrow, tomorrow),
            text=query.get("q", ""),
            limit=query["page_size"],
            zone=organisation_zone(),
        )
        subject = _subject(query)
        page = timeline.read(self.user, subject, wanted, keys=self._keys(query, subject))
        return self.page(page.next, page.events)

    def _keys(self, query: dict[str, Any], subject: Subject) -> list[str]:
        asked = [key for key in query.get("source", "").split(",") if key]
        known = {source.key for source in timeline.sources_for(self.user, subject)}
        if unknown := [key for key in asked if key not in known]:
            words = _("There is no such source: %(name)s.") % {"name": ", ".join(unknown)}
            raise QueryError({"source": [exceptions.ErrorDetail(words, "invalid_choice")]})
        return asked


def _subject(query: dict[str, Any]) -> Subject:
    if query.get("person") is not None:
        return "person"
    if query.get("account") is None:
        return "all"
    return "account" if query["alone"] else "group"


class SearchView(Scoped):
    """Contacts with their notes, concerns and needs, found by words."""

    queries = {"get": shapes.SearchQuery}
    answers = {"get": {200: shapes.TimelinePage}}

    def get(self, request: Request) -> Response:
        """What says all the words, in any form of them: the best first, then the latest."""
        query = self.query()
        behind = searching.decode(query["cursor"]) if "cursor" in query else None
        if "cursor" in query and behind is None:
            words = _("This cursor does not belong to this list and order; start without one.")
            raise QueryError({"cursor": [exceptions.ErrorDetail(words, "invalid_cursor")]})
        found = searching.search(
            self.user,
            query["q"],
            limit=query["page_size"],
            wanted=Wanted(account_ids=self.account_ids(query), zone=organisation_zone()),
            behind=behind,
        )
        return self.page(found.next, found.events)
