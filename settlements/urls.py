"""Pages of receivables: board and ageing, ledger, receipts, work."""

from django.urls import URLPattern

app_name = "settlements"

BOARD: list[URLPattern] = []
LEDGER: list[URLPattern] = []
WORK: list[URLPattern] = []

urlpatterns = [*BOARD, *LEDGER, *WORK]
