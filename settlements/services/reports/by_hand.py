"""A sales report that somebody typed: taken in and checked like one from a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Unpack

from django.db import transaction

from accounts.models import Account
from kam.core.models import SellingCompany
from settlements.choices.reports import ReportKind, ReportState
from settlements.models import SalesReport
from settlements.services.consignment.problems import stock_explained
from settlements.services.reports.deciding import validate_report
from settlements.services.reports.receiving import Facts, Line, receive_report


@stock_explained()
@transaction.atomic
def record_report(
    *,
    account: Account,
    selling_company: SellingCompany,
    kind: ReportKind,
    their_number: str,
    first_day: date,
    last_day: date,
    currency: str,
    lines: Sequence[Line],
    **facts: Unpack[Facts],
) -> SalesReport:
    """Take a report in and add it up; it is checked, and counts once somebody accepts it.

    All or nothing. Raises what `receive_report` and `validate_report` raise.
    """
    report = receive_report(
        account=account,
        selling_company=selling_company,
        kind=kind,
        their_number=their_number,
        first_day=first_day,
        last_day=last_day,
        currency=currency,
        lines=lines,
        **facts,
    )
    return validate_report(report=report) if report.state == ReportState.RECEIVED else report
