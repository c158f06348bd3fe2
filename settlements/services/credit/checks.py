"""Checks: may an account have an amount on credit? Answered under a lock, and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.services import tree
from kam.core.problems import RefusedError, explained
from kam.core.selectors.rates import MissingRateError, rate_on
from kam.identity.choices import Role
from kam.identity.models import User
from kam.identity.permissions import CAPABILITIES
from settlements.analytics.exposure import Assessment, Result
from settlements.choices.credit import CheckReason, CheckResult
from settlements.models import CreditCheck, CreditHold, CreditOverride
from settlements.selectors.credit.decided import needs_decision
from settlements.selectors.credit.exposure import Standing, standings
from settlements.selectors.credit.rules import credit_settings
from settlements.selectors.ledger import party_of
from settlements.services.credit.limits import check_places

CENT = Decimal("0.0001")
LARGEST = Decimal(10) ** 15
NO_ORDER = _("This check names no order. Check again with its reference, then let that through.")


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What is asked for: how much, for which order, and until when to keep room for it."""

    amount: Decimal
    currency: str
    reference: str = ""
    reserve_until: date | None = None


@dataclass(frozen=True)
class Level:
    """One limit that was looked at: the account that has it, what it said."""

    standing: Standing
    found: Assessment
    is_undecided: bool = False

    @property
    def reasons(self) -> list[str]:
        """Why, with the lack of a decision in the place of a limit of 0."""
        named = [reason.value for reason in self.found.reasons]
        if self.is_undecided:
            named = [
                CheckReason.NO_DECISION.value if one == CheckReason.PREPAY_ONLY else one
                for one in named
            ]
        return named


@explained()
@transaction.atomic
def check_credit(*, account: Account, ask: Ask, by: User, as_of: date) -> CreditCheck:
    """Check an amount against every limit on the way from the payer up, and keep the answer.

    Checks of one tree wait for each other. The strictest limit decides; without any limit the
    answer warns, and blocks where an application has to be decided first. A hold or insolvency
    blocks. An override in force lets a block through as a warning, unless a hold or insolvency came
    after it. Asked again for the same reference, what it holds already is not counted twice. Raises
    RefusedError for an amount below zero and where a rate is missing.
    """
    tree.refuse_merged(account)
    _check(ask, as_of)
    party = party_of(account)
    path = list(party.path)
    list(Account.objects.select_for_update(no_key=True).filter(pk__in=path).order_by("pk"))
    levels = _levels(party, path, ask, as_of)
    decisive = min(levels, key=_strictness)
    reasons = [*decisive.reasons, *_stops(path, as_of)]
    blocks = decisive.found.result is Result.BLOCK or len(reasons) > len(decisive.reasons)
    override = _override(party, path, ask, as_of) if blocks else None
    if override is not None:
        reasons.append(CheckReason.OVERRIDDEN.value)
    result = decisive.found.result.value
    if blocks:
        result = CheckResult.WARN if override is not None else CheckResult.BLOCK
    row = _row(decisive, ask)
    row.party, row.account, row.created_by, row.as_of = party, account, by, as_of
    row.result, row.reasons, row.override = result, reasons, override
    row.levels = [_told(level) for level in levels]
    row.reserved_until = None if result == CheckResult.BLOCK else ask.reserve_until
    row.save()
    return row


def _check(ask: Ask, as_of: date) -> None:
    if ask.amount < 0:
        raise RefusedError(_("An amount cannot be below zero."), field="amount")
    if ask.amount >= LARGEST:
        raise RefusedError(_("This amount is too large."), field="amount")
    check_places(ask.amount, ask.currency)
    if ask.reserve_until is not None:
        if not ask.reference.strip():
            words = _("Say for which order to keep it.")
            raise RefusedError(words, field="reference", code="reservation")
        if ask.reserve_until < as_of:
            raise RefusedError(_("This day is past."), field="reserve_until", code="reservation")


def _levels(party: Account, path: Sequence[int], ask: Ask, as_of: date) -> list[Level]:
    rules = credit_settings()
    reference = ask.reference.strip()
    found = standings(path, as_of=as_of, reference=reference, rules=rules)
    own = {(one.node, one.currency) for one in found}
    found = [
        one for one in found if one.currency == ask.currency or (one.node, ask.currency) not in own
    ]
    is_undecided = False
    if not found:
        found = standings(
            [], as_of=as_of, also=[(party.pk, ask.currency)], reference=reference, rules=rules
        )
        is_undecided = needs_decision(party, rules)
    return [_assessed(one, ask, as_of, is_undecided) for one in found]


def _assessed(standing: Standing, ask: Ask, as_of: date, is_undecided: bool) -> Level:
    try:
        for code in standing.missing_rates:
            rate_on(code, standing.currency, as_of)
        worth = ask.amount * rate_on(ask.currency, standing.currency, as_of)
    except MissingRateError as error:
        raise RefusedError(str(error), field="currency", code="missing_rate") from error
    judged = replace(standing, limit=Decimal(0)) if is_undecided else standing
    return Level(standing, judged.assess(_rounded(worth)), is_undecided)


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def _strictness(level: Level) -> tuple[int, Decimal]:
    """The strictest first; of two alike the one with less room."""
    order = [Result.BLOCK, Result.WARN, Result.PASS]
    room = level.found.available
    return order.index(level.found.result), LARGEST if room is None else room


def _stops(path: Sequence[int], as_of: date) -> list[str]:
    """What blocks whatever the limit: a hold on the way up, insolvency."""
    found = []
    if CreditHold.objects.blocking(as_of).filter(party__in=path).exists():
        found.append(CheckReason.ON_HOLD.value)
    if Account.objects.filter(pk__in=path, insolvent_since__lte=as_of).exists():
        found.append(CheckReason.INSOLVENT.value)
    return found


def _override(party: Account, path: Sequence[int], ask: Ask, as_of: date) -> CreditOverride | None:
    """An override of the account or above, or of a check for this order that asked for as much."""
    rows = CreditOverride.objects.in_force(as_of)
    of_all = Q(check_made__isnull=True, party__in=path)
    of_this = Q(
        check_made__party=party,
        check_made__reference=ask.reference.strip(),
        check_made__currency=ask.currency,
        check_made__requested__gte=ask.amount,
    )
    wanted = of_all | of_this if ask.reference.strip() else of_all
    found: CreditOverride | None = rows.filter(wanted).order_by("-pk").first()
    return None if found is None or _came_after(found, path, as_of) else found


def _came_after(override: CreditOverride, path: Sequence[int], as_of: date) -> bool:
    """Whether a hold or insolvency came later: whoever overrode did not know of it."""
    later = Q(created_at__gt=override.created_at) | Q(activated_on__gt=override.begins)
    if CreditHold.objects.blocking(as_of).filter(later, party__in=path).exists():
        return True
    since = (override.begins + timedelta(days=1), as_of)
    return Account.objects.filter(pk__in=path, insolvent_since__range=since).exists()


def _row(level: Level, ask: Ask) -> CreditCheck:
    found, standing = level.found, level.standing
    exposure = _rounded(found.exposure)
    limit = standing.limit
    row = CreditCheck(decisive_id=standing.node, currency_id=ask.currency)
    row.requested, row.reference = ask.amount, ask.reference.strip()
    row.limit_currency_id, row.exposure, row.limit_amount = standing.currency, exposure, limit
    row.available = None if limit is None else limit - exposure
    row.over_by = Decimal(0) if limit is None else max(exposure - limit, Decimal(0))
    row.components = _parts(level)
    return row


def _parts(level: Level) -> dict[str, Any]:
    return {
        "parts": {name: str(amount) for name, amount in level.found.detail.parts.items()},
        "unknown": list(level.found.detail.unknown),
        "left_out": list(level.standing.settings.left_out),
        "requested": str(level.found.requested),
        "weight": str(level.standing.settings.stock_weight),
        "horizon_days": level.standing.settings.horizon_days,
    }


def _told(level: Level) -> dict[str, Any]:
    limit, available = level.standing.limit, level.found.available
    return {
        "account": level.standing.node,
        "currency": level.standing.currency,
        "limit": None if limit is None else str(limit),
        "exposure": str(_rounded(level.found.exposure)),
        "available": None if limit is None or available is None else str(_rounded(available)),
        "result": level.found.result.value,
        "reasons": level.reasons,
        **_parts(level),
    }


@explained()
@transaction.atomic
def override_check(
    *, check: CreditCheck, reason: str, until: date, by: User, as_of: date
) -> CreditOverride:
    """Let what a check blocked through until a day, for the same order and no larger amount.

    The check itself stays as it is. Raises RefusedError where it did not block, and where it
    names no order: nobody could ask for the same one again.
    """
    if check.result != CheckResult.BLOCK:
        raise RefusedError(_("This check did not block anything."), code="not_blocked")
    if not check.reference:
        raise RefusedError(NO_ORDER, code="no_reference")
    return _let_through(check.party, check, reason, until, by, as_of)


@explained()
@transaction.atomic
def override_account(
    *, party: Account, reason: str, until: date, by: User, as_of: date
) -> CreditOverride:
    """Let whatever an account and all below it order through until a day."""
    tree.refuse_merged(party)
    return _let_through(party, None, reason, until, by, as_of)


def _let_through(
    party: Account, check: CreditCheck | None, reason: str, until: date, by: User, as_of: date
) -> CreditOverride:
    if not by.can("credit.override"):
        raise RefusedError(_("You may not override."), code="may_not_override")
    if not reason.strip():
        raise RefusedError(_("Say why."), field="reason")
    if until < as_of:
        raise RefusedError(_("This day is past."), field="until")
    row = CreditOverride(party=party, check_made=check, reason=reason.strip(), created_by=by)
    row.role = _role_of(by)
    row.begins, row.until = as_of, until
    row.save()
    return row


def _role_of(by: User) -> str:
    """The role that lets the user override."""
    allowed = CAPABILITIES["credit.override"]
    return next((role.value for role in Role if role in allowed and role in by.roles), "")
