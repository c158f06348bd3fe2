"""Pages of accounts, revenue and its concentration."""

from django.urls import URLPattern, path

from accounts.views.concentration import board, thresholds

app_name = "accounts"

# Concentration
CONCENTRATION: list[URLPattern] = [
    path("concentration/", board.board, name="concentration"),
    path("concentration/trend/", board.trend, name="concentration-trend"),
    path("concentration/figures/", board.figures, name="concentration-figures"),
    path("concentration/recompute/", board.recompute, name="concentration-recompute"),
    path("concentration/recompute/<int:pk>/", board.progress, name="concentration-progress"),
    path("concentration/levels/", thresholds.threshold_list, name="concentration-threshold-list"),
    path("concentration/alerts/", thresholds.alert_list, name="concentration-alert-list"),
]

urlpatterns = [*CONCENTRATION]
