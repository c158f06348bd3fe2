"""Files of credit limits: what goes in, what each bad row is told, chains, undo."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Account
from kam.identity.models import User
from kam.imports.models import ImportBatch, ImportReject
from kam.imports.options import Options
from kam.imports.services import running, undoing
from settlements.models import CreditLimit
from settlements.services.credit.limits import Terms, set_limit
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.imports import TODAY, csv_text, ready_batch, send

pytestmark = pytest.mark.django_db
HEAD = ("account", "currency", "amount", "from_day", "until", "reason_text", "term_days",
        "review_on")  # fmt: skip
D = Decimal
JANUARY, JULY, OCTOBER = date(2026, 1, 1), date(2026, 7, 1), date(2026, 10, 1)


def row(account: str = "C-1", amount: Any = "500", **more: Any) -> tuple[Any, ...]:
    values = dict.fromkeys(HEAD) | {
        "account": account, "amount": amount, "currency": "EUR", "from_day": "2026-07-01",
        "reason_text": "Board",
    }  # fmt: skip
    return tuple((values | more)[name] for name in HEAD)


def limits(account: Account) -> list[tuple[Decimal, Any, Any]]:
    rows = CreditLimit.objects.filter(party=account).order_by("valid", "pk")
    return [(one.amount, one.valid.lower, one.valid.upper) for one in rows]


def by_hand(account: Account, amount: str, people: People, day: date = JANUARY) -> None:
    terms = Terms(currency="EUR", amount=D(amount), from_day=day, reason="By hand")
    set_limit(party=account, terms=terms, by=people.director)


def test_limits_follow_each_other_and_are_undone(people: People) -> None:
    account, prepay = make_account(external_id="C-1"), make_account(external_id="C-2")
    none = make_account(external_id="C-3")
    by_hand(account, "100", people)
    by_hand(none, "300", people)
    rows = [
        row(amount="500.50", term_days="30", review_on="2026-09-01"),
        row(amount="700", from_day="2026-10-01", until="2027-01-01"),
        row("C-2", "0"),
        row("C-3", None),
    ]
    sent = send("credit_limits", csv_text(HEAD, *rows))
    assert sent.counts == (3, 1, 0, 0)
    assert limits(account) == [
        (100, JANUARY, JULY), (D("500.5"), JULY, OCTOBER), (700, OCTOBER, date(2027, 1, 1)),
    ]  # fmt: skip
    assert limits(prepay) == [(0, JULY, None)]
    assert limits(none) == [(300, JANUARY, JULY)]
    made = CreditLimit.objects.get(amount=D("500.5"))
    assert (made.term_days, made.review_on, made.reason) == (30, date(2026, 9, 1), "Board")
    assert (made.batch, made.approved_by) == (sent.batch, None)
    assert send("credit_limits", csv_text(HEAD, *rows[1:3]), source="again").counts == (0, 0, 2, 0)

    undoing.undo(batch_id=sent.batch.pk, as_of=TODAY)

    assert limits(account) == [(100, JANUARY, None)]
    assert limits(prepay) == []
    assert limits(none) == [(300, JANUARY, None)]


def test_bad_rows_are_refused_with_their_line(people: People) -> None:
    make_account(external_id="C-1")
    by_hand(make_account(external_id="C-4"), "5", people, JULY)
    by_hand(make_account(external_id="C-5"), "5", people, OCTOBER)
    cases = [
        (row("C-9"), "unknown account"),
        (row(currency="EUX"), "unknown currency"),
        (row(amount="-1"), "limit below zero"),
        (row(amount="12.345"), "too many decimals"),
        (row(amount="much"), "not a number: amount"),
        (row(until="2026-07-01"), "limit ends early"),
        (row(from_day="someday"), "not a date: from_day"),
        (row(term_days="1.5"), "limit days"),
        (row(reason_text=None), "missing: reason_text"),
        (row("C-4", "6"), "limit of the same day"),
        (row("C-5"), "limit of a later day"),
        (row(amount="8", from_day="2028-01-01"), "same key, other content"),
        (row(amount="9", from_day="2028-01-01"), "same key, other content"),
    ]
    sent = send(
        "credit_limits",
        csv_text(HEAD, *(one for one, _why in cases), row()),
        options=Options(accept_rejects=True),
    )
    found = dict(ImportReject.objects.filter(batch=sent.batch).values_list("line", "reason"))
    assert found == {line: why for line, (_row, why) in enumerate(cases, 2)}
    assert sent.counts == (1, 0, 0, len(cases))


def test_limits_below_a_chain_stay_below_it(people: People) -> None:
    chain = make_account(external_id="C-0")
    stores = [make_account(external_id=f"S-{n}", parent=chain, kind="store") for n in (1, 2, 3)]
    by_hand(chain, "100", people)
    rows = [row("S-1", "60"), row("S-2", "50"), row("S-3", "0")]
    sent = send("credit_limits", csv_text(HEAD, *rows), options=Options(accept_rejects=True))
    assert (sent.counts, dict(sent.reasons)) == ((0, 0, 0, 3), {"limit above the chain": 3})
    raised = [row("C-0", "110", from_day="2026-07-01"), *rows]
    assert send("credit_limits", csv_text(HEAD, *raised), source="b").counts == (4, 0, 0, 0)
    lower = send(
        "credit_limits",
        csv_text(HEAD, row("C-0", "90", from_day="2026-10-01"), row("S-1", "40", currency="USD")),
        source="c",
        options=Options(accept_rejects=True),
    )
    assert dict(lower.reasons) == {"limit above the chain": 1}
    assert limits(chain) == [(100, JANUARY, JULY), (110, JULY, None)]
    assert limits(stores[2]) == [(0, JULY, None)]


def test_nobody_imports_more_than_they_decide(people: People) -> None:
    make_account(external_id="C-1")
    rows = csv_text(HEAD, row(amount="100001"), row(amount="9", currency="USD"))

    def reasons(user: User) -> dict[str, int]:
        batch = ready_batch("credit_limits", rows, source=user.email)
        ImportBatch.objects.filter(pk=batch.pk).update(created_by=user)
        summary = running.preview(batch_id=batch.pk, as_of=TODAY)
        return {group.reason: group.count for group in summary.rejects}

    assert reasons(people.controller) == {"limit above yours": 1, "limit without a rate": 1}
    assert reasons(people.director) == {}
