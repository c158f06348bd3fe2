"""Addresses of consigned goods and sales reports."""

from django.urls import URLPattern, path

from settlements.views.consignment import board, counts, movements
from settlements.views.reports import pages as reports
from settlements.views.reports import typing

CONSIGNMENT: list[URLPattern] = [
    path("consignment/", board.stock_board, name="consignment"),
    path("consignment/movements/", movements.movement_list, name="consignment-movements"),
    path("consignment/movements/new/", movements.movement_record, name="movement-record"),
    path("consignment/movements/<int:pk>/", movements.movement_detail, name="movement-detail"),
    path(
        "consignment/movements/<int:pk>/take-back/",
        movements.movement_take_back,
        name="movement-take-back",
    ),
    path("consignment/counts/", counts.count_list, name="count-list"),
    path("consignment/counts/new/", counts.count_record, name="count-record"),
    path("consignment/counts/<int:pk>/", counts.count_detail, name="count-detail"),
    path("consignment/counts/<int:pk>/anew/", counts.count_again, name="count-anew"),
    path("consignment/reports/", reports.report_list, name="report-list"),
    path("consignment/reports/new/", typing.report_new, name="report-new"),
    path("consignment/reports/<int:pk>/", reports.report_detail, name="report-detail"),
    path("consignment/reports/<int:pk>/accept/", reports.report_accept, name="report-accept"),
    path("consignment/reports/<int:pk>/reject/", reports.report_reject, name="report-reject"),
    path("accounts/<int:pk>/consignment/", board.panel, name="panel-consignment"),
]
