"""Business reviews and joint teams."""

from __future__ import annotations

from typing import Any, cast

import django_filters
from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views.people import unknown
from accounts.api.views.promises import OfAccounts, Working
from accounts.forms.team import partners
from accounts.models import Account, Position
from kam.core.api.base import Listed, Retrieved
from kam.core.filters import ChoicesFilter, IdFilter
from plans.api.serializers import together as shapes
from plans.api.views.papers import PAPERS, PAPERS_ANSWER, WithPapers
from plans.choices.joint import JointState, JointTopic, ReviewState
from plans.forms.reviews import plans_for
from plans.models import (
    BusinessReview,
    JointInitiative,
    JointMember,
    JointTeam,
    Plan,
    ReviewLine,
    ReviewParticipant,
)
from plans.services import joint
from plans.services.reviews import holding, lines

MEETING = ("title", "held_on", "stage", "place", "plan", "owner")
TOLD = ("summary", "is_summary_shareable", "our_rating", "their_rating")


class Together(Working):
    """Looks up what a body names beside an account."""

    def changeable(self) -> QuerySet[Any]:
        """Those that the caller may write."""
        rows: Any = self.model._default_manager
        return cast("QuerySet[Any]", rows.editable_by(self.user))

    def plan_for(self, account: Account, pk: int | None) -> Plan | None:
        """An open plan of the account or of one above it, that the caller may read."""
        if pk is None:
            return None
        found: Plan | None = plans_for(account, self.user).filter(pk=pk).first()
        if found is None:
            raise unknown("plan", _("There is no such plan."))
        return found

    def position_for(self, account: Account, pk: int | None) -> Position | None:
        """Somebody of theirs who stands today."""
        if pk is None:
            return None
        rows = partners(account, user=self.user, as_of=timezone.localdate())
        found: Position | None = rows.filter(pk=pk).first()
        if found is None:
            raise unknown("position", _("There is no such position."))
        return found


class ReviewFilter(OfAccounts):
    """Filters of reviews."""

    state = ChoicesFilter(choices=ReviewState, lookup_expr="in")
    plan = IdFilter(field_name="plan_id")
    owner = IdFilter(field_name="owner_id")
    held_from = django_filters.DateFilter(field_name="held_on", lookup_expr="gte")
    held_before = django_filters.DateFilter(field_name="held_on", lookup_expr="lt")

    class Meta:
        model = BusinessReview
        fields: list[str] = []


class BusinessReviewViewSet(Listed, Retrieved, WithPapers, Together):
    """Reviews of the business with customers."""

    model = BusinessReview
    capability, change_capability = "reviews.view", "reviews.edit"
    paper_subject = "review"
    capabilities = {"papers": "reviews.view"}
    output = shapes.ReviewOutput
    detail_output = shapes.ReviewDetailOutput
    filterset_class = ReviewFilter
    orderings = {"id": "pk", "held_on": "held_on", "updated_at": "updated_at"}
    bodies = {
        "create": shapes.ReviewInput,
        "partial_update": shapes.ReviewChange,
        "finish": shapes.ReviewFinishInput,
        "note": shapes.ReviewLineInput,
        "make_action": shapes.LineActionInput,
        "make_concern": shapes.LineConcernInput,
        **PAPERS,
    }
    answers = {
        "create": {201: shapes.ReviewDetailOutput},
        "partial_update": {200: shapes.ReviewDetailOutput},
        "finish": {200: shapes.ReviewDetailOutput},
        "cancel": {200: shapes.ReviewDetailOutput},
        "note": {200: shapes.ReviewDetailOutput},
        "make_action": {200: shapes.ReviewDetailOutput},
        "make_concern": {200: shapes.ReviewDetailOutput},
        **PAPERS_ANSWER,
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With account and owner; one row with agenda, people and notes."""
        rows = queryset.select_related("account", "owner")
        if self.action == "list":
            return rows
        people = ReviewParticipant.objects.select_related("user").order_by("pk")
        notes = ReviewLine.objects.select_related("author").order_by("pk")
        return rows.select_related("plan").prefetch_related(
            "agenda", Prefetch("participants", people), Prefetch("lines", notes)
        )

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List reviews, the latest made first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One review with its agenda, people and notes."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Plan a review."""
        body = self.body()
        account = self.worked_on(body.pop("account"))
        body["plan"] = self.plan_for(account, body.get("plan"))
        body.setdefault("owner", self.user)
        made = holding.plan_review(account=account, meeting=holding.Meeting(**body), by=self.user)
        return self.answer_created(made.pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change what is told of a review that is not over."""
        body = self.body()
        with self.locked() as review:
            if "plan" in body:
                body["plan"] = self.plan_for(review.account, body["plan"])
            facts = {name: getattr(review, name) for name in (*MEETING, *TOLD)} | body
            holding.update_review(
                review=review,
                meeting=holding.Meeting(**{name: facts[name] for name in MEETING}),
                **{name: facts[name] for name in TOLD},
            )
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def finish(self, request: Request, **_kwargs: Any) -> Response:
        """Close the record with its summary; its plan is frozen as it stands."""
        body = self.body()
        with self.locked() as review:
            holding.finish_review(review=review, by=self.user, as_of=timezone.localdate(), **body)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, **_kwargs: Any) -> Response:
        """Call it off."""
        with self.locked() as review:
            holding.cancel_review(review=review)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def note(self, request: Request, **_kwargs: Any) -> Response:
        """Write a line down; the first one opens the meeting."""
        body = self.body()
        with self.locked() as review:
            if (item := body.get("item")) is not None:
                body["item"] = review.agenda.filter(pk=item).first()
                if body["item"] is None:
                    raise unknown("item", _("There is no such point."))
            lines.add_line(review=review, author=self.user, **body)
        return self.answer(self.row())

    @action(detail=True, methods=["post"], url_path="make-action")
    def make_action(self, request: Request, **_kwargs: Any) -> Response:
        """Make a line an action of the plan."""
        body = self.body()
        with self.locked() as review:
            line = self._line(review, body["line"])
            writable = Plan.objects.editable_by(self.user).filter(pk=review.plan_id)
            if review.plan_id is not None and not writable.exists():
                raise Http404
            lines.make_action(
                line=line, by=self.user, owner=body.get("owner"), due_on=body.get("due_on")
            )
        return self.answer(self.row())

    @action(detail=True, methods=["post"], url_path="make-concern")
    def make_concern(self, request: Request, **_kwargs: Any) -> Response:
        """Make a line a concern of the account."""
        body = self.body()
        with self.locked() as review:
            line = self._line(review, body.pop("line"))
            lines.make_concern(line=line, by=self.user, now=timezone.now(), **body)
        return self.answer(self.row())

    def _line(self, review: BusinessReview, pk: int) -> ReviewLine:
        found: ReviewLine | None = review.lines.filter(pk=pk).first()
        if found is None:
            raise unknown("line", _("There is no such line."))
        found.review = review
        return found


class JointTeamFilter(OfAccounts):
    """Filters of joint teams."""

    state = ChoicesFilter(choices=JointState, lookup_expr="in")
    topic = ChoicesFilter(choices=JointTopic, lookup_expr="in")
    plan = IdFilter(field_name="plan_id")
    owner = IdFilter(field_name="owner_id")

    class Meta:
        model = JointTeam
        fields: list[str] = []


class JointTeamViewSet(Listed, Retrieved, Together):
    """Teams of people of both sides, and what they work on."""

    model = JointTeam
    capability, change_capability = "plans.view", "plans.edit"
    output = shapes.JointTeamOutput
    filterset_class = JointTeamFilter
    orderings = {"id": "pk", "starts_on": "starts_on", "updated_at": "updated_at"}
    bodies = {
        "create": shapes.JointTeamInput,
        "partial_update": shapes.JointTeamChange,
        "add_member": shapes.JointMemberInput,
        "put_initiative": shapes.JointInitiativeInput,
    }
    answers = {
        "create": {201: shapes.JointTeamOutput},
        "partial_update": {200: shapes.JointTeamOutput},
        "add_member": {200: shapes.JointTeamOutput},
        "put_initiative": {200: shapes.JointTeamOutput},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With people and what they work on."""
        members = JointMember.objects.select_related("user").order_by("pk")
        return queryset.select_related("account", "plan", "owner").prefetch_related(
            Prefetch("members", members), Prefetch("initiatives", JointInitiative.objects.all())
        )

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List joint teams."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One joint team."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Make a team; you lead it unless you name somebody."""
        body = self.body()
        account = self.worked_on(body.pop("account"))
        body["plan"] = self.plan_for(account, body.get("plan"))
        body.setdefault("owner", self.user)
        return self.answer_created(joint.save_team(facts=body, account=account).pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change what is told of a team."""
        body = self.body()
        with self.locked() as team:
            if "plan" in body:
                body["plan"] = self.plan_for(team.account, body["plan"])
            joint.save_team(facts=body, team=team)
        return self.answer(self.row())

    @action(detail=True, methods=["post"], url_path="add-member")
    def add_member(self, request: Request, **_kwargs: Any) -> Response:
        """Take somebody of ours or of theirs in."""
        body = self.body()
        with self.locked() as team:
            body["position"] = self.position_for(team.account, body.get("position"))
            if bool(body.get("user")) == bool(body["position"]):
                raise unknown("user", _("Name a colleague or a person of theirs."))
            joint.add_member(team=team, **body)
        return self.answer(self.row())

    @action(detail=True, methods=["post"], url_path="put-initiative")
    def put_initiative(self, request: Request, **_kwargs: Any) -> Response:
        """Give the team something to work on, or change it."""
        body = self.body()
        with self.locked() as team:
            row = None
            if (pk := body.pop("id", None)) is not None:
                row = team.initiatives.filter(pk=pk).first()
                if row is None:
                    raise unknown("id", _("There is no such initiative."))
            joint.save_initiative(facts=body, team=team, initiative=row)
        return self.answer(self.row())
