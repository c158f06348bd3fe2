from plans.models.approval import PlanComment, PlanSnapshot, PlanStep
from plans.models.levers import GrowthLever, LeverScenario
from plans.models.marketing import MarketingActivity, MarketingBudget
from plans.models.plans import Plan, PlanMember, PlanSection, SwotItem
from plans.models.sales import RangeStep, SalesLine, SalesMonth
from plans.models.templates import PlanTemplate, TemplateSection
from plans.models.work import Initiative, KpiTarget, Objective, PlanAction

__all__ = [
    "GrowthLever",
    "Initiative",
    "KpiTarget",
    "LeverScenario",
    "MarketingActivity",
    "MarketingBudget",
    "Objective",
    "Plan",
    "PlanAction",
    "PlanComment",
    "PlanMember",
    "PlanSection",
    "PlanSnapshot",
    "PlanStep",
    "PlanTemplate",
    "RangeStep",
    "SalesLine",
    "SalesMonth",
    "SwotItem",
    "TemplateSection",
]
