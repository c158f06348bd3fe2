"""Pages of accounts, revenue and its concentration."""

from django.urls import URLPattern, path

from accounts.views import (
    accounts,
    cards,
    changes,
    merging,
    panels,
    products,
    revenue,
    targets,
    tree,
)
from accounts.views.concentration import board, thresholds

app_name = "accounts"

ACCOUNTS: list[URLPattern] = [
    path("accounts/", accounts.account_list, name="account-list"),
    path("accounts/new/", accounts.account_create, name="account-create"),
    path("accounts/tree/", tree.account_tree, name="account-tree"),
    path("accounts/options/<slug:name>/", accounts.account_options, name="account-options"),
    path("accounts/duplicates/", merging.duplicate_list, name="duplicate-list"),
    path("accounts/<int:pk>/", accounts.account_detail, name="account-detail"),
    path("accounts/<int:pk>/edit/", accounts.account_edit, name="account-edit"),
    path("accounts/<int:pk>/below/", tree.account_children, name="account-children"),
    path("accounts/<int:pk>/move/", changes.account_move, name="account-move"),
    path("accounts/<int:pk>/lead/", changes.account_lead, name="account-lead"),
    path("accounts/<int:pk>/merge/", merging.account_merge, name="account-merge"),
    path("accounts/<int:pk>/merge/<int:drop_pk>/", merging.merge_preview, name="merge-preview"),
    path("accounts/<int:pk>/identifiers/new/", changes.identifier_create, name="identifier-create"),
    path(
        "accounts/<int:pk>/identifiers/<int:identifier_pk>/delete/",
        changes.identifier_delete,
        name="identifier-delete",
    ),
]

PANELS: list[URLPattern] = [
    path("accounts/<int:pk>/facts/", panels.overview, name="panel-overview"),
    path("accounts/<int:pk>/places/", panels.places, name="panel-places"),
    path("accounts/<int:pk>/revenue/", panels.revenue_by_month, name="panel-revenue"),
    path("accounts/<int:pk>/categories/", panels.categories, name="panel-categories"),
    path("accounts/<int:pk>/buying/", panels.buying, name="panel-buying"),
    path("accounts/<int:pk>/entries/", panels.entries, name="panel-entries"),
    path("accounts/<int:pk>/leads/", panels.leads, name="panel-leads"),
    path("accounts/<int:pk>/history/", panels.history, name="panel-history"),
]

REVENUE: list[URLPattern] = [
    path("revenue/", revenue.revenue_list, name="revenue-list"),
    path("products/", products.product_list, name="product-list"),
    path("products/new/", products.product_create, name="product-create"),
    path("products/<int:pk>/", products.product_edit, name="product-edit"),
    path("products/categories/", products.category_list, name="category-list"),
    path("products/categories/new/", products.category_create, name="category-create"),
    path("products/categories/<int:pk>/", products.category_edit, name="category-edit"),
    path("targets/", targets.target_list, name="target-list"),
    path("targets/new/", targets.target_create, name="target-create"),
    path("targets/<int:pk>/", targets.target_edit, name="target-edit"),
    path("targets/<int:pk>/delete/", targets.target_delete, name="target-delete"),
]

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

# Cards of My day
CARDS: list[URLPattern] = [
    path("cards/revenue/", cards.revenue, name="card-revenue"),
    path("cards/movers/", cards.movers, name="card-movers"),
    path("cards/concentration/", cards.concentration, name="card-concentration"),
]

urlpatterns = [*ACCOUNTS, *PANELS, *REVENUE, *CONCENTRATION, *CARDS]
