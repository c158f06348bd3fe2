"""Addresses of prices, units and codes."""

from django.urls import URLPattern, path

from settlements.views.prices import account, calculator, company, edit, lists, products

PRICES: list[URLPattern] = [
    path("prices/", lists.price_list, name="price-list"),
    path("prices/new/", edit.price_create, name="price-create"),
    path("prices/<int:pk>/", edit.price_detail, name="price-detail"),
    path("prices/<int:pk>/change/", edit.price_change, name="price-change"),
    path("prices/<int:pk>/end/", edit.price_end, name="price-end"),
    path("prices/<int:pk>/remove/", edit.price_remove, name="price-remove"),
    path("prices/list/", lists.list_price_list, name="list-price-list"),
    path("prices/floor/", lists.floor_price_list, name="floor-price-list"),
    path(
        "prices/company/<slug:kind>/new/", company.company_price_create, name="company-price-create"
    ),
    path(
        "prices/company/<slug:kind>/<int:pk>/end/",
        company.company_price_end,
        name="company-price-end",
    ),
    path("prices/codes/", lists.code_list, name="code-list"),
    path("prices/codes/new/", products.code_create, name="code-create"),
    path("prices/codes/<int:pk>/", products.code_change, name="code-change"),
    path("prices/codes/<int:pk>/end/", products.code_edit, name="code-edit"),
    path("prices/units/", lists.unit_list, name="unit-list"),
    path("prices/units/<int:pk>/", products.unit_change, name="unit-change"),
    path("prices/units/<int:pk>/end/", products.unit_end, name="unit-end"),
    path("prices/products/<int:pk>/", products.product_units, name="product-units"),
    path("prices/products/<int:pk>/units/new/", products.unit_create, name="unit-create"),
    path("prices/products/options/<str:name>/", lists.product_options, name="product-options"),
    path("prices/calculator/", calculator.calculator, name="price-calculator"),
    path("prices/accounts/<int:pk>/", account.account_prices, name="account-prices"),
    path("accounts/<int:pk>/prices/", account.panel, name="panel-prices"),
]
