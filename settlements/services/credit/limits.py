"""Writes of limits and securities: setting, ending, taking back; who may decide how much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pgtrigger
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.services import tree
from kam.core import formats
from kam.core.models import Currency
from kam.core.problems import RefusedError, explained
from kam.core.selectors.rates import MissingRateError, base_currency, rate_on
from kam.identity.models import User
from settlements.models import Collateral, CreditApplication, CreditLimit
from settlements.selectors.credit.rules import credit_settings
from settlements.services.credit import problems

HIERARCHY = "settlements.CreditLimit:credit_limit_below_chain"


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What is granted: how much, from when, for how long, on which term, reviewed when."""

    currency: str
    amount: Decimal
    from_day: date
    reason: str
    until: date | None = None
    term_days: int | None = None
    review_on: date | None = None


def demand_may_decide(by: User, amount: Decimal, currency: str, *, on: date) -> None:
    """Raise RefusedError where an amount is above what the user decides alone.

    Directors and administrators decide any amount, controllers up to the amount of the settings.
    """
    if by.can("credit.override"):
        return
    base, most = base_currency(), credit_settings().decide_up_to
    try:
        worth = amount * rate_on(currency, base, on)
    except MissingRateError as error:
        raise RefusedError(str(error), field="currency", code="missing_rate") from error
    if worth > most:
        words = _("You decide up to %(most)s. A director has to decide on this.")
        said = words % {"most": formats.money(most, base)}
        raise RefusedError(said, field="amount", code="above_your_amount")


@explained()
@transaction.atomic
def set_limit(
    *, party: Account, terms: Terms, by: User, application: CreditApplication | None = None
) -> CreditLimit:
    """Set the limit of an account from a day on; what held before ends there and stays known.

    0 is prepay only. Raises RefusedError below zero, above what the user decides, where a limit
    is set from a later day already, and where a chain's limit would be exceeded.
    """
    tree.refuse_merged(party)
    _check(terms)
    demand_may_decide(by, terms.amount, terms.currency, on=terms.from_day)
    _make_room(party, terms, by)
    row = CreditLimit(party=party, currency_id=terms.currency, amount=terms.amount)
    row.valid = DateRange(terms.from_day, terms.until)
    row.term_days, row.review_on = terms.term_days, terms.review_on
    row.reason, row.approved_by, row.application = terms.reason.strip(), by, application
    row.save()
    check_hierarchy_now()
    return row


def _check(terms: Terms) -> None:
    if terms.amount < 0:
        raise RefusedError(problems.BELOW_ZERO, field="amount", code="limit_below_zero")
    check_places(terms.amount, terms.currency)
    if terms.until is not None and terms.until <= terms.from_day:
        raise RefusedError(_("It ends before it begins."), field="until")
    if terms.review_on is not None and terms.review_on <= terms.from_day:
        raise RefusedError(_("It is reviewed before it begins."), field="review_on")
    if not terms.reason.strip():
        raise RefusedError(_("Say why."), field="reason")


def check_places(amount: Decimal, currency: str, field: str = "amount") -> None:
    """Raise RefusedError for an unknown currency or more decimals than it has."""
    found = Currency.objects.filter(pk=currency).first()
    if found is None:
        raise RefusedError(_("There is no such currency here."), field="currency")
    if amount != round(amount, found.decimals):
        words = _("%(currency)s has %(places)s decimals.")
        said = words % {"currency": currency, "places": found.decimals}
        raise RefusedError(said, field=field, code="decimals")


def _make_room(party: Account, terms: Terms, by: User) -> None:
    rows = CreditLimit.objects.select_for_update(no_key=True).filter(
        party=party, currency=terms.currency, revoked_on__isnull=True
    )
    if rows.filter(valid__startswith__gt=terms.from_day).exists():
        words = _("A limit is set from a later day already.")
        raise RefusedError(words, field="from_day", code="limit_later")
    for row in rows.filter(valid__contains=terms.from_day):
        if row.valid.lower == terms.from_day:
            row.revoked_on, row.revoked_by = terms.from_day, by
            row.revoke_reason = f"→ {terms.amount} {terms.currency}"
        else:
            row.valid = DateRange(row.valid.lower, terms.from_day)
        row.save()


def check_hierarchy_now() -> None:
    """Look at the chains' limits here, not only at the end of the transaction."""
    pgtrigger.constraints(pgtrigger.Immediate, HIERARCHY)
    pgtrigger.constraints(pgtrigger.Deferred, HIERARCHY)


@explained()
@transaction.atomic
def revoke_limit(*, limit: CreditLimit, on: date, by: User, reason: str) -> CreditLimit:
    """Take a limit back from a day on: afterwards none is set. What was until then stays known.

    Raises RefusedError for one that was taken back or has ended, and without a reason.
    """
    row: CreditLimit = CreditLimit.objects.select_for_update(no_key=True).get(pk=limit.pk)
    if row.revoked_on is not None or (row.valid.upper is not None and row.valid.upper <= on):
        raise RefusedError(_("This limit holds no longer."), code="limit_ended")
    if not reason.strip():
        raise RefusedError(_("Say why."), field="reason")
    if row.valid.lower < on:
        row.valid = DateRange(row.valid.lower, on)
    row.revoked_on, row.revoked_by, row.revoke_reason = on, by, reason.strip()
    row.save()
    return row


@dataclass(frozen=True, kw_only=True)
class Cover:
    """What secures an account's debts."""

    kind: str
    currency: str
    amount: Decimal
    from_day: date
    until: date | None = None
    issuer: str = ""
    reference: str = ""
    note: str = ""


@explained()
@transaction.atomic
def add_collateral(*, party: Account, cover: Cover) -> Collateral:
    """Note a security. Raises RefusedError for an amount that is not above zero."""
    tree.refuse_merged(party)
    if cover.amount <= 0:
        raise RefusedError(_("An amount must be above zero."), field="amount")
    check_places(cover.amount, cover.currency)
    if cover.until is not None and cover.until <= cover.from_day:
        raise RefusedError(_("It ends before it begins."), field="until")
    row = Collateral(party=party, kind=cover.kind, currency_id=cover.currency)
    row.amount, row.valid = cover.amount, DateRange(cover.from_day, cover.until)
    row.issuer, row.reference, row.note = cover.issuer, cover.reference, cover.note
    row.save()
    return row


@explained()
@transaction.atomic
def end_collateral(*, collateral: Collateral, on: date) -> Collateral:
    """Let a security end on a day; it still counts for the days before."""
    row: Collateral = Collateral.objects.select_for_update(no_key=True).get(pk=collateral.pk)
    if on <= row.valid.lower or (row.valid.upper is not None and row.valid.upper <= on):
        raise RefusedError(_("It does not hold on this day."), field="on")
    row.valid = DateRange(row.valid.lower, on)
    row.save()
    return row
