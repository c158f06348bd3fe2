from plans.models.approval import PlanComment, PlanSnapshot, PlanStep
from plans.models.plans import Plan, PlanMember, PlanSection, SwotItem
from plans.models.templates import PlanTemplate, TemplateSection
from plans.models.work import Initiative, KpiTarget, Objective, PlanAction

__all__ = [
    "Initiative",
    "KpiTarget",
    "Objective",
    "Plan",
    "PlanAction",
    "PlanComment",
    "PlanMember",
    "PlanSection",
    "PlanSnapshot",
    "PlanStep",
    "PlanTemplate",
    "SwotItem",
    "TemplateSection",
]
