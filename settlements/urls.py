"""Pages of receivables: board and ageing, ledger, receipts, work."""

from django.urls import URLPattern, path

from settlements.views import panel

app_name = "settlements"

BOARD: list[URLPattern] = [
    path(
        "accounts/<int:pk>/receivables/",
        panel.receivables,
        name="panel-receivables",
    ),
]
LEDGER: list[URLPattern] = []
WORK: list[URLPattern] = []

urlpatterns = [*BOARD, *LEDGER, *WORK]
