"""Posting, allocating, reversing, refunding, writing off: exact effects, refusals in words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import transaction

from accounts.choices import AccountKind
from accounts.models import Account
from accounts.services.merging import merge_accounts, plan_merge
from kam.core.dates import Period
from kam.core.models import SellingCompany
from kam.core.problems import RefusedError, explained
from settlements.analytics.instalments import Instalment
from settlements.choices import DocumentKind, Side
from settlements.models import AccountingPeriod, Allocation, Document, LedgerItem
from settlements.selectors.ledger import (
    balances,
    first_open_day,
    movements,
    parties_of,
    party_of,
)
from settlements.services import problems
from settlements.services.allocating import (
    Match,
    allocate,
    propose_allocation,
    reverse_allocation,
)
from settlements.services.cash import Applied, post_receipt, refund, write_off
from settlements.services.periods import close_period, reopen_period
from settlements.services.posting import (
    instalments_of,
    post_credit_note,
    post_debit_note,
    post_document,
    post_invoice,
)
from settlements.services.reversing import reverse_document
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.settlements import make_company

pytestmark = pytest.mark.django_db

JAN, FEB, MAR = date(2026, 1, 10), date(2026, 2, 1), date(2026, 3, 1)
D = Decimal


@pytest.fixture
def company() -> SellingCompany:
    return make_company()


@pytest.fixture
def account() -> Account:
    return make_account(kind=AccountKind.LEGAL_ENTITY)


@pytest.fixture
def invoice(company: SellingCompany, account: Account) -> Document:
    return post_invoice(
        selling_company=company,
        account=account,
        currency="EUR",
        document_date=JAN,
        instalments=[Instalment(D("60"), FEB), Instalment(D("40"), MAR)],
        number="4711",
    )


def open_on(day: date) -> dict[tuple[str, int], Decimal]:
    items = LedgerItem.objects.open_as_of(day).select_related("document")
    return {(i.document.number, i.sequence): i.open_amount for i in items}


def test_invoice_has_an_item_for_each_instalment(invoice: Document) -> None:
    assert invoice.total == D("100")
    facts = [(i.sequence, i.amount, i.due_date, i.side) for i in invoice.items.order_by("pk")]
    assert facts == [(1, D("60"), FEB, 1), (2, D("40"), MAR, 1)]


def test_document_without_a_number_gets_one(company: SellingCompany, account: Account) -> None:
    receipt = post_receipt(
        selling_company=company, account=account, currency="EUR", amount=D("1"), received_on=JAN
    )
    assert receipt.number == f"RC-{receipt.pk:06}"
    assert receipt.items.get().kind == DocumentKind.RECEIPT


def test_instalments_of_a_total_add_up_to_it() -> None:
    parts = instalments_of(D("100.00"), [JAN, FEB, MAR], currency="EUR")
    assert [part.amount for part in parts] == [D("33.34"), D("33.33"), D("33.33")]
    yen = instalments_of(D("100"), [JAN, FEB, MAR], currency="JPY")
    assert [part.amount for part in yen] == [D("34"), D("33"), D("33")]


def test_payer_is_the_nearest_legal_entity() -> None:
    group = make_account()
    entity = make_account(kind=AccountKind.LEGAL_ENTITY, parent=group)
    store = make_account(kind=AccountKind.STORE, parent=entity)
    lonely = make_account(kind=AccountKind.STORE, parent=group)
    assert [party_of(a).pk for a in (group, entity, store, lonely)] == [
        group.pk,
        entity.pk,
        entity.pk,
        lonely.pk,
    ]
    assert parties_of([group.pk, store.pk]) == {group.pk: group.pk, store.pk: entity.pk}


def test_one_payment_for_many_items_and_many_for_one(
    company: SellingCompany, account: Account, invoice: Document
) -> None:
    first, second = invoice.items.order_by("sequence")
    post_receipt(
        selling_company=company,
        account=account,
        currency="EUR",
        amount=D("80"),
        received_on=FEB,
        number="R1",
        applied=[Applied(first.pk, D("60")), Applied(second.pk, D("10"))],
    )
    assert open_on(date(2026, 1, 31)) == {("4711", 1): D("60"), ("4711", 2): D("40")}
    assert open_on(FEB) == {("4711", 2): D("30"), ("R1", 1): D("10")}
    post_receipt(
        selling_company=company,
        account=account,
        currency="EUR",
        amount=D("30"),
        received_on=MAR,
        number="R2",
        applied=[Applied(second.pk, D("30"))],
    )
    assert open_on(MAR) == {("R1", 1): D("10")}
    assert [(b.currency, b.amount) for b in balances(as_of=MAR)] == [("EUR", D("-10"))]


def test_roll_forward_by_kind(company: SellingCompany, account: Account, invoice: Document) -> None:
    item = invoice.items.get(sequence=1)
    post_credit_note(
        selling_company=company,
        account=account,
        currency="EUR",
        document_date=FEB,
        amount=D("5"),
        corrects=invoice,
    )
    post_debit_note(
        selling_company=company,
        account=account,
        currency="EUR",
        document_date=FEB,
        amount=D("7"),
        due_date=None,
    )
    write_off(item=item, amount=D("3"), written_off_on=FEB, note="too small to chase")
    rows = movements(start=FEB, end=MAR, party_id=account.pk)
    assert {row.kind: row.amount for row in rows} == {
        "credit_note": D("-5"),
        "debit_note": D("7"),
        "write_off": D("-3"),
    }
    (opening,), (closing,) = balances(as_of=date(2026, 1, 31)), balances(as_of=FEB)
    assert opening.amount + sum(row.amount for row in rows) == closing.amount == D("99")


def test_proposal_names_before_amount_before_oldest(
    company: SellingCompany, account: Account, invoice: Document
) -> None:
    other = post_invoice(
        selling_company=company,
        account=account,
        currency="EUR",
        document_date=JAN,
        instalments=[Instalment(D("25"), date(2026, 4, 1))],
        number="INV-0815-22",
    )
    receipt = post_receipt(
        selling_company=company,
        account=account,
        currency="EUR",
        amount=D("50"),
        received_on=FEB,
        reference="pays inv081522, thanks",
    )
    shares = propose_allocation(credit_item=receipt.items.get())
    assert [(s.item_id, s.amount, s.reason) for s in shares] == [
        (other.items.get().pk, D("25"), "reference"),
        (invoice.items.get(sequence=1).pk, D("25"), "oldest"),
    ]


def test_reversal_restores_from_its_date_and_leaves_the_past(
    company: SellingCompany, account: Account, invoice: Document
) -> None:
    item = invoice.items.get(sequence=1)
    receipt = post_receipt(
        selling_company=company,
        account=account,
        currency="EUR",
        amount=D("60"),
        received_on=FEB,
        number="R",
        applied=[Applied(item.pk, D("60"))],
    )
    allocation = Allocation.objects.get(credit_item__document=receipt)
    user = make_user()
    back = reverse_allocation(
        allocation=allocation, effective_date=MAR, created_by=user, note="wrong invoice"
    )
    assert (back.amount, back.reversal_of_id, back.created_by) == (D("-60"), allocation.pk, user)
    assert open_on(date(2026, 2, 15)) == {("4711", 2): D("40")}
    assert open_on(MAR) == {("4711", 1): D("60"), ("4711", 2): D("40"), ("R", 1): D("60")}
    with pytest.raises(problems.ReversalError):
        reverse_allocation(allocation=allocation, effective_date=MAR)
    with pytest.raises(problems.ReversalError):
        reverse_allocation(allocation=back, effective_date=MAR)


def test_allocation_between_an_allocation_and_its_reversal_is_refused(
    company: SellingCompany, account: Account
) -> None:
    """1,000 on 10 January, taken back on 1 March, another receipt on 1 February."""
    invoice, one, other = (
        post_document(
            kind=kind,
            selling_company=company,
            account=account,
            currency="EUR",
            document_date=JAN,
            instalments=[Instalment(D("1000"))],
        ).items.get()
        for kind in (DocumentKind.INVOICE, DocumentKind.RECEIPT, DocumentKind.RECEIPT)
    )
    (first,) = allocate(matches=[Match(invoice.pk, one.pk, D("1000"))], effective_date=JAN)
    reverse_allocation(allocation=first, effective_date=MAR)
    with pytest.raises(problems.OverAllocatedError) as refused:
        allocate(matches=[Match(invoice.pk, other.pk, D("1000"))], effective_date=FEB)
    assert refused.value.code == "ledger_item_not_over_allocated_on_any_date"
    allocate(matches=[Match(invoice.pk, other.pk, D("1000"))], effective_date=MAR)
    assert LedgerItem.objects.get(pk=invoice.pk).allocated == D("1000")


def test_reversing_a_receipt_opens_what_it_paid(
    company: SellingCompany, account: Account, invoice: Document
) -> None:
    first, second = invoice.items.order_by("sequence")
    receipt = post_receipt(
        selling_company=company,
        account=account,
        currency="EUR",
        amount=D("90"),
        received_on=FEB,
        number="R",
        applied=[Applied(first.pk, D("60")), Applied(second.pk, D("20"))],
    )
    reversal = reverse_document(document=receipt, reversed_on=MAR, note="bounced")
    assert (reversal.number, reversal.reverses_id, reversal.total) == ("R/R", receipt.pk, D("90"))
    assert reversal.items.get().side == Side.DEBIT
    assert open_on(MAR) == {("4711", 1): D("60"), ("4711", 2): D("40")}
    assert open_on(FEB) == {("4711", 2): D("20"), ("R", 1): D("10")}
    assert [b.amount for b in balances(as_of=MAR)] == [D("100")]
    for again in (receipt, reversal):
        with pytest.raises(problems.ReversalError):
            reverse_document(document=again, reversed_on=MAR)


def test_reversed_invoice_gives_the_receipt_back(
    company: SellingCompany, account: Account, invoice: Document
) -> None:
    receipt = post_receipt(
        selling_company=company,
        account=account,
        currency="EUR",
        amount=D("60"),
        received_on=MAR,
        number="R",
        applied=[Applied(invoice.items.get(sequence=1).pk, D("60"))],
    )
    reversal = reverse_document(document=invoice, reversed_on=FEB)
    assert reversal.posting_date == MAR, "not before what was allocated"
    assert [(i.sequence, i.side, i.amount) for i in reversal.items.order_by("pk")] == [
        (1, -1, D("60")),
        (2, -1, D("40")),
    ]
    assert open_on(MAR) == {("R", 1): D("60")}
    assert LedgerItem.objects.get(document=receipt).allocated == 0


def test_refund_takes_up_a_credit(company: SellingCompany, account: Account) -> None:
    receipt = post_receipt(
        selling_company=company, account=account, currency="EUR", amount=D("50"), received_on=JAN
    )
    paid_back = refund(credit_item=receipt.items.get(), amount=D("20"), refunded_on=FEB)
    assert paid_back.kind == DocumentKind.REFUND
    assert open_on(FEB) == {(receipt.number, 1): D("30")}
    with pytest.raises(problems.OverAllocatedError):
        refund(credit_item=receipt.items.get(), amount=D("30.01"), refunded_on=FEB)
    assert Document.objects.count() == 2


def test_write_off_meets_either_side(
    company: SellingCompany, account: Account, invoice: Document
) -> None:
    write_off(item=invoice.items.get(sequence=2), amount=D("40"), written_off_on=FEB, note="lost")
    receipt = post_receipt(
        selling_company=company, account=account, currency="EUR", amount=D("2"), received_on=FEB
    )
    write_off(item=receipt.items.get(), amount=D("2"), written_off_on=FEB)
    assert open_on(FEB) == {("4711", 1): D("60")}
    sides = Document.objects.filter(kind="write_off").values_list("items__side", flat=True)
    assert sorted(sides) == [-1, 1]


def test_same_key_gives_the_same_result(
    company: SellingCompany, account: Account, invoice: Document
) -> None:
    def receive(amount: str) -> Document:
        return post_receipt(
            selling_company=company,
            account=account,
            currency="EUR",
            amount=D(amount),
            received_on=FEB,
            applied=[Applied(invoice.items.get(sequence=1).pk, D("10"))],
            idempotency_key="once",
        )

    receipt = receive("30")
    assert receive("30").pk == receipt.pk
    with pytest.raises(problems.KeyReusedError):
        receive("31")
    match = Match(invoice.items.get(sequence=2).pk, receipt.items.get().pk, D("5"))
    made = allocate(matches=[match], idempotency_key="two")
    assert [a.pk for a in allocate(matches=[match], idempotency_key="two")] == [a.pk for a in made]
    back = reverse_allocation(allocation=made[0], effective_date=MAR, idempotency_key="three")
    again = reverse_allocation(allocation=made[0], effective_date=MAR, idempotency_key="three")
    assert again.pk == back.pk
    gone = reverse_document(document=receipt, reversed_on=MAR, idempotency_key="four")
    assert reverse_document(document=receipt, reversed_on=MAR, idempotency_key="four") == gone
    assert (Document.objects.count(), Allocation.objects.count()) == (3, 5)


REFUSED_POSTINGS: list[tuple[dict[str, object], type[RefusedError], str]] = [
    ({"instalments": [Instalment(D("0"))]}, problems.AmountError, "amount"),
    ({"instalments": [Instalment(D("-1"))]}, problems.AmountError, "amount"),
    ({"instalments": [Instalment(D("NaN"))]}, problems.AmountError, "amount"),
    ({"instalments": [Instalment(D("1E+16"))]}, problems.AmountError, "amount"),
    ({"instalments": []}, problems.AmountError, "amount"),
    ({"instalments": [Instalment(D("1.001"))]}, problems.AmountError, "amount"),
    ({"currency": "JPY", "instalments": [Instalment(D("1.5"))]}, problems.AmountError, "amount"),
    ({"currency": "XQX"}, problems.UnknownCurrencyError, "currency"),
    ({"instalments": [Instalment(D("1"), date(2026, 1, 9))]}, problems.DueDateError, "due_date"),
    ({"number": "4711"}, problems.NumberTakenError, "number"),
    ({"document_date": date(2025, 12, 31)}, problems.ClosedPeriodError, "posting_date"),
    ({"kind": DocumentKind.OPENING}, problems.MismatchError, "items"),
    ({"kind": DocumentKind.RECEIPT, "side": Side.DEBIT}, problems.MismatchError, "items"),
    (
        {"kind": DocumentKind.RECEIPT, "instalments": [Instalment(D("1"), MAR)]},
        problems.DueDateError,
        "due_date",
    ),
]


@pytest.mark.parametrize(("change", "kind", "field"), REFUSED_POSTINGS)
def test_posting_is_refused_in_words_that_name_the_field(
    company: SellingCompany,
    account: Account,
    invoice: Document,
    change: dict[str, object],
    kind: type[RefusedError],
    field: str,
) -> None:
    close_period(period=Period.year(2025), closed_at=datetime(2026, 1, 5, tzinfo=UTC))
    facts: dict[str, object] = {
        "kind": DocumentKind.INVOICE,
        "selling_company": company,
        "account": account,
        "currency": "EUR",
        "document_date": JAN,
        "instalments": [Instalment(D("10"), MAR)],
    }
    with pytest.raises(kind) as refused:
        post_document(**(facts | change))  # type: ignore[arg-type]
    assert refused.value.field == field
    assert str(refused.value)
    assert Document.objects.count() == 1


def test_merged_account_takes_no_documents(company: SellingCompany) -> None:
    keep, gone = make_account(), make_account()
    Account.objects.filter(pk=gone.pk).update(merged_into=keep, status="merged")
    gone.refresh_from_db()
    with pytest.raises(problems.PartyError):
        post_receipt(
            selling_company=company, account=gone, currency="EUR", amount=D("1"), received_on=JAN
        )


def test_allocation_is_refused_in_words(
    company: SellingCompany, account: Account, invoice: Document
) -> None:
    def receipt(**more: object) -> LedgerItem:
        facts: dict[str, object] = {
            "selling_company": company,
            "account": account,
            "currency": "EUR",
            "amount": D("100"),
            "received_on": FEB,
        }
        return post_receipt(**(facts | more)).items.get()  # type: ignore[arg-type]

    debit = invoice.items.get(sequence=1)
    credit = receipt()
    refused: list[tuple[Match, date | None, type[RefusedError]]] = [
        (Match(debit.pk, credit.pk, D("60.01")), None, problems.OverAllocatedError),
        (Match(debit.pk, credit.pk, D("0")), None, problems.AmountError),
        (Match(debit.pk, credit.pk, D("0.001")), None, problems.AmountError),
        (Match(credit.pk, debit.pk, D("1")), None, problems.MismatchError),
        (Match(debit.pk, 0, D("1")), None, problems.MismatchError),
        (Match(debit.pk, credit.pk, D("1")), JAN, problems.EffectiveDateError),
        (
            Match(debit.pk, receipt(account=make_account()).pk, D("1")),
            None,
            problems.PartyError,
        ),
        (Match(debit.pk, receipt(currency="USD").pk, D("1")), None, problems.MismatchError),
        (
            Match(debit.pk, receipt(selling_company=make_company()).pk, D("1")),
            None,
            problems.MismatchError,
        ),
    ]
    for match, day, kind in refused:
        with pytest.raises(kind):
            allocate(matches=[match], effective_date=day)
    assert Allocation.objects.count() == 0


def test_closed_period_takes_nothing_until_it_is_reopened(
    company: SellingCompany, account: Account, invoice: Document
) -> None:
    receipt = post_receipt(
        selling_company=company, account=account, currency="EUR", amount=D("60"), received_on=JAN
    )
    user = make_user()
    closed_at = datetime(2026, 3, 2, tzinfo=UTC)
    january = close_period(
        period=Period.month(2026, 1), closed_at=closed_at, selling_company=company, closed_by=user
    )
    february = close_period(period=Period.month(2026, 2), closed_at=closed_at)
    match = Match(invoice.items.get(sequence=1).pk, receipt.items.get().pk, D("60"))
    for day in (JAN, FEB):
        with pytest.raises(problems.ClosedPeriodError):
            allocate(matches=[match], effective_date=day)
    assert first_open_day(company.pk, JAN) == MAR
    assert first_open_day(make_company().pk, JAN) == JAN
    assert reverse_document(document=receipt, reversed_on=JAN).posting_date == MAR
    reopen_period(period=january, note="a late invoice")
    assert first_open_day(company.pk, JAN) == JAN
    close_period(period=Period.month(2026, 1), closed_at=closed_at, selling_company=company)
    assert AccountingPeriod.objects.count() == 2
    labels = january.events.order_by("pgh_id").values_list("pgh_label", "note")  # type: ignore[attr-defined]
    assert list(labels) == [("insert", ""), ("update", "a late invoice"), ("update", "")]
    with pytest.raises(RefusedError, match="covers some of these days"):
        close_period(period=Period.parse("2026-02-10/2026-02-20"), closed_at=closed_at)
    assert february.is_closed


def test_merge_takes_the_ledger_along(
    company: SellingCompany, account: Account, invoice: Document
) -> None:
    store = make_account(kind=AccountKind.STORE, parent=account)
    keep = make_account(kind=AccountKind.LEGAL_ENTITY)
    item = invoice.items.get(sequence=1)
    receipt = post_receipt(
        selling_company=company,
        account=store,
        currency="EUR",
        amount=D("50"),
        received_on=FEB,
        applied=[Applied(item.pk, D("20"))],
    )
    kept_receipt = post_receipt(
        selling_company=company, account=keep, currency="EUR", amount=D("9"), received_on=FEB
    )
    plan = plan_merge(keep=keep, drop=account)
    assert [str(line) for line in plan.moves if "ledger" in str(line)] == [
        "3 ledger items, balance 50.00\xa0EUR"
    ]
    merge_accounts(keep=keep, drop=account, as_of=MAR)
    invoice.refresh_from_db()
    receipt.refresh_from_db()
    assert (invoice.account, invoice.party) == (keep, keep)
    assert (receipt.account, receipt.party) == (store, keep)
    assert set(LedgerItem.objects.values_list("party", flat=True)) == {keep.pk}
    assert set(Allocation.objects.values_list("party", flat=True)) == {keep.pk}
    allocate(matches=[Match(item.pk, kept_receipt.items.get().pk, D("9"))])
    assert [b.amount for b in balances(as_of=MAR, party_id=keep.pk)] == [D("41")]
    account.refresh_from_db()
    with pytest.raises(problems.PartyError):
        post_receipt(
            selling_company=company, account=account, currency="EUR", amount=D("1"), received_on=FEB
        )
    with pytest.raises(RefusedError), explained(), transaction.atomic():
        Document.objects.create(
            kind="invoice",
            number="late",
            selling_company=company,
            account=account,
            party=keep,
            currency_id="EUR",
            document_date=JAN,
            posting_date=JAN,
            total=1,
        )
