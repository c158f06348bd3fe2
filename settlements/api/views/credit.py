"""Credit over the API: exposure, limits, checks, applications, holds, scores, facts."""

from __future__ import annotations

from typing import Any, cast

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Account
from kam.core.api.base import Listed, Resource, Retrieved
from kam.core.filters import ChoicesFilter, CodesFilter, IdFilter
from kam.imports.models import DataSource
from settlements.api.scope import account_of, unknown, user_of
from settlements.api.serializers import credit as shapes
from settlements.choices.credit import (
    CheckResult,
    FactKind,
    HoldState,
    ScoreGrade,
)
from settlements.models import (
    CreditCheck,
    CreditHold,
    CreditLimit,
    CreditPosition,
    CreditScoreSnapshot,
    ExposureFact,
)
from settlements.services.credit import facts, holds, limits
from settlements.services.credit.checks import Ask, check_credit, override_check

VIEW, APPLY, DECIDE, OVERRIDE = "credit.view", "credit.apply", "credit.decide", "credit.override"
SEND = "receivables.post"


class OfParty(django_filters.FilterSet):
    """Rows by account, with all below it where asked."""

    account = IdFilter(field_name="party_id")
    within = IdFilter(method="by_branch")
    currency = CodesFilter(field_name="currency_id", lookup_expr="in")

    def by_branch(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """At a node that the caller sees and everything below it."""
        user = cast("Any", self.request).user
        seen = Account.objects.visible_to(user).filter(pk=int(pk))
        return rows.filter(Exists(seen), party__path__contains=[int(pk)])


class Changing(OfParty):
    """The same for rows that change."""

    updated_since = django_filters.IsoDateTimeFilter(field_name="updated_at", lookup_expr="gte")


class PositionFilter(OfParty):
    """Filters of exposure."""

    over = django_filters.BooleanFilter(method="by_room")

    class Meta:
        model = CreditPosition
        fields: list[str] = []

    def by_room(self, rows: QuerySet[Any], _name: str, wanted: bool) -> QuerySet[Any]:
        """Over their limit, or not."""
        return rows.filter(available__lt=0) if wanted else rows.exclude(available__lt=0)


class ExposureViewSet(Listed, Retrieved, Resource):
    """Exposure against limits, as of the last run."""

    model = CreditPosition
    capability = VIEW
    output = shapes.CreditPositionOutput
    filterset_class = PositionFilter
    orderings = {"id": "pk"}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With the account."""
        return queryset.select_related("party")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List exposure of accounts against their limits, as of the last run."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Exposure of one account against its limit, by component."""
        return super().retrieve(request, *args, **kwargs)


class LimitFilter(Changing):
    """Filters of limits."""

    on = django_filters.DateFilter(method="by_day")

    class Meta:
        model = CreditLimit
        fields: list[str] = []

    def by_day(self, rows: Any, _name: str, day: Any) -> QuerySet[Any]:
        """In force on a day."""
        return cast("QuerySet[Any]", rows.in_force(day))


class LimitViewSet(Listed, Retrieved, Resource):
    """Credit limits by date."""

    model = CreditLimit
    capability = VIEW
    change_capability = DECIDE
    output = shapes.LimitOutput
    filterset_class = LimitFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    bodies = {"create": shapes.LimitInput, "revoke": shapes.ReasonInput}
    answers = {"create": {201: shapes.LimitOutput}, "revoke": {200: shapes.LimitOutput}}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With account and people."""
        return queryset.select_related("party", "approved_by")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List limits, past and coming ones too."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One limit."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Set a limit from a day on; what held before ends there."""
        body, user = self.body(), user_of(request)
        party = account_of(user, body.pop("account"))
        row = limits.set_limit(party=party, terms=limits.Terms(**body), by=user)
        return self.answer_created(row.pk)

    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, **_kwargs: Any) -> Response:
        """Take a limit back today: none is set afterwards."""
        body = self.body()
        with self.locked() as row:
            limits.revoke_limit(
                limit=row, on=timezone.localdate(), by=user_of(request), reason=body["reason"]
            )
        return self.answer(self.row())


class CheckFilter(OfParty):
    """Filters of checks."""

    result = ChoicesFilter(choices=CheckResult, lookup_expr="in")
    reference = CodesFilter(lookup_expr="in")

    class Meta:
        model = CreditCheck
        fields: list[str] = []


class CheckViewSet(Listed, Retrieved, Resource):
    """Checks of amounts against limits; they are kept as they were answered."""

    model = CreditCheck
    capability = VIEW
    change_capability = APPLY
    capabilities = {"override": OVERRIDE}
    output = shapes.CheckOutput
    filterset_class = CheckFilter
    bodies = {"create": shapes.CheckInput, "override": shapes.UntilInput}
    answers = {"create": {201: shapes.CheckOutput}, "override": {200: shapes.CheckOutput}}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With accounts and people, and whether the caller sees whose limit decided."""
        seen = Account.objects.visible_to(user_of(self.request)).filter(pk=OuterRef("decisive"))
        rows = queryset.select_related("account", "party", "created_by")
        return cast("QuerySet[Any]", rows.annotate(sees_limit=Exists(seen)))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List checks, the latest first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One check with what it was answered from."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Ask whether an account may have an amount on credit; with a key it acts once."""
        body, user = self.body(), user_of(request)
        account = account_of(user, body.pop("account"))
        row = check_credit(account=account, ask=Ask(**body), by=user, as_of=timezone.localdate())
        return self.answer_created(row.pk)

    @action(detail=True, methods=["post"])
    def override(self, request: Request, **_kwargs: Any) -> Response:
        """Let what was blocked through until a day, when it is checked again."""
        body = self.body()
        with self.locked() as row:
            override_check(check=row, by=user_of(request), as_of=timezone.localdate(), **body)
        return self.answer(self.row())


class HoldFilter(django_filters.FilterSet):
    """Filters of holds."""

    account = IdFilter(field_name="party_id")
    state = ChoicesFilter(choices=HoldState, lookup_expr="in")
    updated_since = django_filters.IsoDateTimeFilter(field_name="updated_at", lookup_expr="gte")

    class Meta:
        model = CreditHold
        fields: list[str] = []


class HoldViewSet(Listed, Retrieved, Resource):
    """Holds on sales on credit."""

    model = CreditHold
    capability = VIEW
    change_capability = APPLY
    output = shapes.HoldOutput
    filterset_class = HoldFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    bodies = {"create": shapes.HoldInput, "move": shapes.HoldMoveInput}
    answers = {"create": {201: shapes.HoldOutput}, "move": {200: shapes.HoldOutput}}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With the account."""
        return queryset.select_related("party")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List holds on sales on credit, released ones too."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One hold."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Propose a hold on sales on credit."""
        body, user = self.body(), user_of(request)
        party = account_of(user, body["account"])
        row = holds.propose_hold(party=party, reason=body["reason"], by=user)
        return self.answer_created(row.pk)

    @action(detail=True, methods=["post"])
    def move(self, request: Request, **_kwargs: Any) -> Response:
        """Put a hold in force, override it until a day, or release it."""
        body = self.body()
        with self.locked() as row:
            holds.move_hold(
                hold=row, to=body["state"], by=user_of(request), on=timezone.localdate(),
                until=body.get("until"), note=body.get("note", ""),
            )  # fmt: skip
        return self.answer(self.row())


class ScoreFilter(OfParty):
    """Filters of scores."""

    grade = ChoicesFilter(choices=ScoreGrade, lookup_expr="in")
    month = django_filters.DateFilter()

    class Meta:
        model = CreditScoreSnapshot
        fields: list[str] = []


class ScoreViewSet(Listed, Retrieved, Resource):
    """Scores of payers, one a month."""

    model = CreditScoreSnapshot
    capability = VIEW
    output = shapes.ScoreOutput
    filterset_class = ScoreFilter

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With the payer."""
        return queryset.select_related("party")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List credit scores of payers, one a month."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One score with what it was computed from."""
        return super().retrieve(request, *args, **kwargs)


class FactFilter(Changing):
    """Filters of facts."""

    kind = ChoicesFilter(choices=FactKind, lookup_expr="in")
    on = django_filters.DateFilter(field_name="valid", lookup_expr="contains")
    source = CodesFilter(field_name="source__code", lookup_expr="in")
    source_key = CodesFilter(lookup_expr="in")

    class Meta:
        model = ExposureFact
        fields: list[str] = []


class FactViewSet(Listed, Retrieved, Resource):
    """Facts of exposure that other systems tell."""

    model = ExposureFact
    capability = VIEW
    change_capability = SEND
    output = shapes.FactOutput
    filterset_class = FactFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    bodies = {"create": shapes.FactInput}
    answers = {"create": {201: shapes.FactOutput}}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With account and source."""
        return queryset.select_related("party", "source")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List facts of exposure, past ones too."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One fact."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Tell a fact; the same source and key again replaces it from its day on."""
        body = self.body()
        account = account_of(user_of(request), body.pop("account"))
        source = DataSource.objects.visible_to(user_of(request)).filter(
            code=body.pop("source_code")
        )
        found = source.first()
        if found is None:
            raise unknown("source_code", _("There is no such data source."))
        key = body.pop("source_key")
        row = facts.tell_fact(account=account, source=found, key=key, told=facts.Told(**body))
        return self.answer_created(row.pk)
