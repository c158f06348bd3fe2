"""Addresses of the sales plan."""

from django.urls import path

from plans.views.sales import edit, grid, page

urlpatterns = [
    path("plans/<int:pk>/sales/", page.sales_plan, name="sales-plan"),
    path("plans/<int:pk>/sales/months/", page.sales_months, name="sales-months"),
    path("plans/<int:pk>/sales/grid/", grid.sales_grid, name="sales-grid"),
    path("plans/<int:pk>/sales/last-year/", edit.prefill, name="sales-prefill"),
    path("plans/<int:pk>/sales/lines/new/", edit.line_create, name="sales-line-create"),
    path("plans/sales-lines/<int:pk>/edit/", edit.line_edit, name="sales-line-edit"),
    path("plans/sales-lines/<int:pk>/remove/", edit.line_remove, name="sales-line-remove"),
    path("plans/<int:pk>/range/new/", edit.range_create, name="range-create"),
    path("plans/range/<int:pk>/edit/", edit.range_edit, name="range-edit"),
    path("plans/range/<int:pk>/remove/", edit.range_remove, name="range-remove"),
]
