"""The demo's receivables: what stands there, that it adds up, and that it goes without a trace."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Count, Q, Sum

from accounts.models import Account, RevenueEntry
from kam.core.demo import (
    DemoPresentError,
    RealDataError,
    added_to_demo,
    clear_demo,
    load_demo,
)
from settlements.choices import DocumentKind, Side, WorkRole, WorkState
from settlements.choices.terms import Preset
from settlements.demo.invoices import first_day
from settlements.demo.part import PART, make_book
from settlements.models import (
    AccountingPeriod,
    AgreementVersion,
    Allocation,
    Document,
    ExposureFact,
    LedgerItem,
    OverdueRun,
    OverdueSpell,
    Position,
    SalesReport,
    SalesReportLine,
    SettlementStatement,
    SettlementTerm,
    WorkItem,
)
from settlements.selectors.ageing import AgeingQuery
from settlements.selectors.collection import aged, dso_trend
from settlements.services.cash import post_receipt
from settlements.services.overdue import flag_overdue
from settlements.services.settling.drafting import draft_due
from settlements.services.terms.problems import problems_of
from tests.demo.conftest import AS_OF, REQUEST

pytestmark = pytest.mark.django_db


def _rows() -> dict[str, int]:
    models = apps.get_app_config("settlements").get_models()
    kept = [model for model in models if not hasattr(model, "pgh_created_at")]
    return {model._meta.label: model._default_manager.count() for model in kept}


def test_there_is_some_of_everything() -> None:
    kinds = dict(Document.objects.values_list("kind").annotate(Count("pk")))
    assert 4_000 < sum(kinds.values()) < 8_500
    assert set(kinds) == set(DocumentKind.values) - {DocumentKind.OPENING}
    assert kinds["invoice"] > kinds["receipt"] > kinds["credit_note"] > 100
    currencies = set(Document.objects.values_list("currency_id", flat=True).distinct())
    assert currencies == {"EUR", "SEK", "PLN", "HUF", "RON", "CNY", "VND", "SGD"}
    assert Document.objects.values("selling_company").distinct().count() == 4
    assert Document.objects.exclude(reverses=None).count() == 1
    assert LedgerItem.objects.filter(sequence=3).exists()
    assert LedgerItem.objects.debits().open_now().filter(due_date=None).exists()
    shared = Allocation.objects.values("credit_item").annotate(items=Count("debit_item"))
    assert max(row["items"] for row in shared) >= 4


def test_figures_are_plausible() -> None:
    figures = aged(AgeingQuery(as_of=AS_OF))
    total, dso = figures.ageing.total, figures.dso
    assert figures.ageing.currency == "EUR"
    assert Decimal("0.08") < total.overdue / total.open < Decimal("0.15")
    assert dso.simple is not None
    assert 40 < dso.simple < 60
    assert all(bucket > 0 for bucket in total.buckets)
    assert total.unapplied > 0
    assert total.open_credits > 0
    trend = [point.simple for point in dso_trend(AgeingQuery(as_of=AS_OF))]
    assert all(point is not None and 38 < point < 62 for point in trend)


def test_invoices_are_the_revenue_of_their_accounts() -> None:
    """Up to the last invoiced day all that was delivered is invoiced, and no more."""
    payer = Account.objects.get(name="Pelto-Valinta Oy")
    invoices = Document.objects.filter(party=payer, kind=DocumentKind.INVOICE)
    last = max(invoices.values_list("document_date", flat=True))
    sold = RevenueEntry.objects.filter(
        account__path__contains=[payer.pk], booked_on__gte=first_day(AS_OF), booked_on__lte=last
    )
    delivered = sold.filter(net_amount__gt=0).aggregate(total=Sum("net_amount"))["total"]
    assert invoices.aggregate(total=Sum("total"))["total"] == delivered


def test_what_is_open_is_amount_less_allocations() -> None:
    items = LedgerItem.objects.annotate(
        as_debit=Sum("debit_allocations__amount"), as_credit=Sum("credit_allocations__amount")
    )
    for amount, allocated, side, as_debit, as_credit in items.values_list(
        "amount", "allocated", "side", "as_debit", "as_credit"
    ):
        assert allocated == ((as_debit if side == Side.DEBIT else as_credit) or 0)
        assert 0 <= allocated <= amount


def test_nothing_is_over_allocated_or_out_of_step_on_any_date() -> None:
    with connection.cursor() as cursor:
        cursor.execute("""
            WITH moves AS (
                SELECT debit_item_id AS id, effective_date AS day, amount
                FROM settlements_allocation
                UNION ALL SELECT credit_item_id, effective_date, amount FROM settlements_allocation
            ), running AS (
                SELECT id, sum(sum(amount)) OVER (PARTITION BY id ORDER BY day) AS allocated
                FROM moves GROUP BY id, day
            )
            SELECT (SELECT count(*) FROM running JOIN settlements_ledgeritem i USING (id)
                    WHERE running.allocated NOT BETWEEN 0 AND i.amount),
                   (SELECT count(*) FROM settlements_document d WHERE d.total <> (
                        SELECT sum(amount) FROM settlements_ledgeritem WHERE document_id = d.id)),
                   (SELECT count(*) FROM settlements_postedrange)
        """)
        assert cursor.fetchone() == (0, 0, 0)


def test_nothing_has_happened_after_the_day_it_stands_at() -> None:
    assert not Document.objects.filter(posting_date__gte=AS_OF).exists()
    assert not Allocation.objects.filter(effective_date__gte=AS_OF).exists()


def test_old_months_are_closed_and_the_last_are_open() -> None:
    closed = AccountingPeriod.objects.closed()
    assert closed.count() == 22
    assert max(period.valid.upper for period in closed) == date(2026, 9, 1)


def test_the_overdue_job_has_run_all_along() -> None:
    runs = OverdueRun.objects.all()
    assert max(run.as_of for run in runs) == AS_OF
    assert runs.filter(as_of__gt=AS_OF - timedelta(days=8)).count() == 8
    assert OverdueSpell.objects.filter(cured_on=None).count() > 30
    overdue = LedgerItem.objects.debits().open_now().filter(due_date__lt=AS_OF).count()
    assert OverdueSpell.objects.filter(cured_on=None).count() == overdue
    assert Position.objects.filter(overdue__gt=0).count() > 20
    again = flag_overdue(as_of=AS_OF)
    assert (again.flagged, again.cured, again.unchanged) == (0, 0, overdue)


def test_work_is_planned_put_off_and_waiting() -> None:
    work = WorkItem.objects.filter(role=WorkRole.CONTROLLER).exclude(state=WorkState.DONE)
    states = work.aggregate(
        snoozed=Count("pk", filter=Q(state=WorkState.SNOOZED)),
        queued=Count("pk", filter=Q(user=None)),
        planned=Count("pk", filter=~Q(next_step="")),
        contacted=Count("pk", filter=Q(last_contact_on__isnull=False)),
    )
    assert all(states.values()), states
    assert WorkItem.objects.filter(state=WorkState.DONE, outcome="promised").exists()


def test_the_same_ledger_is_made_twice() -> None:
    first, second = make_book(REQUEST), make_book(REQUEST)
    for book in (first, second):
        book.papers.sort(key=lambda paper: (paper.day, paper.payer.key, paper.total))
    told = [
        [(one.kind, one.payer.key, one.day, one.total) for one in book.papers]
        for book in (first, second)
    ]
    assert told[0] == told[1]
    paid = Allocation.objects.exclude(debit_item__document__from_statement__isnull=False)
    assert len(first.matches) == len(second.matches) == paid.count()


def test_second_load_is_refused_and_writes_nothing() -> None:
    before = _rows()
    with pytest.raises(DemoPresentError):
        load_demo(REQUEST)
    assert _rows() == before


def test_clears_without_leftovers() -> None:
    removed = clear_demo()
    assert removed["documents"] > 4_000
    assert set(_rows().values()) == {0}
    assert set(PART.present().values()) == {0}


def test_a_receipt_typed_in_asks_before_it_goes() -> None:
    assert added_to_demo() == {}
    invoice = Document.objects.filter(kind=DocumentKind.INVOICE).order_by("-pk")[0]
    post_receipt(
        selling_company=invoice.selling_company,
        account=invoice.account,
        currency=invoice.currency_id,
        amount=Decimal(1),
        received_on=AS_OF,
    )
    assert added_to_demo() == {"documents": 1}
    with pytest.raises(RealDataError):
        clear_demo()
    clear_demo(including_added=True)
    assert not Document.objects.exists()


def test_agreements_of_every_method_are_in_force_and_some_wait() -> None:
    states = Counter(AgreementVersion.objects.values_list("state", flat=True))
    assert states["in_approval"] == 1
    assert states["draft"] == 2
    assert states["terminated"] == 1
    assert states["superseded"] == 3
    assert states["active"] == 14
    active = SettlementTerm.objects.filter(version__in=AgreementVersion.objects.in_force(AS_OF))
    assert set(active.values_list("preset", flat=True)) == set(Preset.values) - {Preset.OWN}
    assert not [one for one in AgreementVersion.objects.all() if problems_of(one).blockers]
    ending = AgreementVersion.objects.ending(AS_OF, AS_OF + timedelta(days=30))
    assert [one.agreement.name for one in ending] == ["Co-operative supply agreement"]


def test_what_statements_settle_is_sold_once() -> None:
    """The systems' books hold nothing of what statements settle since these began."""
    statements = SettlementStatement.objects.exclude(state="cancelled")
    assert set(statements.values_list("state", flat=True)) == {
        "draft",
        "issued",
        "disputed",
        "confirmed",
        "posted",
    }
    since = min(row.period.lower for row in statements)
    told = SalesReportLine.objects.filter(report__state="accepted")
    for store, product in set(told.values_list("store_id", "product_id")):
        lines = RevenueEntry.objects.filter(account=store, booked_on__gte=since)
        assert not (lines if product is None else lines.filter(product=product)).exists()
    booked = RevenueEntry.objects.filter(source__code="settlement-statements")
    posted = statements.filter(state="posted").aggregate(net=Sum("net"))["net"]
    assert booked.aggregate(net=Sum("net_amount"))["net"] == posted
    assert set(ExposureFact.objects.values_list("kind", flat=True)).isdisjoint(
        {"sold_not_stated", "held_by_retailer", "consigned_stock"}
    )


def test_all_that_is_due_is_drafted_but_what_was_reported_late() -> None:
    drafted = draft_due(start=date(2026, 5, 1), end=date(2026, 11, 1), drafted_by=None)
    (late,) = drafted.refused
    assert drafted.made == 1
    assert late.code == "no_report"
    waiting = SalesReport.objects.get(state="validated")
    assert (late.job.account_id, late.job.start) == (waiting.account_id, date(2026, 10, 1))
