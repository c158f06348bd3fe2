"""The demo's settlement statements: turnover reported month by month, statements in every state."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import connection

from accounts.choices import AccountKind
from accounts.demo.chance import Dice
from accounts.demo.people import MAIL_DOMAIN
from accounts.models import Account, ProductCategory
from kam.core.clock import organisation_zone
from kam.core.dates import add_months, month_start
from kam.core.models import SellingCompany
from kam.core.problems import RefusedError
from kam.identity.models import User
from settlements.choices.reports import ReportKind
from settlements.choices.settling import LinePart, StatementDisputeReason
from settlements.models import SettlementStatement
from settlements.selectors.ledger import first_open_day
from settlements.selectors.settling.jobs import settled_terms
from settlements.selectors.terms.rules import TermRules
from settlements.services.reports.deciding import accept_report
from settlements.services.reports.receiving import Line, receive_report
from settlements.services.settling.drafting import cancel_statement, draft_due
from settlements.services.settling.issuing import (
    Concession,
    Contest,
    confirm_statement,
    correct_statement,
    dispute_statement,
    issue_statement,
)
from settlements.services.settling.posting import post_statement

MONTHS = 5
_CONTROLLER = f"pekka.hautala@{MAIL_DOMAIN}"
_STORES, _CATEGORIES = 3, 2
_TAX = Decimal("25.5")
_SETTLE = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"
_LAST = ("draft", "issued", "disputed", "confirmed", "cancelled")
"""How far the statements of the last month are, one agreement after the other."""


def settle_the_months(as_of: date, seed: int) -> int:
    """Report turnover, draft and take the statements of the last months their way; count them."""
    controller = User.objects.get(email=_CONTROLLER)
    rules = [one for one in settled_terms() if one.category_id is None]
    for back in range(MONTHS, 0, -1):
        start = add_months(month_start(as_of), -back)
        for one in rules:
            if one.settlement_basis == "turnover_net" and _covers(one, start):
                _report(one, start, seed)
        draft_due(start=start, end=add_months(start, 1), drafted_by=None)
        rows = SettlementStatement.objects.filter(state="draft", period__startswith=start)
        for place, row in enumerate(rows.order_by("pk")):
            _walk(row, place, back, as_of, controller)
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE)
    return SettlementStatement.objects.count()


def _covers(rules: TermRules, start: date) -> bool:
    return rules.start <= start and (rules.end is None or add_months(start, 1) <= rules.end)


def _report(rules: TermRules, start: date, seed: int) -> None:
    """Let the customer report the turnover of a month by store and category."""
    account = Account.objects.select_related("current_lead").get(pk=rules.account_id)
    below = Account.objects.filter(path__contains=[account.pk], kind=AccountKind.STORE)
    stores = list(below.order_by("pk")[:_STORES]) or [account]
    categories = list(ProductCategory.objects.order_by("code")[:_CATEGORIES])
    dice = Dice(seed, "turnover", f"{rules.agreement_number}{start:%y%m}")
    end = add_months(start, 1)
    report = receive_report(
        account=account,
        selling_company=SellingCompany.objects.get(pk=rules.selling_company_id),
        kind=ReportKind.TURNOVER,
        their_number=f"{rules.agreement_number}-{start:%y%m}",
        first_day=start,
        last_day=end - timedelta(days=1),
        currency=rules.currency,
        lines=[
            Line(
                store=store,
                category=category,
                gross_amount=_amount(dice, rules),
                tax_rate=_TAX if rules.tax_rate is None else None,
            )
            for store in stores
            for category in categories
        ],
        created_by=account.current_lead,
    )
    accept_report(report=report, decided_by=account.current_lead, decided_at=_at(end, 9))


def _amount(dice: Dice, rules: TermRules) -> Decimal:
    thousands = Decimal(dice.whole(8, 30))
    return thousands * (1000 if rules.currency != "VND" else 1_000_000)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), organisation_zone())


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
        try:
            post_statement(statement=row, posted_on=posted_on, posted_by=controller)
        except RefusedError:
            return


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
