"""The demo's settlement statements: months of them posted, the last ones in every state."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.db import connection

from accounts.demo.people import MAIL_DOMAIN
from kam.core.dates import add_months, month_start
from kam.identity.models import User
from settlements.choices.settling import LinePart, StatementDisputeReason
from settlements.demo.counters import MONTHS
from settlements.models import LedgerItem, SettlementStatement
from settlements.selectors.ledger import first_open_day
from settlements.services.cash import Applied, post_receipt
from settlements.services.settling.contests import Contest
from settlements.services.settling.drafting import cancel_statement, draft_due
from settlements.services.settling.issuing import (
    Concession,
    confirm_statement,
    correct_statement,
    dispute_statement,
    issue_statement,
)
from settlements.services.settling.posting import post_statement

PAID = "demo-statement:"
"""How the idempotency keys of payments of the demo's statements begin."""
_CONTROLLER = f"pekka.hautala@{MAIL_DOMAIN}"
_SETTLE = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"
_LAST = ("draft", "issued", "disputed", "confirmed", "cancelled")
"""How far the statements of the last month are, one agreement after the other."""


def settle_the_months(as_of: date) -> int:
    """Draft the statements of the last months from their reports and take them their way."""
    controller = User.objects.get(email=_CONTROLLER)
    for back in range(MONTHS, 0, -1):
        start = add_months(month_start(as_of), -back)
        draft_due(start=start, end=add_months(start, 1), drafted_by=None)
        rows = SettlementStatement.objects.filter(state="draft", period__startswith=start)
        for place, row in enumerate(rows.order_by("pk")):
            _walk(row, place, back, as_of, controller)
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE)
    return SettlementStatement.objects.count()


def _walk(row: SettlementStatement, place: int, back: int, as_of: date, controller: User) -> None:
    """Take a draft as far as it has come by today; older months are posted."""
    stage = "posted" if back > 1 else _LAST[place % len(_LAST)]
    day = min(row.period.upper + timedelta(days=2), as_of)
    lead = row.account.current_lead
    if stage == "draft":
        return
    if stage == "cancelled":
        cancel_statement(statement=row)
        return
    row = issue_statement(statement=row, issued_on=day, issued_by=lead)
    if stage == "disputed" or (back == 2 and place == 0):
        _contest(row, day, lead)
        if stage == "disputed":
            return
        row = _put_right(row, day, lead)
    if stage == "issued":
        return
    row = confirm_statement(statement=row, confirmed_on=day, confirmed_by=_confirmer(row))
    if stage == "posted":
        company = row.agreement_version.agreement.selling_company_id
        wanted = min(day + timedelta(days=3), as_of)
        posted_on = first_open_day(company, wanted) or as_of
        row = post_statement(statement=row, posted_on=posted_on, posted_by=controller)
        _pay(row, as_of, controller)


def _pay(row: SettlementStatement, as_of: date, controller: User) -> None:
    """Have the customer pay what remains, a few days after it is due."""
    agreement = row.agreement_version.agreement
    open_items = (
        LedgerItem.objects.debits()
        .open_now()
        .filter(document__from_statement__statement=row, due_date__isnull=False)
    )
    for item in open_items.select_related("document"):
        assert item.due_date is not None  # noqa: S101 - filtered
        day = item.due_date + timedelta(days=row.pk % 5)
        if day >= as_of:
            continue
        amount = item.amount - item.allocated
        post_receipt(
            selling_company=agreement.selling_company,
            account=item.document.account,
            currency=row.currency_id,
            amount=amount,
            received_on=day,
            applied=[Applied(item.pk, amount)],
            created_by=controller,
            idempotency_key=f"{PAID}{item.pk}",
        )


def _contest(row: SettlementStatement, day: date, lead: User | None) -> None:
    line = row.lines.filter(part=LinePart.CLAIM).first()
    contest = Contest(
        amount=abs(line.amount) if line else Decimal(100),
        reason=StatementDisputeReason.UNAGREED_FEE if line else StatementDisputeReason.QUANTITY,
        line_id=line.pk if line else None,
        note="Their buyer says that this was waived for the season.",
    )
    dispute_statement(statement=row, contests=[contest], raised_on=day, raised_by=lead)


def _put_right(row: SettlementStatement, day: date, lead: User | None) -> SettlementStatement:
    line = row.lines.filter(part=LinePart.CLAIM).first()
    claims = [Concession(line.pk, Decimal(0))] if line else []
    return correct_statement(
        statement=row, corrected_on=day, corrected_by=lead, claims=claims, note="Waived, as agreed."
    )


def _confirmer(row: SettlementStatement) -> str:
    return f"Accounts payable, {row.account.name}"[:200]
