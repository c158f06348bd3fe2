"""Plans over the API; each topic adds its routes."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from plans.api.views import (
    approval,
    figures,
    loss,
    negotiation,
    papers,
    plan,
    price_rounds,
    sales_plan,
    together,
    work,
    work_actions,
    work_targets,
)

router = SimpleRouter(use_regex_path=False)
router.register("plans", plan.PlanViewSet, basename="plan")
router.register("plan-sections", plan.PlanSectionViewSet, basename="plan-section")
router.register("plan-swot-items", plan.SwotItemViewSet, basename="plan-swot-item")
router.register("plan-members", plan.PlanMemberViewSet, basename="plan-member")
router.register("plan-templates", plan.PlanTemplateViewSet, basename="plan-template")
router.register("plan-comments", approval.PlanCommentViewSet, basename="plan-comment")
router.register("plan-snapshots", approval.PlanSnapshotViewSet, basename="plan-snapshot")
router.register("plan-papers", papers.PlanPaperViewSet, basename="plan-paper")
router.register("plan-objectives", work.ObjectiveViewSet, basename="plan-objective")
router.register("plan-initiatives", work.InitiativeViewSet, basename="plan-initiative")
router.register("plan-actions", work_actions.ActionViewSet, basename="plan-action")
router.register("plan-targets", work_targets.TargetViewSet, basename="plan-target")
router.register("loss-scenarios", loss.LossScenarioViewSet, basename="loss-scenario")
router.register("loss-results", loss.LossResultViewSet, basename="loss-result")
router.register("business-reviews", together.BusinessReviewViewSet, basename="business-review")
router.register("joint-teams", together.JointTeamViewSet, basename="joint-team")
router.register("plan-sales-lines", figures.SalesLineViewSet, basename="plan-sales-line")
router.register("plan-range-steps", figures.RangeStepViewSet, basename="plan-range-step")
router.register(
    "plan-growth-scenarios", figures.GrowthScenarioViewSet, basename="plan-growth-scenario"
)
router.register(
    "plan-marketing-budgets", figures.MarketingBudgetViewSet, basename="plan-marketing-budget"
)
router.register(
    "plan-marketing-activities",
    figures.MarketingActivityViewSet,
    basename="plan-marketing-activity",
)
router.register(
    "negotiation-briefs", negotiation.NegotiationBriefViewSet, basename="negotiation-brief"
)
router.register("gives-and-gets", negotiation.GiveGetViewSet, basename="give-get")
router.register("offers", negotiation.OfferViewSet, basename="offer")
router.register("mandates", price_rounds.MandateViewSet, basename="mandate")
router.register("price-rounds", price_rounds.PriceRoundViewSet, basename="price-round")
router.register(
    "price-round-accounts",
    price_rounds.PriceRoundAccountViewSet,
    basename="price-round-account",
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("plan-metrics/", work_targets.MetricsView.as_view(), name="plan-metrics"),
    path("plan-sales/", sales_plan.SalesPlanView.as_view(), name="plan-sales"),
    *router.urls,
]
