from django.urls import path
from rest_framework.routers import SimpleRouter

from accounts.api.views import (
    concentration,
    followups,
    health,
    market,
    people,
    placement,
    portrait,
    profitability,
    programme,
    promises,
    revenue,
    stakeholders,
    store_photos,
    team,
    tiers,
    wallet,
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
router.register("promises", promises.PromiseViewSet, basename="promise")
router.register("team-members", team.MemberViewSet, basename="team-member")
router.register("team-requests", team.RequestViewSet, basename="team-request")
router.register("handovers", team.HandoverViewSet, basename="handover")
router.register("competitors", market.CompetitorViewSet, basename="competitor")
router.register("competitor-presences", market.PresenceViewSet, basename="competitor-presence")
router.register("competitor-prices", market.PriceSeenViewSet, basename="competitor-price")
router.register("competitor-moves", market.CompetitorMoveViewSet, basename="competitor-move")
router.register("market-facts", market.MarketFactViewSet, basename="market-fact")
router.register("programme-elements", programme.ElementViewSet, basename="programme-element")
router.register("programme-items", programme.ItemViewSet, basename="programme-item")
router.register("portrait-statements", portrait.StatementViewSet, basename="portrait-statement")
router.register("health-scores", health.ScoreViewSet, basename="health-score")
router.register("health-settings", health.SettingsViewSet, basename="health-settings")
router.register("account-addresses", placement.AddressViewSet, basename="account-address")
router.register("placements", placement.PlacementViewSet, basename="placement")
router.register("store-checks", placement.StoreCheckViewSet, basename="store-check")
router.register(
    "store-check-photos", store_photos.StoreCheckPhotoViewSet, basename="store-check-photo"
)
router.register("tasks", followups.TaskViewSet, basename="task")
router.register("tier-models", tiers.TierModelViewSet, basename="tier-model")
router.register("tier-assignments", tiers.AssignmentViewSet, basename="tier-assignment")
router.register("tier-ratings", tiers.RatingViewSet, basename="tier-rating")
router.register("tier-overrides", tiers.OverrideViewSet, basename="tier-override")
router.register("wallet-estimates", wallet.EstimateViewSet, basename="wallet-estimate")
router.register("opportunities", wallet.OpportunityViewSet, basename="opportunity")

router.register("cost-entries", profitability.CostViewSet, basename="cost-entry")
router.register("activity-volumes", profitability.VolumeViewSet, basename="activity-volume")
router.register("activity-rates", profitability.ActivityRateViewSet, basename="activity-rate")
router.register("cost-pools", profitability.PoolViewSet, basename="cost-pool")

urlpatterns = [
    path("profitability/", profitability.ProfitView.as_view(), name="profitability"),
    path(
        "accounts/<int:pk>/profitability/",
        profitability.AccountProfitView.as_view(),
        name="account-profitability",
    ),
    path("opportunities/forecast/", wallet.ForecastView.as_view(), name="opportunity-forecast"),
    path("whitespace/", wallet.PortfolioView.as_view(), name="whitespace"),
    path(
        "accounts/<int:pk>/whitespace/",
        wallet.AccountWhitespaceView.as_view(),
        name="account-whitespace",
    ),
    path("availability/", placement.AvailabilityView.as_view(), name="availability"),
    path("health/rules/", health.RulesView.as_view(), name="health-rules"),
    path("health/rescore/", health.RescoreView.as_view(), name="health-rescore"),
    path("tiers/rescore/", tiers.RescoreView.as_view(), name="tier-rescore"),
    path(
        "accounts/<int:pk>/stakeholder-map/", stakeholders.MapView.as_view(), name="stakeholder-map"
    ),
    path(
        "accounts/<int:pk>/reliability/",
        promises.ReliabilityView.as_view(),
        name="account-reliability",
    ),
    path("accounts/<int:pk>/exit-barrier/", programme.BarrierView.as_view(), name="exit-barrier"),
    path("accounts/<int:pk>/coverage/", stakeholders.CoverageView.as_view(), name="coverage"),
    path(
        "concentration/recompute/",
        concentration.RecomputeView.as_view(),
        name="concentration-recompute",
    ),
    path("concentration/", concentration.ConcentrationView.as_view(), name="concentration"),
    *router.urls,
]
