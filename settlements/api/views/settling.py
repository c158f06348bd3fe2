"""Settlement statements: read, drafted, taken their way, posted once."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from kam.core.api.base import Listed, Resource, Retrieved
from kam.core.filters import ChoicesFilter, CodesFilter, IdFilter, UpdatedSince
from kam.core.problems import RefusedError
from settlements.api.filters import DayFilter, Scoped
from settlements.api.scope import account_of, ledger_key, unknown, user_of
from settlements.api.serializers import settling as shapes
from settlements.choices.settling import StatementDisputeReason, StatementKind, StatementState
from settlements.models import SettlementStatement, SettlementTerm
from settlements.selectors.settling.reads import statements_for, whole
from settlements.services.settling.contests import Contest
from settlements.services.settling.drafting import (
    cancel_statement,
    draft_statement,
    draft_true_up,
    redraft_statement,
)
from settlements.services.settling.issuing import (
    Concession,
    confirm_statement,
    correct_statement,
    dispute_statement,
    issue_statement,
    reject_dispute,
)
from settlements.services.settling.posting import post_statement, take_back_statement
from settlements.views.settling.paper import paper_response

_DAYS = ("issued_on", "raised_on", "corrected_on", "confirmed_on", "posted_on")
_SENT = {**dict.fromkeys(_DAYS, "day"), "period": "period_end"}


class SettlingFilter(Scoped, UpdatedSince):
    """Filters of settlement statements."""

    account = IdFilter(field_name="account_id", help_text=gettext_lazy("Of this very account."))
    within = IdFilter(method="by_branch", help_text=gettext_lazy("Of an account or below it."))
    state = ChoicesFilter(choices=StatementState, lookup_expr="in")
    kind = ChoicesFilter(choices=StatementKind, lookup_expr="in")
    currency = CodesFilter(field_name="currency_id", lookup_expr="in")
    on = DayFilter(
        field_name="period", lookup_expr="contains", help_text=gettext_lazy("Covers this day.")
    )

    class Meta:
        model = SettlementStatement
        fields: list[str] = []

    def by_branch(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """Of an account and of everything below it today."""
        seen = self.seen_accounts(pk)
        return rows.filter(account__path__contains=[int(pk)]) if seen.exists() else rows.none()


class SettlingViewSet(Listed, Retrieved, Resource):
    """Settlement statements of consignment and concession."""

    model = SettlementStatement
    capability = "statements.view"
    change_capability = "statements.draft"
    capabilities = {"post_to_ledger": "statements.post", "take_back": "statements.post"}
    output = shapes.SettlingOutput
    detail_output = shapes.SettlingDetailOutput
    filterset_class = SettlingFilter
    orderings = {"id": "pk", "period": "period", "updated_at": "updated_at"}
    bodies = {
        "create": shapes.DraftInput,
        "issue": shapes.DayInput,
        "dispute": shapes.SettlingDisputeInput,
        "stand": shapes.DayInput,
        "correct": shapes.CorrectionInput,
        "confirm": shapes.ConfirmationInput,
        "post_to_ledger": shapes.DayInput,
        "take_back": shapes.DayInput,
    }
    answers = {
        "create": {201: shapes.SettlingDetailOutput},
        "correct": {201: shapes.SettlingDetailOutput},
        **{
            name: {200: shapes.SettlingDetailOutput}
            for name in (
                "redraft",
                "issue",
                "dispute",
                "stand",
                "confirm",
                "post_to_ledger",
                "take_back",
                "cancel",
            )
        },
    }

    def handle_exception(self, exc: Exception) -> Response:
        """Say a refusal of the field that the caller sent: acts have one day, drafts two."""
        if isinstance(exc, RefusedError):
            exc.field = _SENT.get(exc.field, exc.field)
        return super().handle_exception(exc)

    def get_queryset(self) -> QuerySet[Any]:
        """Statements that the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return SettlementStatement.objects.visible_to(AnonymousUser())
        return statements_for(user_of(self.request))

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """A single statement with its lines."""
        return queryset if self.action == "list" else whole(queryset)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List settlement statements, the latest made first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One statement with its lines, disputes and documents."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def pdf(self, request: Request, **_kwargs: Any) -> HttpResponse:
        """The statement on paper, in the language of the request."""
        return paper_response(self.row())

    def create(self, request: Request) -> Response:
        """Draft the statement of a term for a period, computed from accepted reports."""
        body, user = self.body(), user_of(request)
        values: dict[str, Any] = {
            "term": self._term(body["term"]),
            "start": body["period_start"],
            "end": body["period_end"],
            "drafted_by": user,
            "note": body.get("note", ""),
        }
        if body.get("store"):
            values["store_id"] = account_of(user, body["store"], "store").pk
        if body["true_up"]:
            made = draft_true_up(**values)
        else:
            made = draft_statement(trading_days=body.get("trading_days"), **values)
        return self._answer(made, status.HTTP_201_CREATED)

    def _term(self, pk: int) -> SettlementTerm:
        rows = SettlementTerm.objects.visible_to(user_of(self.request))
        found: SettlementTerm | None = rows.filter(pk=pk).first()
        if found is None:
            raise unknown("term", _("There are no such terms."))
        return found

    def _answer(self, row: SettlementStatement, code: int = status.HTTP_200_OK) -> Response:
        self.kwargs["pk"] = row.pk
        return self.answer(self.row(), code)

    def _day(self, body: dict[str, Any]) -> date:
        day: date = body.get("day") or timezone.localdate()
        return day

    @action(detail=True, methods=["post"])
    def redraft(self, request: Request, **_kwargs: Any) -> Response:
        """Compute a draft anew from the reports as they stand."""
        return self._answer(redraft_statement(statement=self.row()))

    @action(detail=True, methods=["post"])
    def issue(self, request: Request, **_kwargs: Any) -> Response:
        """Issue a draft: it gets its number and does not change any more."""
        row = issue_statement(
            statement=self.row(), issued_on=self._day(self.body()), issued_by=user_of(request)
        )
        return self._answer(row)

    @action(detail=True, methods=["post"])
    def dispute(self, request: Request, **_kwargs: Any) -> Response:
        """Note what the customer contests of an issued statement."""
        row, body = self.row(), self.body()
        contests = [
            Contest(
                amount=one["amount"],
                reason=StatementDisputeReason(one["reason"]),
                line_id=one.get("line"),
                note=one.get("note", ""),
            )
            for one in body["contests"]
        ]
        dispute_statement(
            statement=row,
            contests=contests,
            raised_on=self._day(body),
            raised_by=user_of(request),
            at=timezone.now(),
        )
        return self._answer(row)

    @action(detail=True, methods=["post"])
    def stand(self, request: Request, **_kwargs: Any) -> Response:
        """Let a disputed statement stand as it is."""
        body = self.body()
        row = reject_dispute(
            statement=self.row(), settled_on=self._day(body), note=body.get("note", "")
        )
        return self._answer(row)

    @action(detail=True, methods=["post"])
    def correct(self, request: Request, **_kwargs: Any) -> Response:
        """Issue the next version of a disputed statement; answers the new one."""
        body = self.body()
        made = correct_statement(
            statement=self.row(),
            corrected_on=self._day(body),
            corrected_by=user_of(request),
            claims=[Concession(one["line"], one["amount"]) for one in body.get("claims", [])],
            note=body.get("note", ""),
            at=timezone.now(),
        )
        return self._answer(made, status.HTTP_201_CREATED)

    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, **_kwargs: Any) -> Response:
        """Record that the customer confirmed an issued statement."""
        body = self.body()
        row = confirm_statement(
            statement=self.row(),
            confirmed_on=self._day(body),
            confirmed_by=body["confirmed_by"],
            note=body.get("note", ""),
            recorded_by=user_of(request),
            at=timezone.now(),
        )
        return self._answer(row)

    @action(detail=True, methods=["post"], url_path="post")
    def post_to_ledger(self, request: Request, **_kwargs: Any) -> Response:
        """Post a confirmed statement: documents, set-offs and revenue, once.

        The same `Idempotency-Key` answers what it answered before.
        """
        row = post_statement(
            statement=self.row(),
            posted_on=self._day(self.body()),
            posted_by=user_of(request),
            idempotency_key=ledger_key(request),
        )
        return self._answer(row)

    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, **_kwargs: Any) -> Response:
        """Take a posted statement back by opposite documents and opposite revenue."""
        body = self.body()
        row = take_back_statement(
            statement=self.row(),
            taken_back_on=self._day(body),
            taken_back_by=user_of(request),
            note=body.get("note", ""),
            at=timezone.now(),
        )
        return self._answer(row)

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, **_kwargs: Any) -> Response:
        """Cancel a statement that was not posted; its period is free again."""
        return self._answer(cancel_statement(statement=self.row()))
