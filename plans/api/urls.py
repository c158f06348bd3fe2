"""Plans over the API; each topic adds its routes."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from plans.api.views import approval, plan, together, work

router = SimpleRouter(use_regex_path=False)
router.register("plans", plan.PlanViewSet, basename="plan")
router.register("plan-sections", plan.PlanSectionViewSet, basename="plan-section")
router.register("plan-swot-items", plan.SwotItemViewSet, basename="plan-swot-item")
router.register("plan-members", plan.PlanMemberViewSet, basename="plan-member")
router.register("plan-templates", plan.PlanTemplateViewSet, basename="plan-template")
router.register("plan-comments", approval.PlanCommentViewSet, basename="plan-comment")
router.register("plan-snapshots", approval.PlanSnapshotViewSet, basename="plan-snapshot")
router.register("plan-objectives", work.ObjectiveViewSet, basename="plan-objective")
router.register("plan-initiatives", work.InitiativeViewSet, basename="plan-initiative")
router.register("plan-actions", work.ActionViewSet, basename="plan-action")
router.register("plan-targets", work.TargetViewSet, basename="plan-target")
router.register("business-reviews", together.BusinessReviewViewSet, basename="business-review")
router.register("joint-teams", together.JointTeamViewSet, basename="joint-team")

urlpatterns: list[URLPattern | URLResolver] = [
    path("plan-metrics/", work.MetricsView.as_view(), name="plan-metrics"),
    *router.urls,
]
