"""Pages of accounts, revenue and its concentration."""

from django.urls import URLPattern, path

from accounts.views import (
    accounts,
    cards,
    changes,
    cockpit,
    merging,
    panels,
    portraits,
    products,
    revenue,
    targets,
    tree,
)
from accounts.views.concentration import board, thresholds
from accounts.views.opportunities import board as pipeline
from accounts.views.opportunities import detail as opportunity
from accounts.views.health import account as health
from accounts.views.health import board as health_board
from accounts.views.health import settings as health_rules
from accounts.views.people import board as stakeholders
from accounts.views.people import deciding, persons, places, rating
from accounts.views.people import panels as people_panels
from accounts.views.tiers import account as tier
from accounts.views.tiers import board as tier_board
from accounts.views.tiers import versions as tier_models
from accounts.views.wallet import board as whitespace
from accounts.views.wallet import cell as whitespace_cell

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
    path("accounts/<int:pk>/glance/", cockpit.cockpit, name="account-cockpit"),
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

# People
PEOPLE: list[URLPattern] = [
    path("people/", persons.person_list, name="person-list"),
    path("people/settings/", deciding.settings_edit, name="people-settings"),
    path("people/<int:pk>/", persons.person_detail, name="person-detail"),
    path("people/<int:pk>/edit/", persons.person_edit, name="person-edit"),
    path("people/<int:pk>/merge/", persons.person_merge, name="person-merge"),
    path("positions/<int:pk>/edit/", places.position_edit, name="position-edit"),
    path("positions/<int:pk>/leave/", places.position_leave, name="position-leave"),
    path("positions/<int:pk>/move/", places.position_move, name="position-move"),
    path("positions/<int:pk>/fill/", places.position_fill, name="position-fill"),
    path("positions/<int:pk>/remove/", places.position_remove, name="position-remove"),
    path("positions/<int:pk>/rate/", rating.position_rate, name="position-rate"),
    path("positions/<int:pk>/place/", stakeholders.grid_place, name="grid-place"),
    path("positions/<int:pk>/line/", rating.line_create, name="line-create"),
    path("positions/<int:pk>/note/", rating.note_create, name="note-create"),
    path("lines/<int:pk>/delete/", rating.line_delete, name="line-delete"),
    path("notes/<int:pk>/delete/", rating.note_delete, name="note-delete"),
    path("accounts/<int:pk>/stakeholders/", stakeholders.board, name="stakeholder-map"),
    path("accounts/<int:pk>/people/", people_panels.people, name="panel-people"),
    path("accounts/<int:pk>/people/new/", places.person_create, name="person-create"),
    path("accounts/<int:pk>/people/add/", places.person_add, name="person-add"),
    path("accounts/<int:pk>/people/unmet/", places.placeholder_create, name="placeholder-create"),
    path(
        "accounts/<int:pk>/relationships/",
        people_panels.relationships,
        name="panel-relationships",
    ),
    path("accounts/<int:pk>/deciding/", people_panels.deciding, name="panel-deciding"),
    path("accounts/<int:pk>/steps/new/", deciding.step_create, name="step-create"),
    path("accounts/<int:pk>/steps/<int:step_pk>/", deciding.step_edit, name="step-edit"),
    path("accounts/<int:pk>/steps/<int:step_pk>/delete/", deciding.step_delete, name="step-delete"),
    path("accounts/<int:pk>/dates/new/", deciding.date_create, name="date-create"),
    path("accounts/<int:pk>/dates/<int:date_pk>/", deciding.date_edit, name="date-edit"),
    path("accounts/<int:pk>/dates/<int:date_pk>/delete/", deciding.date_delete, name="date-delete"),
]

# Tiers
TIERS: list[URLPattern] = [
    path("tiers/", tier_board.board, name="tier-board"),
    path("tiers/recompute/", tier_board.recompute, name="tier-recompute"),
    path("tiers/models/", tier_models.model_list, name="tier-model-list"),
    path("tiers/models/new/", tier_models.model_create, name="tier-model-create"),
    path("tiers/models/<int:pk>/", tier_models.model_detail, name="tier-model-detail"),
    path("tiers/models/<int:pk>/edit/", tier_models.model_edit, name="tier-model-edit"),
    path("tiers/models/<int:pk>/what-if/", tier_models.model_what_if, name="tier-model-what-if"),
    path("tiers/models/<int:pk>/publish/", tier_models.model_publish, name="tier-model-publish"),
    path("tiers/models/<int:pk>/discard/", tier_models.model_discard, name="tier-model-discard"),
    path("tiers/models/<int:pk>/withdraw/", tier_models.model_withdraw, name="tier-model-withdraw"),
    path("accounts/<int:pk>/tier/", tier.panel, name="panel-tier"),
    path("accounts/<int:pk>/tier/stage/", tier_board.stage, name="tier-stage"),
    path("accounts/<int:pk>/tier/rate/<slug:measure>/", tier.rate, name="tier-rate"),
    path("accounts/<int:pk>/tier/override/", tier.override, name="tier-override"),
    path(
        "accounts/<int:pk>/tier/override/<int:override_pk>/end/",
        tier.override_end,
        name="tier-override-end",
    ),
]

# Portraits
PORTRAITS: list[URLPattern] = [
    path("portraits/", portraits.statement_list, name="statement-list"),
    path("portraits/settings/", portraits.settings_edit, name="portrait-settings"),
    path("accounts/<int:pk>/portrait/", portraits.portrait, name="portrait"),
    path("accounts/<int:pk>/portrait/summary/", portraits.panel, name="panel-portrait"),
    path("accounts/<int:pk>/portrait/add/<slug:heading>/", portraits.write, name="portrait-write"),
    path(
        "accounts/<int:pk>/portrait/<int:statement_pk>/replace/",
        portraits.replace,
        name="portrait-replace",
    ),
    path(
        "accounts/<int:pk>/portrait/<int:statement_pk>/confirm/",
        portraits.confirm,
        name="portrait-confirm",
    ),
    path(
        "accounts/<int:pk>/portrait/<int:statement_pk>/withdraw/",
        portraits.withdraw,
        name="portrait-withdraw",
    ),
]

# Whitespace and opportunities
WHITESPACE: list[URLPattern] = [
    path("accounts/whitespace/", whitespace.portfolio, name="whitespace"),
    path("accounts/<int:pk>/whitespace/", whitespace.of_account, name="whitespace-account"),
    path("accounts/<int:pk>/whitespace/panel/", whitespace.panel, name="panel-whitespace"),
    path(
        "accounts/<int:pk>/whitespace/estimate/",
        whitespace_cell.estimate_create,
        name="estimate-create",
    ),
    path(
        "accounts/<int:pk>/whitespace/<int:category_pk>/",
        whitespace_cell.detail,
        name="whitespace-cell",
    ),
    path("accounts/opportunities/", pipeline.board, name="opportunity-board"),
    path("accounts/opportunities/list/", pipeline.listing, name="opportunity-list"),
    path("accounts/opportunities/forecast/", pipeline.forecast, name="opportunity-forecast"),
    path("accounts/opportunities/new/", opportunity.create, name="opportunity-create"),
    path("accounts/opportunities/<int:pk>/", opportunity.detail, name="opportunity-detail"),
    path("accounts/opportunities/<int:pk>/edit/", opportunity.edit, name="opportunity-edit"),
    path("accounts/opportunities/<int:pk>/stage/", opportunity.stage, name="opportunity-stage"),
    path("accounts/<int:pk>/opportunities/", opportunity.panel, name="panel-opportunities"),
]

# Health
HEALTH: list[URLPattern] = [
    path("accounts/health/", health_board.board, name="health-board"),
    path("accounts/health/recompute/", health_board.recompute, name="health-recompute"),
    path("accounts/health/settings/", health_rules.health_settings, name="health-settings"),
    path("accounts/<int:pk>/health/", health.panel, name="panel-health"),
]

# Cards of My day
CARDS: list[URLPattern] = [
    path("cards/revenue/", cards.revenue, name="card-revenue"),
    path("cards/movers/", cards.movers, name="card-movers"),
    path("cards/concentration/", cards.concentration, name="card-concentration"),
]

urlpatterns = [
    *PORTRAITS,
    *ACCOUNTS,
    *PANELS,
    *REVENUE,
    *CONCENTRATION,
    *PEOPLE,
    *TIERS,
    *HEALTH,
    *WHITESPACE,
    *CARDS,
]
