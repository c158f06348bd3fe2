from django.urls import path
from rest_framework.routers import SimpleRouter

from accounts.api.views import concentration, revenue
from accounts.api.views.accounts import AccountViewSet

router = SimpleRouter(use_regex_path=False)
router.register("accounts", AccountViewSet, basename="account")
router.register("product-categories", revenue.CategoryViewSet, basename="product-category")
router.register("products", revenue.ProductViewSet, basename="product")
router.register("revenue-entries", revenue.EntryViewSet, basename="revenue-entry")
router.register("targets", revenue.TargetViewSet, basename="target")
router.register(
    "concentration/snapshots", concentration.SnapshotViewSet, basename="concentration-snapshot"
)

urlpatterns = [
    path(
        "concentration/recompute/",
        concentration.RecomputeView.as_view(),
        name="concentration-recompute",
    ),
    path("concentration/", concentration.ConcentrationView.as_view(), name="concentration"),
    *router.urls,
]
