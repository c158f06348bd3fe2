"""Making, changing, archiving and deleting loss scenarios."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.selectors.concentration.totals import MissingRatesError
from kam.core.problems import RefusedError, explained, refuse_stale
from kam.core.selectors.rates import MissingRateError
from kam.identity.models import User
from plans.choices.loss import METHOD_LABELS, SECURITY_LABELS, LossKind, RateSubject
from plans.models import LossRate, LossScenario, ScenarioAccount
from plans.models.loss import LONGEST
from plans.selectors.loss.defaults import defaults
from plans.selectors.loss.facts import Asked, history
from plans.selectors.loss.result import CannotRunError
from plans.selectors.loss.shock import shock_of
from plans.services.loss.problems import AccountsError, ArchivedError, AttachedError
from settlements.choices.ledger import FIRST_DAY, LAST_DAY

RANGES = (
    "lost_share", "contribution", "avoidable", "recovery", "default_probability", "extra_days",
    "stock_recoverable",
)  # fmt: skip
SHARES = ("lost_share", "recovery", "default_probability", "stock_recoverable")
FACTS = (
    "title", "kind", "as_of", "starts_on", "notice_days", "horizon_months", "run_off", "category",
    "region", "avoidable_lag", "clawback_days", "fixed_cost", "cash_in_hand", "note", *RANGES,
)  # fmt: skip
ZERO, ONE = Decimal(0), Decimal(1)
MOST_DAYS = 900

type Rates = Mapping[tuple[str, str], Sequence[Decimal]]
"""Shares lost by (subject, key), as `plans.choices.loss` calls them."""


@explained()
@transaction.atomic
def create_scenario(
    *,
    accounts: Sequence[Account],
    by: User,
    currency: str,
    rates: Rates | None = None,
    **facts: Any,
) -> LossScenario:
    """Keep a new scenario. What is not said follows the data (`selectors.loss.defaults`).

    `facts` are those of `FACTS`. Raises AccountsError without accounts or for one below another,
    CannotRunError where they brought no revenue or are all customers, and RefusedError for
    assumptions that cannot be.
    """
    chosen = check_accounts(accounts)
    check_day(facts.get("as_of"), field="as_of")
    kind = facts.get("kind", LossKind.DELISTING)
    if kind not in LossKind.values:
        raise RefusedError(_("There is no such kind of loss."), field="kind", code="loss_kind")
    asked = Asked(
        roots=[one.pk for one in chosen],
        as_of=facts["as_of"],
        currency=currency,
        category=_pk(facts.get("category")),
        region=facts.get("region", ""),
    )
    _check_subject(asked)
    found = defaults(asked, kind)
    row = LossScenario(author=by, currency_id=currency, kind=kind, inputs=found.sources())
    for name in FACTS:
        value = facts[name] if name in facts else found.value(name)
        if value is not None or name in facts:
            setattr(row, name, value)
    _check(row)
    row.save()
    _hang(row, chosen)
    _put_rates(row, rates or {})
    return row


@explained()
@transaction.atomic
def update_scenario(
    *,
    scenario: LossScenario,
    accounts: Sequence[Account] | None = None,
    rates: Rates | None = None,
    read_at: datetime | None = None,
    **facts: Any,
) -> LossScenario:
    """Change what a scenario assumes; its results stay, and with them the accounts that they are
    about. Raises what `create_scenario` does, ArchivedError, and StaleError where somebody else
    changed it after `read_at`."""
    row = locked(scenario)
    refuse_stale(row.updated_at, read_at)
    for name in FACTS:
        if name in facts:
            setattr(row, name, facts[name])
    check_day(row.as_of, field="as_of")
    if accounts is not None:
        _change_accounts(row, check_accounts(accounts))
    _check(row)
    subject = {"as_of", "category", "region"} & facts.keys()
    if accounts is not None or subject:
        _check_subject(
            Asked(
                roots=list(row.account_rows.values_list("account", flat=True)),
                as_of=row.as_of,
                currency=row.currency_id,
                category=row.category_id,
                region=row.region,
            )
        )
    row.save()
    if rates is not None:
        _put_rates(row, rates)
    return row


def _change_accounts(row: LossScenario, chosen: Sequence[Account]) -> None:
    """Who sees all accounts of a scenario sees its results: what they speak of stays in it."""
    gone = row.account_rows.exclude(account__in=chosen)
    if gone.exists() and row.results.exists():
        words = _("Its results speak of these accounts: make another scenario for others.")
        raise AccountsError(words)
    gone.delete()
    _hang(row, chosen)


def locked(scenario: LossScenario) -> LossScenario:
    """Return a scenario that is not archived, under a lock. Raises ArchivedError."""
    rows = LossScenario.objects.select_for_update(no_key=True, of=("self",))
    found: LossScenario = rows.get(pk=scenario.pk)
    if found.archived_at is not None:
        raise ArchivedError
    return found


def _pk(value: Any) -> int | None:
    return None if value is None else int(value.pk)


def check_accounts(accounts: Sequence[Account]) -> list[Account]:
    """Return each account once: one or several, none of them below another, which would be lost
    twice. Raises AccountsError."""
    chosen = list({one.pk: one for one in accounts}.values())
    if not chosen:
        raise AccountsError
    ids = {one.pk for one in chosen}
    for one in chosen:
        if one.merged_into_id:
            raise AccountsError(_("%(account)s was merged into another.") % {"account": one.name})
        above = ids & (set(one.path) - {one.pk})
        if above:
            group = next(other for other in chosen if other.pk in above)
            raise AccountsError(
                _("%(account)s is part of %(group)s, which is lost already: take one of them out.")
                % {"account": one.name, "group": group.name}
            )
    return chosen


def _check_subject(asked: Asked) -> None:
    """Refuse a scenario with nothing to lose, and one that loses everybody."""
    try:
        is_empty = sum(history(asked).values(), ZERO) <= 0
        is_everybody = not (asked.category or asked.region) and shock_of(asked).is_everybody
    except (MissingRateError, MissingRatesError) as error:
        raise CannotRunError(str(error)) from error
    if is_empty:
        raise CannotRunError(
            _("These accounts brought no revenue in the last 12 months: there is nothing to lose."),
            field="accounts",
        )
    if is_everybody:
        raise CannotRunError(
            _("These are all customers with revenue: a scenario has to leave somebody."),
            field="accounts",
        )


def _check(row: LossScenario) -> None:
    """Refuse assumptions that cannot be, by the field that is wrong."""
    row.title = " ".join((row.title or "").split())
    if not row.title:
        raise RefusedError(_("A scenario has a title."), field="title", code="loss_title")
    for name in ("as_of", "starts_on"):
        check_day(getattr(row, name), field=name)
    if not 1 <= (row.horizon_months or 0) <= LONGEST:
        raise RefusedError(_("1 to 60 months."), field="horizon_months", code="loss_horizon")
    _check_run_off(row.run_off)
    if row.extra_days is not None and max(row.extra_days) > MOST_DAYS:
        words = _("At most %(amount)s.") % {"amount": MOST_DAYS}
        raise RefusedError(words, field="extra_days", code="loss_range")
    for name in RANGES:
        check_range(getattr(row, name), field=name, low=-ONE if name == "contribution" else ZERO,
                    high=ONE if name in SHARES or name == "contribution" else None)  # fmt: skip
    if row.fixed_cost is not None and row.fixed_cost <= 0:
        words = _("Above zero; empty where it is not known.")
        raise RefusedError(words, field="fixed_cost", code="loss_fixed_cost")


def check_day(day: date | None, *, field: str) -> None:
    """Refuse a day that no ledger and no plan has."""
    if day is None or not FIRST_DAY <= day <= LAST_DAY:
        words = _("A day from 1900 to 2199.")
        raise RefusedError(words, field=field, code="loss_day")


def _check_run_off(curve: Sequence[Decimal]) -> None:
    words = _("Say what is gone in the first month.")
    if not curve:
        raise RefusedError(words, field="run_off", code="loss_run_off")
    if len(curve) > LONGEST or list(curve) != sorted(curve) or curve[0] < 0 or curve[-1] > 1:
        words = _("Shares lie from 0 to 100 percent, and what is gone stays gone.")
        raise RefusedError(words, field="run_off", code="loss_scenario_runs_off")


def check_range(
    three: Sequence[Decimal] | None, *, field: str, low: Decimal, high: Decimal | None
) -> None:
    """Refuse a range that is not three values that ascend within bounds. None is not known."""
    if three is None:
        return
    if len(three) != 3 or list(three) != sorted(three):
        words = _("Low, base and high ascend.")
        raise RefusedError(words, field=field, code="loss_range")
    if three[0] < low or (high is not None and three[2] > high):
        words = _("A share lies from 0 to 100 percent.") if high else _("Not below zero.")
        raise RefusedError(words, field=field, code="loss_range")


def _hang(row: LossScenario, accounts: Sequence[Account]) -> None:
    known = set(row.account_rows.values_list("account", flat=True))
    ScenarioAccount.objects.bulk_create(
        ScenarioAccount(scenario=row, account=one) for one in accounts if one.pk not in known
    )


def _put_rates(row: LossScenario, rates: Rates) -> None:
    known = {RateSubject.METHOD: METHOD_LABELS, RateSubject.SECURITY: SECURITY_LABELS}
    for (subject, key), share in rates.items():
        if key not in known.get(RateSubject(subject), {}):
            raise RefusedError(_("There is no such method."), field="rates", code="loss_rate_known")
        check_range(share, field=f"lgd_{key}", low=ZERO, high=ONE)
        LossRate.objects.update_or_create(
            scenario=row, subject=subject, key=key, defaults={"share": list(share)}
        )


@explained()
@transaction.atomic
def archive_scenario(*, scenario: LossScenario, at: datetime) -> None:
    """Put a scenario away; it stays with its results, and with its plan."""
    row = LossScenario.objects.select_for_update(no_key=True, of=("self",)).get(pk=scenario.pk)
    if row.archived_at is None:
        row.archived_at = at
        row.save(update_fields=["archived_at", "updated_at"])


@explained()
@transaction.atomic
def restore_scenario(*, scenario: LossScenario) -> None:
    """Take an archived scenario up again."""
    row = LossScenario.objects.select_for_update(no_key=True, of=("self",)).get(pk=scenario.pk)
    row.archived_at = None
    row.save(update_fields=["archived_at", "updated_at"])


@explained()
@transaction.atomic
def delete_scenario(*, scenario: LossScenario) -> None:
    """Delete a scenario that no plan has. Raises AttachedError: a plan's one is archived."""
    row = LossScenario.objects.select_for_update(of=("self",)).get(pk=scenario.pk)
    if row.plan_id is not None:
        raise AttachedError
    row.delete()
