"""A plan's way over the API: its steps, comments, snapshots and what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views.people import unknown
from accounts.api.views.promises import Working
from kam.core.api import etags
from kam.core.api.base import Listed, Retrieved
from kam.core.api.problems import QueryError
from kam.core.api.shapes import JobRunOutput
from kam.core.filters import ChoicesFilter, IdFilter, UpdatedSince
from kam.core.problems import Blocker
from plans.api.serializers import approval as shapes
from plans.api.serializers.plan import PlanDetailOutput
from plans.api.views.papers import PAPERS, PAPERS_ANSWER, WithPapers
from plans.choices.approval import SnapshotReason
from plans.choices.plan import SectionKind
from plans.models import Plan, PlanComment, PlanSnapshot
from plans.selectors import snapshots as reads
from plans.selectors.submitting import problems_of
from plans.services.approval import changing, comments, deciding, submitting
from plans.services.approval.snapshots import ask_for_snapshot
from plans.services.writing import locked_plan

VIEW, EDIT = "plans.view", "plans.edit"


class PlanActs(Working):
    """The steps of plans, for the resource of plans; `act_*` belong into its own declarations."""

    act_capabilities = dict.fromkeys(
        ("approve", "send_back", "problems", "steps", "document"), VIEW
    )
    act_bodies: dict[str, Any] = {
        "submit": shapes.PlanWordsInput,
        "withdraw": shapes.PlanWordsInput,
        "send_back": shapes.PlanReasonInput,
        "approve": shapes.PlanApprovalInput,
        "revise": shapes.PlanReasonInput,
        "close": shapes.PlanReasonInput,
        "cancel": shapes.PlanReasonInput,
    }
    act_answers: dict[str, Any] = {
        **{name: {200: PlanDetailOutput} for name in (*act_bodies, "activate")},
        "problems": {200: shapes.PlanProblemsOutput},
        "steps": {200: shapes.PlanStepsOutput},
        "document": {200: shapes.PlanDocumentOutput},
    }

    @contextmanager
    def _going(self, *, decides: bool = False) -> Iterator[Plan]:
        """The plan under its lock, for who may take the step; raises Http404 for others."""
        rows = Plan.objects.visible_to(self.user) if decides else self.changeable()
        found = rows.filter(pk=self.row_key()).first()
        if found is None:
            raise Http404
        if decides and not self.user.can("plans.approve"):
            raise Http404
        with transaction.atomic():
            locked_plan(found)
            etags.demand_match(self.request, self.representation(self.row()))
            yield found

    @action(detail=True, methods=["post"])
    def submit(self, request: Request, **_kwargs: Any) -> Response:
        """Hand a draft to somebody else for approval; what stands in its way is refused."""
        body = self.body()
        with self._going() as plan:
            today, now = timezone.localdate(), timezone.now()
            submitting.submit_plan(plan=plan, by=self.user, as_of=today, at=now, **body)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, **_kwargs: Any) -> Response:
        """Take a plan back that waits for approval."""
        body = self.body()
        with self._going() as plan:
            submitting.withdraw_plan(plan=plan, by=self.user, **body)
        return self.answer(self.row())

    @action(detail=True, methods=["post"], url_path="send-back", url_name="send-back")
    def send_back(self, request: Request, **_kwargs: Any) -> Response:
        """Send a plan back to its draft, saying what has to change."""
        body = self.body()
        with self._going(decides=True) as plan:
            submitting.send_back_plan(plan=plan, by=self.user, at=timezone.now(), **body)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def approve(self, request: Request, **_kwargs: Any) -> Response:
        """Approve a plan that others wrote; all that it shows is frozen.

        With `document_hash` only if it still shows what was read.
        """
        body = self.body()
        with self._going(decides=True) as plan:
            today, now = timezone.localdate(), timezone.now()
            deciding.approve_plan(plan=plan, by=self.user, as_of=today, at=now, **body)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def activate(self, request: Request, **_kwargs: Any) -> Response:
        """Let an approved plan begin before its period does it by itself."""
        with self._going() as plan:
            deciding.activate_plan(plan=plan, by=self.user)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def revise(self, request: Request, **_kwargs: Any) -> Response:
        """Open an approved or active plan for revision, saying why."""
        return self._ended(changing.revise_plan)

    @action(detail=True, methods=["post"])
    def close(self, request: Request, **_kwargs: Any) -> Response:
        """Close an active plan, saying what came of it; all that it shows is frozen."""
        return self._ended(changing.close_plan, as_of=timezone.localdate())

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, **_kwargs: Any) -> Response:
        """Cancel an open plan, saying why; its days are free again."""
        return self._ended(changing.cancel_plan)

    def _ended(self, act: Callable[..., Plan], **facts: Any) -> Response:
        body = self.body()
        with self._going() as plan:
            act(plan=plan, by=self.user, at=timezone.now(), **body, **facts)
        return self.answer(self.row())

    @action(detail=True, methods=["get"])
    def problems(self, request: Request, **_kwargs: Any) -> Response:
        """What stands in the way of a plan today, and what to know before it is submitted."""
        found = problems_of(self.row(), as_of=timezone.localdate())
        split = {
            "blockers": [one for one in found if isinstance(one, Blocker)],
            "cautions": [one for one in found if not isinstance(one, Blocker)],
        }
        return Response(shapes.PlanProblemsOutput(split).data)

    @action(detail=True, methods=["get"])
    def steps(self, request: Request, **_kwargs: Any) -> Response:
        """What happened to a plan, the latest first."""
        rows = self.row().steps.select_related("author").order_by("-happened_at", "-pk")
        return Response(shapes.PlanStepsOutput({"results": rows}).data)

    @action(detail=True, methods=["get"])
    def document(self, request: Request, **_kwargs: Any) -> Response:
        """Everything that a plan shows today: what an approval would freeze."""
        today = timezone.localdate()
        found = reads.live_document(self.row(), user=self.user, as_of=today)
        shown = {"as_of": today, "document_hash": reads.reading_hash(found), "content": found}
        return Response(shapes.PlanDocumentOutput(shown).data)


class PlanCommentFilter(UpdatedSince):
    """Filters of comments."""

    plan = IdFilter(field_name="plan_id")
    section = ChoicesFilter(choices=SectionKind, lookup_expr="in")
    is_open = django_filters.BooleanFilter(field_name="resolved_at", lookup_expr="isnull")

    class Meta:
        model = PlanComment
        fields: list[str] = []


class PlanCommentViewSet(Listed, Retrieved, Working):
    """What readers say about plans."""

    model = PlanComment
    capability = VIEW
    change_capability = EDIT
    output = shapes.PlanCommentOutput
    filterset_class = PlanCommentFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    bodies = {"create": shapes.PlanCommentInput}
    answers = {
        "create": {201: shapes.PlanCommentOutput},
        "resolve": {200: shapes.PlanCommentOutput},
        "reopen": {200: shapes.PlanCommentOutput},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With the people."""
        return queryset.select_related("author", "resolved_by")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List comments."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One comment."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Say something about a plan that one may read."""
        body = self.body()
        plan = readable_plan(self, body.pop("plan"))
        made = comments.add_comment(plan=plan, by=self.user, at=timezone.now(), **body)
        return self.answer_created(made.pk)

    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, **_kwargs: Any) -> Response:
        """Note that a comment was seen to."""
        with self.locked() as comment:
            comments.resolve_comment(comment=comment, by=self.user, at=timezone.now())
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, **_kwargs: Any) -> Response:
        """Open a comment again."""
        with self.locked() as comment:
            comments.reopen_comment(comment=comment)
        return self.answer(self.row())


def readable_plan(view: Working, pk: int) -> Plan:
    """A plan that the caller may read; raises QueryError for others."""
    found: Plan | None = Plan.objects.visible_to(view.user).filter(pk=pk).first()
    if found is None:
        raise unknown("plan", _("There is no such plan."))
    return found


class PlanSnapshotFilter(django_filters.FilterSet):
    """Filters of snapshots."""

    plan = IdFilter(field_name="plan_id")
    reason = ChoicesFilter(choices=SnapshotReason, lookup_expr="in")

    class Meta:
        model = PlanSnapshot
        fields: list[str] = []


class PlanSnapshotViewSet(Listed, Retrieved, WithPapers):
    """What was frozen of plans: it never changes."""

    model = PlanSnapshot
    capability = VIEW
    change_capability = EDIT
    output = shapes.PlanSnapshotOutput
    detail_output = shapes.PlanSnapshotDetailOutput
    filterset_class = PlanSnapshotFilter
    paper_subject = "snapshot"
    capabilities = {"papers": VIEW}
    bodies = {"create": shapes.PlanSnapshotInput, **PAPERS}
    queries = {"diff": shapes.PlanDifferencesQuery}
    answers = {
        "create": {202: JobRunOutput},
        "diff": {200: shapes.PlanDifferencesOutput},
        **PAPERS_ANSWER,
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Lists leave the documents out."""
        rows = queryset.select_related("taken_by", "plan__account")
        return rows.defer("content") if self.action == "list" else rows

    def get_serializer_context(self) -> dict[str, Any]:
        """With what reads a document for the caller."""
        return {
            **super().get_serializer_context(),
            "is_unchanged": reads.is_unchanged,
            "document": lambda one: reads.frozen_document(one, user=self.user),
        }

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List snapshots without their documents."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One snapshot with its document."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Freeze a plan as it stands today, as a job."""
        body = self.body()
        plan = Plan.objects.editable_by(self.user).filter(pk=body["plan"]).first()
        if plan is None:
            raise unknown("plan", _("There is no such plan."))
        with transaction.atomic():
            run = ask_for_snapshot(
                plan=plan, by=self.user, as_of=timezone.localdate(), note=body.get("note", "")
            )
        return Response(JobRunOutput(run).data, status=status.HTTP_202_ACCEPTED)

    @action(detail=True, methods=["get"])
    def diff(self, request: Request, **_kwargs: Any) -> Response:
        """What differs from this snapshot to another one of the plan, or to the plan today."""
        snapshot, wanted = cast("PlanSnapshot", self.row()), self.query().get("after")
        before = reads.frozen_document(snapshot, user=self.user)
        after = self._other(snapshot, wanted)
        found = {
            "before": snapshot.pk,
            "after": wanted,
            "changes": reads.differences(before, after),
        }
        return Response(shapes.PlanDifferencesOutput(found).data)

    def _other(self, snapshot: PlanSnapshot, wanted: int | None) -> Any:
        if wanted is None:
            today = timezone.localdate()
            return reads.live_document(snapshot.plan, user=self.user, as_of=today)
        rows = PlanSnapshot.objects.select_related("plan")
        found = rows.filter(plan=snapshot.plan_id, pk=wanted).first()
        if found is None:
            detail = ErrorDetail(_("There is no such snapshot."), "does_not_exist")
            raise QueryError({"after": [detail]})
        return reads.frozen_document(found, user=self.user)
