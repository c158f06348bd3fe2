"""Posting a confirmed statement: documents of the ledger, set-offs, revenue; once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from kam.core import formats
from kam.core.problems import Blocker, explained
from kam.core.selectors.rates import MissingRateError, base_currency, rate_on
from kam.identity.models import User
from kam.identity.permissions import grants
from settlements.analytics.due_dates import BaseEvent
from settlements.analytics.instalments import Instalment
from settlements.choices import DocumentKind
from settlements.choices.settling import DocumentRole, LinePart, StatementState
from settlements.choices.terms import NegativeHandling
from settlements.models import (
    Document,
    LedgerItem,
    PostingLimit,
    SettlementStatement,
    StatementDocument,
    StatementLine,
)
from settlements.selectors.ledger import is_closed
from settlements.selectors.terms.rules import TermRules, instalments_for, rules_of, term_rows
from settlements.services.allocating import Match, allocate
from settlements.services.posting import decimals_of, post_document
from settlements.services.problems import ClosedPeriodError, KeyReusedError
from settlements.services.reversing import reverse_document
from settlements.services.settling.drafting import locked
from settlements.services.settling.problems import AboveLimitError, StateError
from settlements.services.settling.revenue import take_back_revenue, write_revenue
from settlements.services.settling.telling import tell_of_taken_back

ZERO = Decimal(0)


@explained()
@transaction.atomic
def post_statement(
    *,
    statement: SettlementStatement,
    posted_on: date,
    posted_by: User | None,
    idempotency_key: str | None = None,
) -> SettlementStatement:
    """Post a confirmed statement to the ledger and to revenue; all of it or nothing, once.

    One receivable of what is payable, due by the pinned payment term; a claim for each fee, set
    off against it at once, and claims that earlier statements carried forward; a negative payable
    is a claim of its own. The same `idempotency_key` gives what it gave before. Raises StateError
    with the first of `posting_blockers`, AboveLimitError, ClosedPeriodError.
    """
    row = locked(statement)
    if row.state == StatementState.POSTED:
        if idempotency_key and row.idempotency_key == idempotency_key:
            return row
        raise StateError(_("The statement is posted already."), code="posted")
    if idempotency_key and _key_taken(idempotency_key):
        raise KeyReusedError
    if row.brought_from is not None:
        row.brought_from = locked(row.brought_from)  # nobody takes it back meanwhile
    _refuse(posting_blockers(row, posted_on, posted_by))
    row.due_on = _post_documents(row, posted_on, posted_by)
    row.state, row.posted_on, row.posted_by = StatementState.POSTED, posted_on, posted_by
    row.idempotency_key = idempotency_key
    row.save()
    write_revenue(row, as_of=posted_on)
    return row


def _key_taken(key: str) -> bool:
    return SettlementStatement.objects.filter(idempotency_key=key).exists()


# What stands in the way


def posting_blockers(row: SettlementStatement, posted_on: date, user: User | None) -> list[Blocker]:
    """Return what keeps a statement from being posted on a day by somebody."""
    found = []
    if row.state != StatementState.CONFIRMED:
        words = _("Only a confirmed statement is posted. This one is %s.")
        found.append(Blocker(words % row.get_state_display().lower(), code="state"))
    if blocker := _brought_blocker(row):
        found.append(blocker)
    company = row.agreement_version.agreement.selling_company_id
    if is_closed(company, posted_on):
        found.append(Blocker(ClosedPeriodError.words, code="period_closed", field="posted_on"))
    if row.issued_on and posted_on < row.issued_on:
        found.append(Blocker(_("It was not issued yet on this day."), field="posted_on"))
    if user is not None and (blocker := _limit_blocker(row, posted_on, user)):
        found.append(blocker)
    return found


def _brought_blocker(row: SettlementStatement) -> Blocker | None:
    before = row.brought_from
    if before is None:
        return None
    if before.state != StatementState.POSTED or before.taken_back_on is not None:
        words = _("It brings forward what %s left, which is not posted.") % before
        return Blocker(words, code="brought_forward")
    if before.carried_forward != row.brought_forward:
        return Blocker(_("What was brought forward has changed."), code="brought_forward")
    return None


def _limit_blocker(row: SettlementStatement, day: date, user: User) -> Blocker | None:
    limit = limit_of(user)
    if limit is None:
        return None
    base = base_currency()
    try:
        rate = rate_on(row.currency_id, base, day)
    except MissingRateError as error:
        return Blocker(str(error), code="above_limit")
    amount = max(abs(row.payable), row.claimed) * rate
    if amount <= limit:
        return None
    words = _("It is above the %(limit)s that you may post.")
    return Blocker(words % {"limit": formats.money(limit, base)}, code="above_limit")


def limit_of(user: User) -> Decimal | None:
    """Return the largest statement that somebody may post, in base currency; None: any."""
    roles = set(user.roles)
    limits = dict(PostingLimit.objects.filter(role__in=roles).values_list("role", "amount"))
    able = [role for role in roles if grants([role], "statements.post")]
    if not able or any(role not in limits for role in able):
        return None
    return max(limits[role] for role in able)


def _refuse(blockers: Sequence[Blocker]) -> None:
    for blocker in blockers:
        if blocker.code == "period_closed":
            raise ClosedPeriodError(field="posted_on")
        if blocker.code == "above_limit":
            raise AboveLimitError(blocker.message)
        raise StateError(blocker.message, code=blocker.code, field=blocker.field)


# Documents


def _post_documents(row: SettlementStatement, day: date, user: User | None) -> date | None:
    """Post what the statement comes to; answer the last due date."""
    rules = rules_of(term_rows().get(pk=row.term_id))
    due = None
    receivable = None
    if row.payable > 0:
        receivable = _receivable(row, rules, day, user)
        due = max((i.due_date for i in receivable.items.all() if i.due_date), default=None)
    elif row.payable < 0:
        _claim(row, -row.payable, DocumentRole.OWED, day, user, note=str(row))
    for line in row.lines.filter(part=LinePart.CLAIM, amount__lt=0).order_by("sequence"):
        _claim(row, -line.amount, DocumentRole.CLAIM, day, user, line=line, note=line.label)
    if receivable is not None:
        _set_off(row, receivable, rules, day, user)
    return due


def base_date(row: SettlementStatement, event: BaseEvent, posted_on: date) -> date | None:
    """Return the day that the payment term runs from; None: it has not happened.

    Delivery, acceptance and orders are no events of a statement: then nothing is guessed.
    """
    days = {
        BaseEvent.STATEMENT_DATE: row.issued_on,
        BaseEvent.STATEMENT_CONFIRMED: row.confirmed_on,
        BaseEvent.PERIOD_END: row.last_day,
        BaseEvent.INVOICE_DATE: posted_on,
        BaseEvent.INVOICE_RECEIVED: posted_on,
    }
    return days.get(event)


def due_parts(row: SettlementStatement, rules: TermRules, posted_on: date) -> list[Instalment]:
    """Return the instalments of what is payable; a due date is never before the posting."""
    places = decimals_of(row.currency_id)
    base = base_date(row, rules.base_event, posted_on)
    return [
        Instalment(part.amount, None if part.due_date is None else max(part.due_date, posted_on))
        for part in instalments_for(rules, row.payable, base, places)
    ]


def _receivable(
    row: SettlementStatement, rules: TermRules, day: date, user: User | None
) -> Document:
    return _post(
        row, DocumentKind.INVOICE, due_parts(row, rules, day), DocumentRole.RECEIVABLE, day, user
    )


def _claim(
    row: SettlementStatement,
    amount: Decimal,
    role: DocumentRole,
    day: date,
    user: User | None,
    *,
    note: str,
    line: StatementLine | None = None,
) -> Document:
    parts = [Instalment(amount)]
    return _post(row, DocumentKind.CLAIM, parts, role, day, user, line=line, note=note)


def _post(
    row: SettlementStatement,
    kind: DocumentKind,
    parts: Sequence[Instalment],
    role: DocumentRole,
    day: date,
    user: User | None,
    *,
    line: StatementLine | None = None,
    note: str = "",
) -> Document:
    document = post_document(
        kind=kind,
        selling_company=row.agreement_version.agreement.selling_company,
        account=row.store or row.account,
        currency=row.currency_id,
        document_date=day,
        posting_date=day,
        instalments=parts,
        reference=str(row),
        note=note[:300],
        created_by=user,
    )
    StatementDocument.objects.create(statement=row, document=document, role=role, line=line)
    return document


# Set-offs


def _set_off(
    row: SettlementStatement, receivable: Document, rules: TermRules, day: date, user: User | None
) -> None:
    """Set what earlier statements left over against the receivable, then its own claims.

    In this order what the statement says that it carries forward is what stays open of it.
    """
    claims = list(
        LedgerItem.objects.filter(
            document__from_statement__statement=row,
            document__from_statement__role=DocumentRole.CLAIM,
        ).order_by("pk")
    )
    if rules.negative_handling == NegativeHandling.CARRY_FORWARD and row.brought_forward:
        claims = [*_carried(row, receivable), *claims]
    matches = _matches(list(receivable.items.order_by("sequence")), claims)
    if matches:
        allocate(matches=matches, effective_date=day, created_by=user, note=str(row))


def _carried(row: SettlementStatement, receivable: Document) -> list[LedgerItem]:
    """Open claims of the term's earlier statements that were in the customer's favour."""
    rows = LedgerItem.objects.filter(
        document__from_statement__role=DocumentRole.OWED,
        document__from_statement__statement__agreement_version__agreement=(
            row.agreement_version.agreement_id
        ),
        document__from_statement__statement__term__category=row.term.category_id,
        document__from_statement__statement__store=row.store_id,
        document__from_statement__statement__kind=row.kind,
        document__from_statement__statement__taken_back_on__isnull=True,
        document__from_statement__statement__period__fully_lt=row.period,
        party=receivable.party_id,
    )
    return list(rows.open_now().order_by("pk"))


def _matches(debits: Sequence[LedgerItem], claims: Sequence[LedgerItem]) -> list[Match]:
    """Fill the debits in their order; what claims exceed them stays open."""
    left = {item.pk: item.amount for item in debits}
    found = []
    for credit in claims:
        rest = credit.open_amount_now
        for debit in debits:
            amount = min(rest, left[debit.pk])
            if amount > 0:
                found.append(Match(debit.pk, credit.pk, amount))
                left[debit.pk] -= amount
                rest -= amount
    return found


# Taking back


@explained()
@transaction.atomic
def take_back_statement(
    *,
    statement: SettlementStatement,
    taken_back_on: date,
    taken_back_by: User | None,
    note: str = "",
    at: datetime | None = None,
) -> SettlementStatement:
    """Take a posted statement back by opposite documents and opposite revenue.

    It stays as it was, marked with the day on which the documents land, see `reverse_document`; its
    period is free for another. `at` is the moment at which the account's lead is told. Raises
    StateError for one that is not posted, was taken back, or whose carried amount a later posted
    statement brought forward.
    """
    row = locked(statement)
    if row.state != StatementState.POSTED or row.taken_back_on is not None:
        raise StateError(_("Only a posted statement is taken back, and once."))
    later = SettlementStatement.objects.live().filter(brought_from=row)
    if later.filter(state=StatementState.POSTED).exists():
        raise StateError(_("A later statement that is posted brought its amount forward."))
    day = max(taken_back_on, row.posted_on or taken_back_on)
    posted = row.documents.exclude(role=DocumentRole.REVERSAL).select_related("document")
    for made in list(posted.order_by("-role", "pk")):
        reversal = reverse_document(
            document=made.document,
            reversed_on=taken_back_on,
            note=note,
            created_by=taken_back_by,
            with_statement=True,
        )
        day = max(day, reversal.posting_date)
        StatementDocument.objects.create(
            statement=row, document=reversal, role=DocumentRole.REVERSAL, line=made.line
        )
    take_back_revenue(row, as_of=day)
    row.taken_back_on = day
    row.save(update_fields=["taken_back_on", "updated_at"])
    tell_of_taken_back(row, by=taken_back_by, on=row.taken_back_on, at=at)
    return row
