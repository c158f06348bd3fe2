"""Plans over the API: their head, sections, SWOT items, members; templates to read."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import django_filters
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views.people import unknown
from accounts.api.views.promises import OfAccounts, Working
from kam.core.api.base import Listed, Resource, Retrieved
from kam.core.filters import ChoicesFilter, CodesFilter, IdFilter, UpdatedSince
from kam.core.problems import RefusedError
from plans.api.serializers import plan as shapes
from plans.api.views.approval import PlanActs
from plans.api.views.papers import PAPERS, PAPERS_ANSWER, WithPapers
from plans.choices.plan import Confidentiality, PlanRole, PlanState, SectionKind, SwotKind
from plans.models import Plan, PlanMember, PlanSection, PlanTemplate, SwotItem
from plans.selectors.plan.document import document_of
from plans.selectors.plan.listing import with_empty_sections
from plans.selectors.plan.proposals import Proposal, proposal_for
from plans.services.plan import making, people, texts

VIEW, EDIT = "plans.view", "plans.edit"


class PlanFilter(OfAccounts):
    """Filters of plans."""

    state = ChoicesFilter(choices=PlanState, lookup_expr="in")
    confidentiality = ChoicesFilter(choices=Confidentiality, lookup_expr="in")
    owner = IdFilter(field_name="owner_id")
    sponsor = IdFilter(field_name="sponsor_id")
    parent = IdFilter(field_name="parent_id")
    template = IdFilter(field_name="template_id")
    on = django_filters.DateFilter(field_name="period", lookup_expr="contains")
    review_before = django_filters.DateFilter(field_name="review_on", lookup_expr="lt")
    incomplete = django_filters.BooleanFilter(
        method="by_incomplete", help_text=gettext_lazy("A required section says nothing.")
    )

    class Meta:
        model = Plan
        fields: list[str] = []

    def by_incomplete(self, rows: QuerySet[Any], _name: str, wanted: bool) -> QuerySet[Any]:
        """With an empty required section, or without one."""
        return rows.filter(empty_sections__gt=0) if wanted else rows.filter(empty_sections=0)


class PlanViewSet(Listed, Retrieved, WithPapers, PlanActs):
    """Strategic plans of accounts, as far as their confidentiality lets the caller read them."""

    model = Plan
    capability = VIEW
    change_capability = EDIT
    output = shapes.PlanOutput
    detail_output = shapes.PlanDetailOutput
    filterset_class = PlanFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    paper_subject = "plan"
    capabilities = {**PlanActs.act_capabilities, "papers": VIEW}
    bodies = {
        "create": shapes.NewPlanInput,
        "partial_update": shapes.PlanChange,
        **PlanActs.act_bodies,
        **PAPERS,
    }
    answers = {
        "create": {201: shapes.PlanDetailOutput},
        "partial_update": {200: shapes.PlanDetailOutput},
        **PlanActs.act_answers,
        **PAPERS_ANSWER,
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With account and people; one row with its template as well."""
        rows = with_empty_sections(queryset).select_related(
            "account", "owner", "sponsor", "approved_by"
        )
        return rows if self.action == "list" else rows.select_related("template", "currency")

    def representation(self, row: Any) -> Any:
        """One plan with its texts in the order of the document."""
        document = document_of(row, as_of=timezone.localdate())
        row.ordered_sections = [line.row for line in document.sections]
        row.its_completeness = document.completeness
        return super().representation(row)

    def changeable(self) -> QuerySet[Any]:
        """Those that the caller may write."""
        return cast("QuerySet[Any]", Plan.objects.editable_by(self.user))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List plans."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One plan with its texts and SWOT."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Make a plan as a draft, of an account that you lead or direct."""
        body = self.body()
        account = self.led(body["account"])
        proposed = proposal_for(account, self.user, as_of=timezone.localdate())
        draft = making.PlanDraft(account=account, **self._facts(body, proposed))
        return self.answer_created(making.make_plan(draft=draft, by=self.user).pk)

    def _facts(self, body: dict[str, Any], proposed: Proposal) -> dict[str, Any]:
        names = ("title", "currency", "owner", "sponsor", "review_on")
        facts = {name: body.get(name) or getattr(proposed, name, None) for name in names}
        period = proposed.period
        start, end = body.get("start") or period.start, body.get("end") or period.end
        if "start" in body or "end" in body:
            facts["review_on"] = body.get("review_on")
        return facts | {
            "template": self._template(body, proposed),
            "period": _period(start, end),
            "confidentiality": body.get("confidentiality", Confidentiality.OPEN),
            "parent": self._parent(body.get("parent")),
        }

    def _template(self, body: dict[str, Any], proposed: Proposal) -> PlanTemplate:
        if "template" not in body and proposed.template is not None:
            return proposed.template
        found = PlanTemplate.objects.visible_to(self.user).filter(pk=body.get("template")).first()
        if found is None:
            raise unknown("template", _("There is no such template."))
        return cast("PlanTemplate", found)

    def _parent(self, pk: int | None) -> Plan | None:
        if pk is None:
            return None
        found: Plan | None = Plan.objects.visible_to(self.user).filter(pk=pk).first()
        if found is None:
            raise unknown("parent", _("There is no such plan."))
        return found

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change the head of a draft; who may read it, in any open state as its owner."""
        body = self.body()
        with self.locked() as plan:
            level = body.pop("confidentiality", None)
            if level is not None and level != plan.confidentiality:
                if not people.may_change_readers(plan, self.user):
                    raise Http404
                people.change_confidentiality(plan=plan, level=level)
            if body:
                making.update_header(plan=plan, by=self.user, **self._changes(plan, body))
        if not self.get_queryset().filter(pk=self.row_key()).exists():
            return Response(status=204)
        return self.answer(self.row())

    def _changes(self, plan: Plan, body: dict[str, Any]) -> dict[str, Any]:
        start, end = body.pop("start", None), body.pop("end", None)
        if start or end:
            body["period"] = _period(start or plan.period.lower, end or plan.period.upper)
        if "parent" in body:
            body["parent"] = self._parent(body["parent"])
        return body


def _period(start: date, end: date) -> DateRange:
    """A half-open period. Raises RefusedError where it ends before it begins."""
    if start >= end:
        raise RefusedError(_("The period ends before it begins."), field="end", code="plan_period")
    return DateRange(start, end)


class OfPlans(UpdatedSince):
    """Rows by plan and account."""

    plan = IdFilter(field_name="plan_id")
    account = IdFilter(field_name="plan__account_id")


class OfPlan(Working):
    """Rows of plans."""

    capability = VIEW
    change_capability = EDIT

    def changeable(self) -> QuerySet[Any]:
        """Those of plans that the caller may write."""
        rows: Any = self.model._default_manager
        return cast("QuerySet[Any]", rows.editable_by(self.user))

    def written(self, pk: int) -> Plan:
        """A plan that the caller may write."""
        found: Plan | None = Plan.objects.editable_by(self.user).filter(pk=pk).first()
        if found is None:
            raise unknown("plan", _("There is no such plan."))
        return found


class PlanSectionFilter(OfPlans):
    """Filters of sections."""

    kind = ChoicesFilter(choices=SectionKind, lookup_expr="in")

    class Meta:
        model = PlanSection
        fields: list[str] = []


class PlanSectionViewSet(Listed, Retrieved, OfPlan):
    """What plans say in their sections."""

    model = PlanSection
    output = shapes.PlanSectionOutput
    filterset_class = PlanSectionFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    bodies = {"partial_update": shapes.PlanSectionChange}
    answers = {"partial_update": {200: shapes.PlanSectionOutput}}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With plan and keeper."""
        return queryset.select_related("owner", "plan")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List sections."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One section."""
        return super().retrieve(request, *args, **kwargs)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Write a section of a draft; an empty body says that it still holds."""
        body = self.body()
        with self.locked() as section:
            texts.save_section(section=section, by=self.user, as_of=timezone.localdate(), **body)
        return self.answer(self.row())


class SwotItemFilter(OfPlans):
    """Filters of SWOT items."""

    kind = ChoicesFilter(choices=SwotKind, lookup_expr="in")

    class Meta:
        model = SwotItem
        fields: list[str] = []


class SwotItemViewSet(Listed, Retrieved, OfPlan):
    """Strengths, weaknesses, opportunities and threats of plans."""

    model = SwotItem
    output = shapes.SwotItemOutput
    filterset_class = SwotItemFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    bodies = {"create": shapes.SwotItemInput, "partial_update": shapes.SwotItemChange}
    answers = {
        "create": {201: shapes.SwotItemOutput},
        "partial_update": {200: shapes.SwotItemOutput},
        "destroy": {204: None},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With the plan."""
        return queryset.select_related("plan")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List items."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One item."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Add an item to a draft."""
        body = self.body()
        plan = self.written(body.pop("plan"))
        return self.answer_created(texts.add_swot_item(plan=plan, by=self.user, **body).pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Mend an item of a draft."""
        body = self.body()
        with self.locked() as item:
            facts = {name: getattr(item, name) for name in ("kind", "text", "evidence")} | body
            texts.update_swot_item(item=item, by=self.user, **facts)
        return self.answer(self.row())

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Take an item out of a draft."""
        with self.locked() as item:
            texts.remove_swot_item(item=item, by=self.user)
        return Response(status=204)


class PlanMemberFilter(OfPlans):
    """Filters of members."""

    user = IdFilter(field_name="user_id")
    role = ChoicesFilter(choices=PlanRole, lookup_expr="in")
    on = django_filters.DateFilter(field_name="valid", lookup_expr="contains")

    class Meta:
        model = PlanMember
        fields: list[str] = []


class PlanMemberViewSet(Listed, Retrieved, OfPlan):
    """Who takes part in plans."""

    model = PlanMember
    output = shapes.PlanMemberOutput
    filterset_class = PlanMemberFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    bodies = {"create": shapes.PlanMemberInput}
    answers = {"create": {201: shapes.PlanMemberOutput}, "destroy": {204: None}}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With plan and colleague."""
        return queryset.select_related("plan", "user")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List members of every time."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One member."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Name somebody, as the plan's owner or a director."""
        body = self.body()
        plan = self.written(body.pop("plan"))
        if not people.may_change_readers(plan, self.user):
            raise unknown("plan", _("There is no such plan."))
        return self.answer_created(people.add_member(plan=plan, **body).pk)

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Let somebody take part no longer, from today on."""
        with self.locked() as member:
            if not people.may_change_readers(member.plan, self.user):
                raise Http404
            people.end_member(member=member, on=timezone.localdate())
        return Response(status=204)


class PlanTemplateFilter(UpdatedSince):
    """Filters of templates."""

    tier = CodesFilter(field_name="tier_code", lookup_expr="in")
    is_active = django_filters.BooleanFilter()

    class Meta:
        model = PlanTemplate
        fields: list[str] = []


class PlanTemplateViewSet(Listed, Retrieved, Resource):
    """Which sections the plans of a tier have."""

    model = PlanTemplate
    capability = VIEW
    output = shapes.PlanTemplateOutput
    filterset_class = PlanTemplateFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With the sections."""
        return queryset.prefetch_related("sections")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List templates, those out of use too."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One template."""
        return super().retrieve(request, *args, **kwargs)
