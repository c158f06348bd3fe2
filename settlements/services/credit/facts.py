"""Facts of exposure that other systems send, one by one; files come by an importer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.services import tree
from kam.core.problems import RefusedError, explained
from kam.imports.models import DataSource
from settlements.choices.credit import FactKind
from settlements.models import CreditSettings, ExposureFact
from settlements.models.credit import SIGNED
from settlements.selectors.ledger import party_of
from settlements.services.credit.limits import check_places


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a system tells of one thing: how much it is from a day on, or that it is over."""

    kind: str
    currency: str
    amount: Decimal
    from_day: date
    due_on: date | None = None
    until: date | None = None


@explained()
@transaction.atomic
def tell_fact(*, account: Account, source: DataSource, key: str, told: Told) -> ExposureFact:
    """Take a fact down under its key; an earlier one of the key ends on its day.

    The payer of the account has it. The same again changes nothing. Raises RefusedError for an
    amount below zero where there is none, and where the key has a later day already.
    """
    tree.refuse_merged(account)
    _check(told)
    party = party_of(account)
    rows = ExposureFact.objects.select_for_update(no_key=True).filter(source=source, source_key=key)
    if rows.filter(valid__startswith__gt=told.from_day).exists():
        words = _("This key has an amount from a later day already.")
        raise RefusedError(words, field="from_day", code="fact_later")
    row = ExposureFact(source=source, source_key=key)
    for found in rows.filter(valid__contains=told.from_day):
        if found.valid.lower == told.from_day:
            row = found
        else:
            found.valid = DateRange(found.valid.lower, told.from_day)
            found.save()
    row.party, row.kind, row.currency_id = party, told.kind, told.currency
    row.amount, row.due_on = told.amount, told.due_on
    row.valid = DateRange(told.from_day, told.until)
    row.save()
    return row


def _check(told: Told) -> None:
    if told.kind not in FactKind.values:
        raise RefusedError(_("There is no such kind."), field="kind")
    if told.amount < 0 and told.kind not in SIGNED:
        raise RefusedError(_("An amount cannot be below zero."), field="amount")
    check_places(told.amount, told.currency)
    if told.until is not None and told.until <= told.from_day:
        raise RefusedError(_("It ends before it begins."), field="until")


@explained()
@transaction.atomic
def save_settings(
    *,
    stock_weight: Decimal,
    horizon_days: int,
    warn_at: Decimal,
    left_out: list[str],
    application_rule: str,
    decide_up_to: Decimal,
    grace_days: int,
    alert_days: int,
) -> CreditSettings:
    """Say how this organisation reckons credit; checks made before stay as they were."""
    row, _made = CreditSettings.objects.select_for_update().get_or_create(pk=1)
    row.stock_weight, row.horizon_days, row.warn_at = stock_weight, horizon_days, warn_at
    row.left_out, row.application_rule = sorted(left_out), application_rule
    row.decide_up_to, row.grace_days, row.alert_days = decide_up_to, grace_days, alert_days
    row.save()
    return row
