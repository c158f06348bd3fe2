"""Positions, the worklist, controllers, periods and the overdue job."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from kam.core.api.base import Listed, Resource, Retrieved, StrictView
from kam.core.api.shapes import JobRunOutput
from kam.core.dates import Period
from kam.core.jobs import enqueue
from kam.core.locks import lock_names
from settlements.api.filters import (
    ControllerFilter,
    PeriodFilter,
    PositionFilter,
    WorkFilter,
)
from settlements.api.scope import account_of, user_of
from settlements.api.serializers import work as shapes
from settlements.models import (
    AccountingPeriod,
    ControllerAssignment,
    OverdueRun,
    Position,
    WorkItem,
)
from settlements.services import periods
from settlements.services import work as services

RUNS_SHOWN = 30


class PositionViewSet(Listed, Retrieved, Resource):
    """What payers owe, as of the last overdue run."""

    model = Position
    capability = "receivables.view"
    output = shapes.PositionOutput
    filterset_class = PositionFilter
    orderings = {"id": "pk", "overdue": "overdue", "open": "open", "updated_at": "computed_at"}
    default_ordering = "-overdue"

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With the payer."""
        return queryset.select_related("party")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List positions, the largest overdue amount first.

        One row for each payer and currency. For any other day ask `ageing/`.
        """
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One position."""
        return super().retrieve(request, *args, **kwargs)


class WorkViewSet(Listed, Retrieved, Resource):
    """Work on overdue receivables."""

    model = WorkItem
    capability = "receivables.view"
    change_capability = "receivables.work"
    output = shapes.WorkOutput
    filterset_class = WorkFilter
    orderings = {
        "id": "pk",
        "amount": "amount",
        "oldest_due_on": "oldest_due_on",
        "opened_on": "opened_on",
    }
    default_ordering = "-amount"
    bodies = {
        "plan": shapes.PlanInput,
        "snooze": shapes.SnoozeInput,
        "finish": shapes.FinishInput,
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With payer and people."""
        return queryset.select_related("party", "user", "closed_by")

    @contextmanager
    def locked(self) -> Iterator[Any]:
        """The row under a lock, after any overdue run: a contact touches the payer's other work."""
        with transaction.atomic():
            lock_names(services.RUN)
            with super().locked() as work:
                yield work

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List work that waits, the largest overdue amount first; `state=done` lists the rest."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One piece of work."""
        return super().retrieve(request, *args, **kwargs)

    @action(detail=True, methods=["post"])
    def take(self, request: Request, **_kwargs: Any) -> Response:
        """Take work out of the default queue, or over from somebody: it stays with you."""
        with self.locked() as work:
            services.take(work=work, user=user_of(request))
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def plan(self, request: Request, **_kwargs: Any) -> Response:
        """Say what is done next and when, and that the customer was spoken to."""
        body = self.body()
        with self.locked() as work:
            services.plan_step(
                work=work,
                next_step=body["next_step"],
                on=body.get("on"),
                contacted_on=body.get("contacted_on"),
                as_of=timezone.localdate(),
                user=user_of(request),
            )
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def snooze(self, request: Request, **_kwargs: Any) -> Response:
        """Put work off until a day, on which it waits again."""
        with self.locked() as work:
            services.snooze(
                work=work, as_of=timezone.localdate(), user=user_of(request), **self.body()
            )
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def wake(self, request: Request, **_kwargs: Any) -> Response:
        """Take up work again that was put off."""
        with self.locked() as work:
            services.wake(work=work, user=user_of(request))
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def finish(self, request: Request, **_kwargs: Any) -> Response:
        """End work with its outcome.

        It comes back when something else falls overdue, or in two weeks.
        """
        body = self.body()
        with self.locked() as work:
            services.finish(work=work, as_of=timezone.localdate(), user=user_of(request), **body)
        return self.answer(self.row())


class ControllerViewSet(Listed, Retrieved, Resource):
    """Credit controllers of accounts, by date; accounts below follow."""

    model = ControllerAssignment
    capability = "receivables.view"
    change_capability = "receivables.assign_controller"
    output = shapes.ControllerOutput
    filterset_class = ControllerFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    bodies = {"create": shapes.ControllerInput, "end": shapes.EndInput}
    answers = {
        "create": {201: shapes.ControllerOutput},
        "end": {200: shapes.ControllerOutput, 204: None},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With account and person."""
        return queryset.select_related("account", "user")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List assignments, the latest made first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One assignment."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Have a person watch over an account's receivables from a day on.

        Whoever did stops there. The overdue run hands the work over.
        """
        body = self.body()
        account = account_of(user_of(request), body["account"])
        day, person = body["from_date"], body["user"]
        with transaction.atomic():
            services.set_controller(
                account=account, user=person, from_date=day, until=body.get("until")
            )
            seen = ControllerAssignment.objects.visible_to(user_of(request)).at(day)
            made = seen.get(account=account, user=person)
        return self.answer_created(made.pk)

    @action(detail=True, methods=["post"])
    def end(self, request: Request, **_kwargs: Any) -> Response:
        """End an account's controllers at a day, those to come too.

        From then on the account above says who it is. 204 where nothing of the assignment is left.
        """
        body = self.body()
        with self.locked() as assignment:
            services.close_controller(account=assignment.account, from_date=body["from_date"])
        if not self.get_queryset().filter(pk=self.row_key()).exists():
            return Response(status=status.HTTP_204_NO_CONTENT)
        return self.answer(self.row())


class PeriodViewSet(Listed, Resource):
    """Accounting periods, known to everybody."""

    model = AccountingPeriod
    capability = "receivables.view"
    change_capability = "receivables.close_period"
    output = shapes.PeriodOutput
    filterset_class = PeriodFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    bodies = {"close": shapes.CloseInput, "reopen": shapes.ReopenInput}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With company and person."""
        return queryset.select_related("selling_company", "closed_by")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List periods that are or were closed, the latest made first."""
        return super().list(request, *args, **kwargs)

    @action(detail=False, methods=["post"])
    def close(self, request: Request) -> Response:
        """Close a period: nothing more is posted or allocated in it.

        Waits for postings under way. A reopened period is closed again.
        """
        body = self.body()
        period = periods.close_period(
            period=Period(body["valid_from"], body["valid_before"]),
            closed_at=timezone.now(),
            selling_company=body.get("selling_company"),
            closed_by=user_of(request),
            note=body.get("note", ""),
        )
        self.kwargs["pk"] = period.pk
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, **_kwargs: Any) -> Response:
        """Take postings again; the note says why, the history who."""
        body = self.body()
        with self.locked() as period:
            periods.reopen_period(period=period, note=body["note"])
        return self.answer(self.row())


class FlagView(StrictView):
    """Flagging what is overdue."""

    capability = "receivables.view"
    change_capability = "receivables.flag_overdue"
    bodies = {"post": shapes.FlagInput}
    answers = {"get": {200: shapes.RunsOutput}, "post": {202: JobRunOutput}}

    def get(self, request: Request) -> Response:
        """The latest days for which overdue receivables were flagged, and what changed.

        Counts are of the whole company: a limited user gets none.
        """
        rows = OverdueRun.objects.order_by("-as_of")[:RUNS_SHOWN]
        seen = rows if user_of(request).sees_everything() else []
        return Response(shapes.RunsOutput({"results": seen}).data)

    def post(self, request: Request) -> Response:
        """Flag overdue receivables as a job: spells, positions and work up to a day.

        While one waits for the same day, asking again answers that one.
        """
        day = self.body().get("as_of") or timezone.localdate()
        if day > timezone.localdate():
            detail = exceptions.ErrorDetail(_("This day is still to come."), "in_future")
            raise exceptions.ValidationError({"as_of": [detail]})
        name = "settlements.flag_overdue"
        with transaction.atomic():
            run = enqueue(
                name,
                requested_by=request.user,
                key=f"{name}:{day.isoformat()}",
                as_of=day.isoformat(),
            )
        return Response(JobRunOutput(run).data, status=status.HTTP_202_ACCEPTED)
