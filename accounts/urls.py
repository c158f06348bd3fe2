"""Pages of accounts, revenue and its concentration."""

from django.urls import URLPattern, path

from accounts.views import (
    accounts,
    cards,
    changes,
    cockpit,
    market,
    market_facts,
    market_notes,
    merging,
    panels,
    portable,
    portraits,
    products,
    programme,
    programme_elements,
    revenue,
    targets,
    tree,
)
from accounts.views.concentration import board, thresholds
from accounts.views.health import account as health
from accounts.views.health import board as health_board
from accounts.views.health import settings as health_rules
from accounts.views.opportunities import board as pipeline
from accounts.views.opportunities import detail as opportunity
from accounts.views.people import board as stakeholders
from accounts.views.people import deciding, persons, places, rating
from accounts.views.people import panels as people_panels
from accounts.views.placement.routes import PLACEMENT
from accounts.views.profitability import account as profit_panel
from accounts.views.profitability import board as profit_board
from accounts.views.profitability import costs as cost_pages
from accounts.views.profitability import rates as cost_rates
from accounts.views.team import handovers, promises
from accounts.views.team import members as team_members
from accounts.views.team import requests as team_requests
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
    path("accounts/files/<slug:kind>/", portable.portable_file, name="portable"),
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
    path("accounts/<int:pk>/glance/people/", cockpit.people, name="account-people-glance"),
    path("accounts/<int:pk>/glance/actions/", cockpit.actions, name="account-actions"),
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

# Profitability
PROFIT: list[URLPattern] = [
    path("accounts/profitability/", profit_board.board, name="profitability"),
    path("accounts/<int:pk>/profitability/", profit_panel.panel, name="panel-profit"),
    path("costs/", cost_pages.cost_list, name="cost-list"),
    path("costs/new/", cost_pages.cost_create, name="cost-create"),
    path("costs/<int:pk>/", cost_pages.cost_edit, name="cost-edit"),
    path("costs/<int:pk>/delete/", cost_pages.cost_delete, name="cost-delete"),
    path("costs/volumes/", cost_pages.volume_list, name="volume-list"),
    path("costs/volumes/new/", cost_pages.volume_create, name="volume-create"),
    path("costs/volumes/<int:pk>/", cost_pages.volume_edit, name="volume-edit"),
    path("costs/volumes/<int:pk>/delete/", cost_pages.volume_delete, name="volume-delete"),
    path("costs/rates/", cost_rates.rate_list, name="activity-rate-list"),
    path("costs/rates/new/", cost_rates.rate_create, name="activity-rate-create"),
    path("costs/rates/<int:pk>/", cost_rates.rate_edit, name="activity-rate-edit"),
    path("costs/rates/<int:pk>/delete/", cost_rates.rate_delete, name="activity-rate-delete"),
    path("costs/company/", cost_rates.pool_list, name="pool-list"),
    path("costs/company/new/", cost_rates.pool_create, name="pool-create"),
    path("costs/company/<int:pk>/", cost_rates.pool_edit, name="pool-edit"),
    path("costs/company/<int:pk>/delete/", cost_rates.pool_delete, name="pool-delete"),
]

# Promises, the account's team, requests to it, handovers
TEAM: list[URLPattern] = [
    path("accounts/<int:pk>/promises/", promises.panel, name="panel-promises"),
    path("accounts/<int:pk>/promises/new/", promises.promise_create, name="promise-create"),
    path("promises/<int:pk>/", promises.promise_detail, name="promise-detail"),
    path("promises/<int:pk>/edit/", promises.promise_edit, name="promise-edit"),
    path("promises/<int:pk>/move/", promises.promise_move, name="promise-move"),
    path("promises/<int:pk>/settle/", promises.promise_settle, name="promise-settle"),
    path("promises/<int:pk>/reopen/", promises.promise_reopen, name="promise-reopen"),
    path("accounts/<int:pk>/team/", team_members.panel, name="panel-team"),
    path("accounts/<int:pk>/work/", team_members.working_page, name="team-work"),
    path("accounts/<int:pk>/team/new/", team_members.member_create, name="member-create"),
    path("accounts/<int:pk>/team/<int:member_pk>/end/", team_members.member_end, name="member-end"),
    path("requests/", team_requests.request_list, name="request-list"),
    path("accounts/<int:pk>/requests/new/", team_requests.request_create, name="request-create"),
    path("requests/<int:pk>/", team_requests.request_detail, name="request-detail"),
    path("requests/<int:pk>/accept/", team_requests.request_accept, name="request-accept"),
    path("requests/<int:pk>/decline/", team_requests.request_decline, name="request-decline"),
    path("requests/<int:pk>/finish/", team_requests.request_finish, name="request-finish"),
    path("requests/<int:pk>/cancel/", team_requests.request_cancel, name="request-cancel"),
    path("requests/<int:pk>/comment/", team_requests.request_comment, name="request-comment"),
    path("accounts/<int:pk>/handover/", handovers.handover_create, name="handover-create"),
    path("handovers/<int:pk>/", handovers.handover_detail, name="handover-detail"),
    path(
        "handovers/<int:pk>/acknowledge/",
        handovers.handover_acknowledge,
        name="handover-acknowledge",
    ),
]

# Competitors and markets
MARKET: list[URLPattern] = [
    path("competitors/", market.competitor_list, name="competitor-list"),
    path("competitors/new/", market.competitor_create, name="competitor-create"),
    path("competitors/<int:pk>/", market.competitor_detail, name="competitor-detail"),
    path("competitors/<int:pk>/edit/", market.competitor_edit, name="competitor-edit"),
    path("competitors/<int:pk>/merge/", market.competitor_merge, name="competitor-merge"),
    path(
        "competitors/<int:pk>/moves/new/",
        market_notes.market_move_create,
        name="market-move-create",
    ),
    path("competitors/presences/<int:pk>/", market_notes.presence_edit, name="presence-edit"),
    path(
        "competitors/presences/<int:pk>/delete/",
        market_notes.presence_delete,
        name="presence-delete",
    ),
    path("competitors/prices/<int:pk>/", market_notes.price_edit, name="price-seen-edit"),
    path(
        "competitors/prices/<int:pk>/delete/", market_notes.price_delete, name="price-seen-delete"
    ),
    path("competitors/moves/<int:pk>/", market_notes.move_edit, name="competitor-move-edit"),
    path(
        "competitors/moves/<int:pk>/delete/",
        market_notes.move_delete,
        name="competitor-move-delete",
    ),
    path("accounts/<int:pk>/competitors/", market.panel, name="panel-competitors"),
    path(
        "accounts/<int:pk>/competitors/new/", market_notes.presence_create, name="presence-create"
    ),
    path(
        "accounts/<int:pk>/competitors/prices/new/",
        market_notes.price_create,
        name="price-seen-create",
    ),
    path(
        "accounts/<int:pk>/competitors/moves/new/",
        market_notes.move_create,
        name="competitor-move-create",
    ),
    path("market-facts/", market_facts.fact_list, name="market-fact-list"),
    path("market-facts/new/", market_facts.fact_create, name="market-fact-create"),
    path("market-facts/<int:pk>/", market_facts.fact_edit, name="market-fact-edit"),
    path("market-facts/<int:pk>/delete/", market_facts.fact_delete, name="market-fact-delete"),
]

# Programmes
PROGRAMMES: list[URLPattern] = [
    path("exit-barriers/", programme.programme_list, name="programme-list"),
    path("programme-elements/", programme_elements.element_list, name="element-list"),
    path("programme-elements/new/", programme_elements.element_create, name="element-create"),
    path("programme-elements/<int:pk>/", programme_elements.element_edit, name="element-edit"),
    path("accounts/<int:pk>/programme/", programme.programme, name="programme"),
    path("accounts/<int:pk>/programme/summary/", programme.panel, name="panel-programme"),
    path("accounts/<int:pk>/programme/new/", programme.item_create, name="item-create"),
    path("programme-items/<int:pk>/", programme.item_edit, name="item-edit"),
    path("programme-items/<int:pk>/end/", programme.item_end, name="item-end"),
    path("programme-items/<int:pk>/delete/", programme.item_delete, name="item-delete"),
]

# Cards of My day
CARDS: list[URLPattern] = [
    path("cards/revenue/", cards.revenue, name="card-revenue"),
    path("cards/movers/", cards.movers, name="card-movers"),
    path("cards/concentration/", cards.concentration, name="card-concentration"),
]

urlpatterns = [
    *TEAM,
    *PORTRAITS,
    *MARKET,
    *PROGRAMMES,
    *ACCOUNTS,
    *PANELS,
    *REVENUE,
    *CONCENTRATION,
    *PEOPLE,
    *TIERS,
    *HEALTH,
    *WHITESPACE,
    *PLACEMENT,
    *CARDS,
]
urlpatterns += PROFIT
