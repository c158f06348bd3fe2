from django.urls import include, path
from rest_framework.routers import SimpleRouter

from settlements.api.views import consignment as goods
from settlements.api.views import credit, credit_applications, documents, reports, terms, work
from settlements.api.views import prices as price_views
from settlements.api.views.allocations import AllocationViewSet
from settlements.api.views.gaps import GapViewSet
from settlements.api.views.rebates import AccrualViewSet, RebateViewSet, RunView
from settlements.api.views.settling import SettlingViewSet

router = SimpleRouter(use_regex_path=False)
router.register("documents", documents.DocumentViewSet, basename="receivables-document")
router.register("items", documents.ItemViewSet, basename="receivables-item")
router.register("receipts", documents.ReceiptViewSet, basename="receivables-receipt")
router.register("allocations", AllocationViewSet, basename="receivables-allocation")
router.register("positions", work.PositionViewSet, basename="receivables-position")
router.register("worklist", work.WorkViewSet, basename="receivables-work")
router.register("controllers", work.ControllerViewSet, basename="receivables-controller")
router.register("missing", GapViewSet, basename="receivables-missing")
router.register("periods", work.PeriodViewSet, basename="receivables-period")

receivables = [
    path("ageing/", reports.AgeingView.as_view(), name="receivables-ageing"),
    path("ageing/rows/", reports.AgeingRowsView.as_view(), name="receivables-ageing-rows"),
    path("statement/", reports.StatementView.as_view(), name="receivables-statement"),
    path("overdue/flag/", work.FlagView.as_view(), name="receivables-overdue-flag"),
    *router.urls,
]

terms_router = SimpleRouter(use_regex_path=False)
terms_router.register("agreements", terms.AgreementViewSet, basename="agreement")
terms_router.register("agreement-versions", terms.VersionViewSet, basename="agreement-version")
terms_router.register("business-calendars", terms.CalendarViewSet, basename="business-calendar")

settling_router = SimpleRouter(use_regex_path=False)
settling_router.register("settlement-statements", SettlingViewSet, basename="settlement-statement")

rebates_router = SimpleRouter(use_regex_path=False)
rebates_router.register("rebates", RebateViewSet, basename="rebate")
rebates_router.register("rebate-accruals", AccrualViewSet, basename="rebate-accrual")
rebates = [path("rebates/run/", RunView.as_view(), name="rebates-run"), *rebates_router.urls]

prices_router = SimpleRouter(use_regex_path=False)
prices_router.register("prices", price_views.PriceViewSet, basename="price")
prices_router.register("list-prices", price_views.ListPriceViewSet, basename="list-price")
prices_router.register("floor-prices", price_views.FloorPriceViewSet, basename="floor-price")
prices_router.register("product-units", price_views.UnitViewSet, basename="product-unit")
prices_router.register("product-codes", price_views.CodeViewSet, basename="product-code")
prices = [
    path("price-at/", price_views.PriceAtView.as_view(), name="price-at"),
    *prices_router.urls,
]

goods_router = SimpleRouter(use_regex_path=False)
goods_router.register("sales-reports", goods.ReportViewSet, basename="sales-report")
goods_router.register("sales-report-lines", goods.ReportLineViewSet, basename="sales-report-line")
goods_router.register("consignment-movements", goods.MovementViewSet, basename="movement")
goods_router.register("stock-counts", goods.CountViewSet, basename="stock-count")
goods_router.register("consigned-stock", goods.StockViewSet, basename="consigned-stock")

credit_router = SimpleRouter(use_regex_path=False)
credit_router.register("credit/exposure", credit.ExposureViewSet, basename="credit-exposure")
credit_router.register("credit/limits", credit.LimitViewSet, basename="credit-limit")
credit_router.register("credit/checks", credit.CheckViewSet, basename="credit-check")
credit_router.register(
    "credit/applications", credit_applications.ApplicationViewSet, basename="credit-application"
)
credit_router.register(
    "credit/application-files",
    credit_applications.ApplicationFileViewSet,
    basename="credit-application-file",
)
credit_router.register("credit/holds", credit.HoldViewSet, basename="credit-hold")
credit_router.register("credit/scores", credit.ScoreViewSet, basename="credit-score")
credit_router.register("credit/facts", credit.FactViewSet, basename="credit-fact")

urlpatterns = [
    *credit_router.urls,
    *goods_router.urls,
    *settling_router.urls,
    *prices,
    *rebates,
    *terms_router.urls,
    path("receivables/", include(receivables)),
]
