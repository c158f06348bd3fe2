"""A technical look at plans; writing goes through the pages and services."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from kam.core.admin import ReadOnlyAdmin
from plans.models import (
    AgendaItem,
    BriefDecider,
    BriefIssue,
    BusinessReview,
    GiveGet,
    GrowthLever,
    Initiative,
    JointInitiative,
    JointMember,
    JointTeam,
    KpiTarget,
    LeverScenario,
    LossRate,
    LossResult,
    LossScenario,
    Mandate,
    MarketingActivity,
    MarketingBudget,
    NegotiationBrief,
    Objective,
    Offer,
    Plan,
    PlanAction,
    PlanComment,
    PlanMember,
    PlanPaper,
    PlanSection,
    PlanSnapshot,
    PlanStep,
    PlanTemplate,
    PriceRound,
    PriceRoundAccount,
    PriceRoundStep,
    RangeStep,
    ReviewLine,
    ReviewParticipant,
    ReviewTemplate,
    SalesLine,
    SalesMonth,
    ScenarioAccount,
    SwotItem,
    TemplateSection,
)


class PlansAdmin(ReadOnlyAdmin):
    """Rows that one may read on the pages: no role reads past the confidentiality of a plan."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = self.model._default_manager
        found: QuerySet[Any] = rows.visible_to(request.user)
        return found.order_by(*self.get_ordering(request))


@admin.register(Plan)
class PlanAdmin(PlansAdmin):
    list_display = ["title", "account", "period", "state", "revision", "owner"]
    list_select_related = ["account", "owner"]
    list_filter = ["state"]
    search_fields = ["title"]
    ordering = ["-pk"]


# Rows that a list of columns is enough for: columns, and the keys that they read through.
PLAIN: dict[type[Model], tuple[list[str], list[str]]] = {
    PlanTemplate: (["name", "tier_code", "needs_gain", "loss_months", "is_active"], []),
    TemplateSection: (["template", "kind", "is_required"], ["template"]),
    PlanMember: (["plan", "user", "role", "valid"], ["plan", "user"]),
    PlanSection: (["plan", "kind", "is_required", "checked_on"], ["plan"]),
    SwotItem: (["plan", "kind", "text", "origin"], ["plan"]),
    Objective: (["plan", "title", "owner", "due_on", "weight"], ["plan", "owner"]),
    Initiative: (["objective", "title", "owner", "due_on", "weight"], ["objective", "owner"]),
    PlanAction: (["plan", "title", "owner", "due_on", "state"], ["plan", "owner"]),
    LossScenario: (["title", "kind", "as_of", "starts_on", "plan", "author"], ["plan", "author"]),
    ScenarioAccount: (["scenario", "account"], ["scenario", "account"]),
    LossRate: (["scenario", "subject", "key", "share"], ["scenario"]),
    LossResult: (["scenario", "as_of", "computed_at", "author"], ["scenario", "author"]),
    KpiTarget: (["plan", "title", "metric", "target", "unit"], ["plan"]),
    PlanSnapshot: (["plan", "number", "reason", "as_of", "sha256"], ["plan"]),
    PlanStep: (["plan", "kind", "author", "happened_at"], ["plan", "author"]),
    PlanPaper: (["name", "kind", "is_for_customer", "made_by", "made_at"], ["made_by"]),
    BusinessReview: (["title", "account", "held_on", "state", "owner"], ["account", "owner"]),
    ReviewTemplate: (["name", "is_active"], []),
    AgendaItem: (["review", "title", "minutes", "is_shareable"], ["review"]),
    ReviewParticipant: (["review", "user", "position", "has_attended"], ["review", "user"]),
    ReviewLine: (["review", "kind", "text", "is_shareable"], ["review"]),
    JointTeam: (["title", "account", "topic", "state", "owner"], ["account", "owner"]),
    JointMember: (["team", "user", "position", "role"], ["team", "user"]),
    JointInitiative: (["team", "title", "state", "due_on"], ["team"]),
    SalesLine: (["plan", "category", "unit", "terms_percent"], ["plan", "category"]),
    SalesMonth: (["line", "month", "amount", "volume"], ["line__category"]),
    RangeStep: (
        ["plan", "product", "category", "state", "due_on"],
        ["plan", "product", "category"],
    ),
    LeverScenario: (["plan", "name", "is_chosen"], ["plan"]),
    GrowthLever: (["scenario", "kind", "baseline", "target"], ["scenario"]),
    MarketingBudget: (["plan", "amount"], ["plan"]),
    MarketingActivity: (["plan", "title", "kind", "starts_on", "state"], ["plan"]),
    PlanComment: (["plan", "section", "author", "resolved_at"], ["plan", "author"]),
    NegotiationBrief: (["title", "account", "state", "begins_on", "owner"], ["account", "owner"]),
    BriefIssue: (["brief", "subject", "title", "target", "walk_away"], ["brief"]),
    BriefDecider: (["brief", "position"], ["brief", "position__person"]),
    GiveGet: (["account", "side", "what", "value", "state"], ["account"]),
    Offer: (["account", "product", "price", "state", "offered_by"], ["account", "product"]),
    Mandate: (["role", "subject", "most"], []),
    PriceRound: (["title", "reason", "effective_on", "state", "owner"], ["owner"]),
    PriceRoundStep: (["round", "product", "category", "percent"], ["round", "product", "category"]),
    PriceRoundAccount: (["round", "account", "state", "notice_by"], ["round", "account"]),
}

for _model, (_columns, _keys) in PLAIN.items():
    admin.site.register(
        _model, PlansAdmin, list_display=_columns, list_select_related=_keys, ordering=["-pk"]
    )
