"""Settlement statements, through the services that make them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.choices import AccountKind
from accounts.models import Account, Product, ProductCategory
from kam.core.models import SellingCompany
from kam.identity.models import User
from settlements.choices.terms import Calculation, Channel, ConditionKind, Preset
from settlements.models import AgreementVersion, SalesReport, SettlementStatement, SettlementTerm
from settlements.services.settling.drafting import draft_statement
from settlements.services.settling.issuing import confirm_statement, issue_statement
from tests.factories.accounts import make_account, make_category, make_product
from tests.factories.prices import make_price
from tests.factories.reports import add_line, make_movement, make_report, take_in
from tests.factories.settlements import make_company
from tests.factories.terms import START, make_agreement, make_condition, make_term, move_on

JULY = (date(2026, 7, 1), date(2026, 8, 1))
AUGUST = (date(2026, 8, 1), date(2026, 9, 1))
SEPTEMBER = (date(2026, 9, 1), date(2026, 10, 1))
FEES: tuple[dict[str, Any], ...] = (
    {"name": "Card", "fee_type": "card", "calculation": "percent_of_turnover", "value": "0.6"},
    {"name": "Promotion", "fee_type": "flyer", "calculation": "fixed", "value": "2000"},
    {"name": "Utilities", "fee_type": "utilities", "calculation": "fixed", "value": "500"},
)


@dataclass(frozen=True)
class World:
    """A customer with a store, its agreement in force and its only term."""

    account: Account
    store: Account
    company: SellingCompany
    version: AgreementVersion
    term: SettlementTerm
    category: ProductCategory


def make_world(
    *,
    preset: str = Preset.CONCESSION,
    lead: User | None = None,
    fees: Sequence[dict[str, Any]] = (),
    start: date = START,
    end: date | None = None,
    account: Account | None = None,
    **term: Any,
) -> World:
    """An agreement in force of a customer with one store; taxed at 13 %, amounts with tax."""
    account = account or make_account(lead=lead)
    store = make_account(kind=AccountKind.STORE, parent=account)
    company = make_company()
    agreement = make_agreement(account=account, company=company)
    version = AgreementVersion.objects.create(
        agreement=agreement, version=1, valid=DateRange(start, end)
    )
    values = {
        "tax_rate": Decimal(13),
        "is_tax_inclusive": preset == Preset.CONCESSION,
        **term,
    }
    made = make_term(version=version, preset=preset, **values)
    for fee in fees:
        make_fee(version, **fee)
    move_on(version)
    return World(account, store, company, version, made, make_category())


def make_fee(version: AgreementVersion, **fields: Any) -> None:
    """A fee that the customer takes off payments."""
    values = {
        "kind": ConditionKind.FEE,
        "channel": Channel.SET_OFF,
        "calculation": Calculation.FIXED,
        "basis": "",
        "cycle": "",
        "payout": "",
        **fields,
    }
    values["value"] = Decimal(values["value"])
    make_condition(version=version, **values)


def report_turnover(
    world: World,
    amount: str,
    period: tuple[date, date] = JULY,
    currency: str = "EUR",
    **line: Any,
) -> SalesReport:
    """An accepted report of a turnover with tax, in one line."""
    report = make_report(
        account=world.account,
        kind="turnover",
        selling_company=world.company,
        period=DateRange(*period),
        currency_id=currency,
    )
    values = {"store": world.store, "category": world.category, "gross_amount": Decimal(amount)}
    add_line(report, **{**values, **line})
    return take_in(report)


def report_sold(
    world: World,
    product: Product,
    sold: str,
    returned: str = "0",
    period: tuple[date, date] = JULY,
    **line: Any,
) -> SalesReport:
    """An accepted report of pieces of one product."""
    report = make_report(
        account=world.account, selling_company=world.company, period=DateRange(*period)
    )
    values = {
        "store": world.store,
        "product": product,
        "quantity_sold": Decimal(sold),
        "quantity_returned": Decimal(returned),
    }
    add_line(report, **{**values, **line})
    return take_in(report)


def worked_consignment(*, lead: User | None = None, **term: Any) -> tuple[World, Product]:
    """The worked example: 640 pieces at 10.00 sold in July, 12 missing, 1 % of sales ours."""
    world = make_world(preset=Preset.CONSIGNMENT, lead=lead, **term)
    product = make_product(category=world.category)
    make_price(account=world.account, product=product, amount="10")
    common: dict[str, Any] = {"account": world.account, "selling_company": world.company}
    make_movement(store=world.store, product=product, quantity="1000", **common)
    report_sold(world, product, "640")
    make_movement(
        store=world.store,
        product=product,
        quantity="-12",
        kind="shrink",
        on=date(2026, 7, 31),
        **common,
    )
    return world, product


def draft(world: World, period: tuple[date, date] = JULY, **fields: Any) -> SettlementStatement:
    """A draft of the world's term."""
    values = {"term": world.term, "drafted_by": None, **fields}
    return draft_statement(start=period[0], end=period[1], **values)


def confirmed(world: World, period: tuple[date, date] = JULY) -> SettlementStatement:
    """A statement that was issued and confirmed some days after its period."""
    statement = issue_statement(statement=draft(world, period), issued_on=period[1], issued_by=None)
    return confirm_statement(statement=statement, confirmed_on=period[1], confirmed_by="Ms Li")


def make_statements(account: Account, many: int) -> list[SettlementStatement]:
    """Issued statements of as many months of 2026 as there are to be."""
    world = make_world(account=account, fees=FEES)
    found = []
    for month in range(1, many + 1):
        period = (date(2026, month, 1), date(2026, month + 1, 1))
        report_turnover(world, "113000", period)
        found.append(
            issue_statement(statement=draft(world, period), issued_on=period[1], issued_by=None)
        )
    return found
