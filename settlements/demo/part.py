"""The settlements' share of the demo company, as `kam.core.demo` runs it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import partial

import pghistory.models
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Model, Q

from accounts.demo.chance import Dice
from accounts.demo.company import SOURCE_CODES
from kam.core.clock import organisation_zone
from kam.core.demo import Counts, DemoPart, DemoRequest
from settlements import models as m
from settlements.demo.consignment import write_consigned
from settlements.demo.counters import Business, take_over
from settlements.demo.credit import give_credit
from settlements.demo.desk import assign_controllers, close_months, run_overdue
from settlements.demo.habits import terms_of
from settlements.demo.invoices import bill
from settlements.demo.payments import Cashier
from settlements.demo.prices import REASONS, write_prices
from settlements.demo.rebates import KEY as REBATES
from settlements.demo.rebates import accrue_the_year
from settlements.demo.records import Book
from settlements.demo.settling import PAID, settle_the_months
from settlements.demo.stories import tell
from settlements.demo.terms import NUMBERS, write_agreements
from settlements.demo.writer import write
from settlements.services.notices import tell_of_overdue

_COUNTED: tuple[type[Model], ...] = (m.Document, m.Allocation, m.TradingAgreement, m.AccountPrice)


_FILES: tuple[tuple[type[Model], str], ...] = (
    (m.ApplicationFile, "file"),
    (m.AgreementVersion, "file"),
    (m.SettlementStatement, "confirmation_file"),
)


def load(request: DemoRequest) -> Counts:
    """Write invoices of two years with what was paid on them, and what the overdue job says."""
    write_agreements(request.as_of)
    businesses = take_over(request.as_of)
    book = make_book(request)
    write(book)
    assign_controllers(request.as_of)
    prices = write_prices(request.as_of, request.seed, _consigned_goods(businesses))
    write_consigned(businesses, request.as_of, request.seed)
    accrue_the_year(request.as_of)
    settle_the_months(request.as_of)
    close_months(request.as_of)
    run_overdue(request.as_of)
    for days in range(14, -1, -1):
        day = request.as_of - timedelta(days=days)
        tell_of_overdue(as_of=day, at=datetime.combine(day, time(2), organisation_zone()))
    give_credit(request.as_of, request.seed)
    return {
        _plural(m.Document): len(book.papers)
        + m.RebateSettlement.objects.exclude(document=None).count()
        + m.StatementDocument.objects.count()
        + m.Document.objects.filter(idempotency_key__startswith=PAID).count(),
        _plural(m.Allocation): m.Allocation.objects.count(),
        _plural(m.TradingAgreement): m.TradingAgreement.objects.count(),
        _plural(m.AccountPrice): prices,
    }


def _consigned_goods(businesses: Sequence[Business]) -> dict[int, dict[str, Decimal]]:
    """Return what was paid for goods that need a price, by the group that has them on consignment.

    Statements then come to about what the systems had booked."""
    return {
        one.agreement.account_id: {product.code: one.paid_for(product) for product in one.products}
        for one in businesses
        if one.is_consigned
    }


def make_book(request: DemoRequest) -> Book:
    """Return the ledger of the revenue that stands in the database, not written yet."""
    book = Book()
    papers = bill(book, as_of=request.as_of, seed=request.seed)
    for payer, billed in papers.items():
        dice = Dice(request.seed, "pays", payer.key)
        terms = terms_of(payer.code, request.seed)
        Cashier(book, payer, terms, billed, request.as_of, dice).run()
    tell(book, papers, request.as_of)
    return book


def present() -> Counts:
    """Count documents and allocations of any origin."""
    return {_plural(model): model._default_manager.count() for model in _COUNTED}


def added() -> Counts:
    """Count documents that the demo did not bring; what they allocate goes with them."""
    ours = Q(source__code__in=SOURCE_CODES, batch=None) | Q(
        idempotency_key__startswith=f"rebate:{REBATES}"
    )
    ours |= Q(idempotency_key__startswith=PAID)
    ours |= Q(from_statement__statement__agreement_version__agreement__number__startswith=NUMBERS)
    agreements = m.TradingAgreement.objects.exclude(number__startswith=NUMBERS)
    return {
        _plural(m.Document): m.Document.objects.exclude(ours).count(),
        _plural(m.TradingAgreement): agreements.count(),
        _plural(m.AccountPrice): m.AccountPrice.objects.exclude(reason__in=REASONS).count(),
    }


def clear(keep_user_id: int | None) -> Counts:
    """Empty all tables of the app but those of history; nobody is kept or removed here."""
    del keep_user_id
    removed = present()
    _forget_files()
    with connection.cursor() as cursor:
        # What is still to be checked of these tables would stand in the way.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("SET LOCAL kam.allow_truncate = 'on'")
        cursor.execute(f"TRUNCATE {', '.join(_tables())}")
        cursor.execute("SET LOCAL kam.allow_truncate = 'off'")
    return removed


def _forget_files() -> None:
    """Delete what was uploaded once the rows are gone for good."""
    for model, field in _FILES:
        for name in model._default_manager.exclude(**{field: ""}).values_list(field, flat=True):
            transaction.on_commit(partial(default_storage.delete, name))


def _tables() -> list[str]:
    models = apps.get_app_config("settlements").get_models()
    ours = [model for model in models if not issubclass(model, pghistory.models.Event)]
    return [connection.ops.quote_name(model._meta.db_table) for model in ours]


def _plural(model: type[Model]) -> str:
    return str(model._meta.verbose_name_plural)


PART = DemoPart(key="settlements", order=20, load=load, clear=clear, present=present, added=added)
