from django.urls import path
from rest_framework.routers import SimpleRouter

from accounts.api.views import (
    concentration,
    health,
    people,
    portrait,
    revenue,
    stakeholders,
    tiers,
)
from accounts.api.views.accounts import AccountViewSet

router = SimpleRouter(use_regex_path=False)
router.register("accounts", AccountViewSet, basename="account")
router.register("product-categories", revenue.CategoryViewSet, basename="product-category")
router.register("products", revenue.ProductViewSet, basename="product")
router.register("revenue-entries", revenue.EntryViewSet, basename="revenue-entry")
router.register("targets", revenue.TargetViewSet, basename="target")
router.register("people", people.PersonViewSet, basename="person")
router.register("positions", people.PositionViewSet, basename="position")
router.register("stakeholder-links", stakeholders.LineViewSet, basename="stakeholder-link")
router.register("stakeholder-ratings", stakeholders.RatingViewSet, basename="stakeholder-rating")
router.register(
    "concentration/snapshots", concentration.SnapshotViewSet, basename="concentration-snapshot"
)
router.register("portrait-statements", portrait.StatementViewSet, basename="portrait-statement")
router.register("health-scores", health.ScoreViewSet, basename="health-score")
router.register("health-settings", health.SettingsViewSet, basename="health-settings")
router.register("tier-models", tiers.TierModelViewSet, basename="tier-model")
router.register("tier-assignments", tiers.AssignmentViewSet, basename="tier-assignment")
router.register("tier-ratings", tiers.RatingViewSet, basename="tier-rating")
router.register("tier-overrides", tiers.OverrideViewSet, basename="tier-override")

urlpatterns = [
    path("health/rules/", health.RulesView.as_view(), name="health-rules"),
    path("health/rescore/", health.RescoreView.as_view(), name="health-rescore"),
    path("tiers/rescore/", tiers.RescoreView.as_view(), name="tier-rescore"),
    path(
        "accounts/<int:pk>/stakeholder-map/", stakeholders.MapView.as_view(), name="stakeholder-map"
    ),
    path("accounts/<int:pk>/coverage/", stakeholders.CoverageView.as_view(), name="coverage"),
    path(
        "concentration/recompute/",
        concentration.RecomputeView.as_view(),
        name="concentration-recompute",
    ),
    path("concentration/", concentration.ConcentrationView.as_view(), name="concentration"),
    *router.urls,
]
