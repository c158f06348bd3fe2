"""Concerns with their states and entries, their targets, their times."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

import django_filters
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views.people import unknown
from accounts.api.views.promises import OfAccounts, Working
from accounts.forms.team import partners
from accounts.models import Account, Position
from interactions.api.serializers import concerns as shapes
from interactions.choices import ConcernCategory, ConcernSeverity, ConcernState
from interactions.models import Concern, ConcernEntry, ConcernTarget
from interactions.selectors import concerns as reads
from interactions.selectors.concern_times import times_by
from interactions.services import concerns as services
from kam.core.api.base import Listed, Resource, Retrieved, StrictView
from kam.core.api.problems import QueryError
from kam.core.filters import ChoicesFilter, CodesFilter, IdFilter, UpdatedSince
from kam.identity.models import User

VIEW, LOG, CONFIGURE = "interactions.view", "interactions.log", "interactions.configure"


class ConcernFilter(OfAccounts):
    """Filters of concerns."""

    state = ChoicesFilter(choices=ConcernState, lookup_expr="in")
    category = ChoicesFilter(choices=ConcernCategory, lookup_expr="in")
    severity = ChoicesFilter(choices=ConcernSeverity, lookup_expr="in")
    owner = IdFilter(field_name="owner_id")
    raised_from = django_filters.DateFilter(field_name="raised_on", lookup_expr="gte")
    raised_before = django_filters.DateFilter(field_name="raised_on", lookup_expr="lt")
    late = django_filters.BooleanFilter(
        method="by_late", help_text=gettext_lazy("An answer or the solution is late now.")
    )

    class Meta:
        model = Concern
        fields: list[str] = []

    def by_late(self, rows: QuerySet[Any], _name: str, wanted: bool) -> QuerySet[Any]:
        """Past a target, or not."""
        found = reads.late(timezone.now())
        return rows.filter(found) if wanted else rows.exclude(found)


class ConcernViewSet(Listed, Retrieved, Working):
    """What bothers customers, until it is solved."""

    model = Concern
    capability = VIEW
    change_capability = LOG
    output = shapes.ConcernOutput
    detail_output = shapes.ConcernDetailOutput
    filterset_class = ConcernFilter
    orderings = {"id": "pk", "raised_at": "raised_at", "updated_at": "updated_at"}
    bodies = {
        "create": shapes.ConcernInput,
        "partial_update": shapes.ConcernChange,
        "move": shapes.ConcernMoveInput,
        "say": shapes.ConcernSayInput,
        "give": shapes.ConcernGiveInput,
    }
    answers = {
        "create": {201: shapes.ConcernDetailOutput},
        "partial_update": {200: shapes.ConcernDetailOutput},
        "move": {200: shapes.ConcernDetailOutput},
        "say": {200: shapes.ConcernDetailOutput},
        "give": {200: shapes.ConcernDetailOutput},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With account, owner and author; one row with its entries."""
        rows = queryset.select_related("account", "owner", "author")
        if self.action == "list":
            return rows
        entries = ConcernEntry.objects.select_related("author")
        return rows.prefetch_related(Prefetch("entries", entries))

    def changeable(self) -> QuerySet[Any]:
        """Those that the caller may read."""
        return cast("QuerySet[Any]", Concern.objects.editable_by(self.user))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List concerns, the latest first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One concern with all that happened to it."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Take a concern down, for the lead of the account unless you name an owner."""
        body = self.body()
        account = self.worked_on(body.pop("account"))
        owner, raised_at = body.pop("owner", None), body.pop("raised_at", None)
        body["raised_by"] = self._position(account, body.get("raised_by"))
        made = services.raise_concern(
            worry=services.Worry(account=account, **body),
            owner=owner,
            raised_at=raised_at,
            author=self.user,
            now=timezone.now(),
        )
        return self.answer_created(made.pk)

    def _position(self, account: Account, pk: int | None) -> Position | None:
        if pk is None:
            return None
        rows = partners(account, user=self.user, as_of=timezone.localdate())
        found = rows.filter(pk=pk).first()
        if found is None:
            raise unknown("raised_by", _("There is no such position."))
        return found

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Mend the words; another severity brings its own targets."""
        body = self.body()
        names = ("title", "description", "category", "severity", "is_confidential")
        with self.locked() as concern:
            facts = {name: getattr(concern, name) for name in names} | body
            services.update_concern(concern=concern, author=self.user, now=timezone.now(), **facts)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def move(self, request: Request, **_kwargs: Any) -> Response:
        """Let it go to another state."""
        body = self.body()
        with self.locked() as concern:
            services.move_concern(
                concern=concern,
                to=body["state"],
                words=body.get("words", ""),
                author=self.user,
                now=timezone.now(),
            )
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def say(self, request: Request, **_kwargs: Any) -> Response:
        """Note something among us, or that the customer was answered."""
        body = self.body()
        with self.locked() as concern:
            services.comment_on(concern=concern, author=self.user, now=timezone.now(), **body)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def give(self, request: Request, **_kwargs: Any) -> Response:
        """Let somebody else see to it."""
        body = self.body()
        with self.locked() as concern:
            services.give_concern(concern=concern, author=self.user, now=timezone.now(), **body)
        return self.answer(self.row())


class ConcernTargetFilter(UpdatedSince):
    """Filters of targets."""

    tier = CodesFilter(field_name="tier_code", lookup_expr="in")
    severity = ChoicesFilter(choices=ConcernSeverity, lookup_expr="in")
    on = django_filters.DateFilter(field_name="valid", lookup_expr="contains")

    class Meta:
        model = ConcernTarget
        fields: list[str] = []


class ConcernTargetViewSet(Listed, Retrieved, Resource):
    """Within how many hours concerns are answered and solved, by tier and severity."""

    model = ConcernTarget
    capability = VIEW
    change_capability = CONFIGURE
    output = shapes.ConcernTargetOutput
    filterset_class = ConcernTargetFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    bodies = {"create": shapes.ConcernTargetInput}
    answers = {"create": {201: shapes.ConcernTargetOutput}}

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List targets of every time; none: the built-in ones hold."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One target."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Let other hours hold from a day on; concerns raised before keep theirs."""
        body = self.body()
        body["tier_code"] = body.pop("tier", "")
        return self.answer_created(services.set_target(**body).pk)


class ConcernTimesView(StrictView):
    """How fast concerns are answered and solved."""

    capability = VIEW
    queries = {"get": shapes.ConcernTimesQuery}
    answers = {"get": {200: shapes.ConcernTimesOutput}}

    def get(self, request: Request) -> Response:
        """Medians and shares in time of concerns raised in a period, by category unless said."""
        query = self.query()
        until = query.get("until") or timezone.localdate() + timedelta(days=1)
        start = query.get("start") or until - timedelta(days=180)
        if until <= start:
            raise QueryError({"until": [_("The period ends before it begins.")]})
        user = cast("User", request.user)
        rows = times_by(
            user, query.get("by", "category"), start=start, end=until, now=timezone.now()
        )
        found = {"start": start, "until": until, "groups": rows}
        return Response(shapes.ConcernTimesOutput(found).data)
