from plans.models.approval import PlanComment, PlanSnapshot, PlanStep
from plans.models.joint import JointInitiative, JointMember, JointTeam
from plans.models.levers import GrowthLever, LeverScenario
from plans.models.loss import LossRate, LossResult, LossScenario, ScenarioAccount
from plans.models.mandates import Mandate
from plans.models.marketing import MarketingActivity, MarketingBudget
from plans.models.negotiation import (
    BriefDecider,
    BriefIssue,
    GiveGet,
    NegotiationBrief,
    Offer,
)
from plans.models.papers import PlanPaper
from plans.models.plans import Plan, PlanMember, PlanSection, SwotItem
from plans.models.price_rounds import PriceRound, PriceRoundAccount, PriceRoundStep
from plans.models.reviews import (
    AgendaItem,
    BusinessReview,
    ReviewLine,
    ReviewParticipant,
    ReviewTemplate,
)
from plans.models.sales import RangeStep, SalesLine, SalesMonth
from plans.models.templates import PlanTemplate, TemplateSection
from plans.models.work import Initiative, KpiTarget, Objective, PlanAction

__all__ = [
    "AgendaItem",
    "BriefDecider",
    "BriefIssue",
    "BusinessReview",
    "GiveGet",
    "GrowthLever",
    "Initiative",
    "JointInitiative",
    "JointMember",
    "JointTeam",
    "KpiTarget",
    "LeverScenario",
    "LossRate",
    "LossResult",
    "LossScenario",
    "Mandate",
    "MarketingActivity",
    "MarketingBudget",
    "NegotiationBrief",
    "Objective",
    "Offer",
    "Plan",
    "PlanAction",
    "PlanComment",
    "PlanMember",
    "PlanPaper",
    "PlanSection",
    "PlanSnapshot",
    "PlanStep",
    "PlanTemplate",
    "PriceRound",
    "PriceRoundAccount",
    "PriceRoundStep",
    "RangeStep",
    "ReviewLine",
    "ReviewParticipant",
    "ReviewTemplate",
    "SalesLine",
    "SalesMonth",
    "ScenarioAccount",
    "SwotItem",
    "TemplateSection",
]
