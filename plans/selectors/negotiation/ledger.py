"""What is given and got: sums by account, by brief, or over all that a reader sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from accounts.models import Account
from kam.core.money import LINE_PLACES, quantise
from kam.core.selectors.rates import rates_on
from kam.identity.models import User
from plans.analytics.negotiation import Ledger
from plans.choices.negotiation import EntryState, Side
from plans.models import GiveGet

AGREED = (EntryState.AGREED, EntryState.DELIVERED)
OPEN = (EntryState.PLANNED, EntryState.OFFERED)
STANDING = (*OPEN, *AGREED)


def entries_for(user: User) -> QuerySet[GiveGet]:
    """Return the gives and gets that a user may read, with account, brief and who wrote them."""
    rows: QuerySet[GiveGet] = GiveGet.objects.visible_to(user)
    return rows.select_related("account", "brief", "created_by", "plan")


def at_account(account: Account, user: User) -> QuerySet[GiveGet]:
    """Return gives and gets of an account and all below it today."""
    return entries_for(user).filter(account__path__contains=[account.pk])


@dataclass(frozen=True, kw_only=True)
class Sums:
    """A ledger in one currency; `unconverted` entries have a value but no rate on the day, and
    count as unknown."""

    ledger: Ledger
    currency: str
    unconverted: int = 0


def sums_of(
    rows: QuerySet[GiveGet],
    *,
    currency: str,
    as_of: date,
    states: Iterable[str] = AGREED,
) -> Sums:
    """Add up entries in states, at the rates of a day: three statements at any number of rows.

    What was agreed or delivered unless told otherwise; planned, offered and lapsed ones are left
    out then.
    """
    found = _grouped(rows.filter(state__in=list(states)))
    return _converted(found, rates_on(currency, as_of), currency)


@dataclass(frozen=True, slots=True)
class _Part:
    side: str
    currency: str
    is_conditional: bool
    value: Decimal
    known: int
    many: int


def _grouped(rows: QuerySet[GiveGet]) -> list[_Part]:
    """Sums by side, currency and whether there is a condition, two statements."""
    chosen = rows.order_by().select_related(None)
    found = []
    for is_conditional in (False, True):
        some = chosen.exclude(condition="") if is_conditional else chosen.filter(condition="")
        grouped = some.values("side", "currency_id").annotate(
            total=Sum("value"), known=Count("value"), many=Count("pk")
        )
        found += [
            _Part(
                one["side"], one["currency_id"], is_conditional,
                one["total"] or Decimal(0), one["known"], one["many"],
            )
            for one in grouped
        ]  # fmt: skip
    return found


def _converted(parts: list[_Part], rates: Mapping[str, Decimal], currency: str) -> Sums:
    given = got = unconditional = Decimal(0)
    gives = gets = unknown_gives = unknown_gets = unconverted = 0
    for one in parts:
        rate, is_give = rates.get(one.currency), one.side == Side.GIVE
        value = quantise(one.value * rate, LINE_PLACES) if rate else Decimal(0)
        known = one.known if rate else 0
        unconverted += one.known - known
        if is_give:
            given, gives = given + value, gives + one.many
            unknown_gives += one.many - known
            unconditional += Decimal(0) if one.is_conditional else value
        else:
            got, gets = got + value, gets + one.many
            unknown_gets += one.many - known
    found = Ledger(
        given=given, got=got, unconditional=unconditional, gives=gives, gets=gets,
        unknown_gives=unknown_gives, unknown_gets=unknown_gets,
    )  # fmt: skip
    return Sums(ledger=found, currency=currency, unconverted=unconverted)


@dataclass(frozen=True, kw_only=True)
class SubjectSums:
    """What is given and got in one subject; None: no entry has a known value."""

    subject: str
    given: Decimal | None
    got: Decimal | None


def by_subject(
    rows: QuerySet[GiveGet], *, currency: str, as_of: date, states: Iterable[str] = AGREED
) -> list[SubjectSums]:
    """Return sums by subject of entries with a known value and rate, two statements."""
    rates = rates_on(currency, as_of)
    chosen = rows.filter(state__in=list(states), value__isnull=False).order_by()
    grouped = chosen.select_related(None).values("subject", "side", "currency_id")
    sums: dict[str, dict[str, Decimal]] = {}
    for one in grouped.annotate(total=Sum("value")):
        rate = rates.get(one["currency_id"])
        if rate:
            sides = sums.setdefault(one["subject"], {})
            value = quantise(one["total"] * rate, LINE_PLACES)
            sides[one["side"]] = sides.get(one["side"], Decimal(0)) + value
    return [
        SubjectSums(subject=key, given=sides.get(Side.GIVE), got=sides.get(Side.GET))
        for key, sides in sorted(sums.items())
    ]


def proof_due(user: User, *, as_of: date) -> QuerySet[GiveGet]:
    """Return agreed entries of one's own accounts whose period is over and that nobody proved."""
    rows = entries_for(user).filter(
        state=EntryState.AGREED,
        valid__endswith__lte=as_of,
        account__lead_chain__overlap=user.acting_user_ids(),
    )
    return rows.order_by("valid", "pk")
