"""What this app itself moves in a merge: revenue, identifiers, places in the tree, leads, targets.

Where both accounts have a parent or a lead on the same day, the kept account's stays; the other
one is named in the preview and remains in the history.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import (
    Account,
    AccountIdentifier,
    LeadAssignment,
    ParentLink,
    RevenueEntry,
    RevenueMonth,
    Target,
)
from accounts.services import periods
from accounts.services.merging import Mover, Part
from kam.core import formats
from kam.core.dates import ONE_DAY
from kam.core.problems import Blocker, Caution

FACTS = ("country", "region", "channel", "industry", "currency_id", "insolvent_since")


# Revenue


def _plan_revenue(keep: Account, drop: Account) -> Part:
    months = RevenueMonth.objects.filter(account=drop)
    by_currency = (
        months.values_list("currency_id")
        .annotate(net=Sum("net_amount"), rows=Sum("entries"))
        .order_by("currency_id")
    )
    lines = [
        ngettext("%(rows)s revenue entry, %(amount)s", "%(rows)s revenue entries, %(amount)s", rows)
        % {"rows": formats.number(rows), "amount": formats.money(net, currency)}
        for currency, net, rows in by_currency
        if rows
    ]
    return Part(moves=lines)


def _move_revenue(keep: Account, drop: Account) -> None:
    RevenueEntry.objects.filter(account=drop).update(account=keep)


# Identifiers


def _plan_identifiers(keep: Account, drop: Account) -> Part:
    return Part(moves=[_("Identifier %s") % one for one in drop.identifiers.all()])


def _move_identifiers(keep: Account, drop: Account) -> None:
    for identifier in AccountIdentifier.objects.filter(account=drop).order_by("pk"):
        identifier.account = keep
        identifier.save()


# Places in the tree


def _plan_children(keep: Account, drop: Account) -> Part:
    links = ParentLink.objects.filter(parent=drop).exclude(account=keep)
    return Part(
        moves=[
            _("%(child)s stands below it %(period)s")
            % {"child": link.account, "period": in_words(link.valid)}
            for link in links.select_related("account").order_by("account__name_key", "valid")
        ]
    )


def _move_children(keep: Account, drop: Account) -> None:
    ParentLink.objects.filter(account=keep, parent=drop).delete()
    ParentLink.objects.filter(account=drop, parent=keep).delete()
    ParentLink.objects.filter(parent=drop).update(parent=keep)


def _parents(account: Account, other: Account) -> QuerySet[Any]:
    links = ParentLink.objects.filter(account=account).exclude(parent=other)
    return links.select_related("parent").order_by("valid")


def _plan_parents(keep: Account, drop: Account) -> Part:
    return plan_dated(
        _parents(keep, drop),
        _parents(drop, keep),
        lambda link: link.parent_id,
        moves=_("Below %(what)s %(period)s"),
        stays=_("Both have a parent %(period)s: %(kept)s stays, %(what)s goes to the history."),
        name=lambda link: link.parent,
    )


def _move_parents(keep: Account, drop: Account) -> None:
    rows = ParentLink.objects.filter(account=keep)
    move_dated(
        rows,
        ParentLink.objects.filter(account=drop),
        lambda link, valid: ParentLink(account=keep, parent=link.parent, valid=valid),
    )


# Leads


def _leads(account: Account) -> QuerySet[Any]:
    return LeadAssignment.objects.filter(account=account).select_related("user").order_by("valid")


def _plan_leads(keep: Account, drop: Account) -> Part:
    return plan_dated(
        _leads(keep),
        _leads(drop),
        lambda row: row.user_id,
        moves=_("Led by %(what)s %(period)s"),
        stays=_("Both have a lead %(period)s: %(kept)s stays, %(what)s goes to the history."),
        name=lambda row: row.user,
    )


def _move_leads(keep: Account, drop: Account) -> None:
    move_dated(
        _leads(keep),
        _leads(drop),
        lambda row, valid: LeadAssignment(account=keep, user=row.user, valid=valid),
    )


# Dated rows


def in_words(valid: DateRange) -> str:
    """Say a period: from … until … (the last day), since ever, for good."""
    lower, upper = valid.lower, valid.upper
    if lower is None and upper is None:
        return _("at all times")
    if upper is None:
        return _("from %s on") % formats.date(lower)
    last = formats.date(upper - ONE_DAY)
    if lower is None:
        return _("until %s") % last
    return _("from %(start)s to %(end)s") % {"start": formats.date(lower), "end": last}


def plan_dated(
    kept: QuerySet[Any],
    dropped: QuerySet[Any],
    identity: Callable[[Any], int],
    *,
    moves: str,
    stays: str,
    name: Callable[[Any], object],
) -> Part:
    """Say which dated rows of the duplicate move, and where the kept account's own stand."""
    own = list(kept)
    rows = list(dropped)
    lines = [
        moves % {"what": name(row), "period": in_words(piece)}
        for row in rows
        for piece in periods.minus_all(row.valid, [one.valid for one in own])
    ]
    overlaps = [
        {"period": in_words(both), "kept": name(one), "what": name(row)}
        for row in rows
        for one in own
        if (both := periods.intersection(row.valid, one.valid)) and identity(one) != identity(row)
    ]
    return Part(moves=lines, cautions=[Caution(stays % words, "overlap") for words in overlaps])


def move_dated(
    kept: QuerySet[Any], dropped: QuerySet[Any], make: Callable[[Any, DateRange], Any]
) -> None:
    """Move dated rows of the duplicate into what the kept account's own leave free."""
    taken = [row.valid for row in kept]
    rows = list(dropped)
    for row in rows:
        row.delete()
    for row in rows:
        for piece in periods.minus_all(row.valid, taken):
            periods.put(kept, make(row, piece))


# Targets


def _twins(keep: Account, drop: Account) -> list[tuple[Target, Target | None]]:
    """Each target of the duplicate with the kept account's of the same month and category."""
    own = {(one.month, one.category_id): one for one in Target.objects.filter(account=keep)}
    dropped = Target.objects.filter(account=drop).order_by("month", "pk")
    return [(one, own.get((one.month, one.category_id))) for one in dropped]


def _plan_targets(keep: Account, drop: Account) -> Part:
    pairs = _twins(keep, drop)
    mixed = [one for one, twin in pairs if twin and twin.currency_id != one.currency_id]
    blockers = [
        Blocker(
            _("Both have a target for %(month)s, in %(currency)s and in another currency.")
            % {"month": formats.month(one.month), "currency": one.currency_id},
            "targets_in_two_currencies",
        )
        for one in mixed[:1]
    ]
    count = len(pairs)
    lines = [ngettext("%s monthly target", "%s monthly targets", count) % count] if count else []
    return Part(moves=lines, blockers=blockers)


def _move_targets(keep: Account, drop: Account) -> None:
    for target, twin in _twins(keep, drop):
        if twin is None:
            target.account = keep
            target.save()
        else:
            target.delete()
            Target.objects.filter(pk=twin.pk).update(amount=F("amount") + target.amount)


# Facts


def _plan_facts(keep: Account, drop: Account) -> Part:
    blanks = [name for name in FACTS if not getattr(keep, name) and getattr(drop, name)]
    labels = [str(Account._meta.get_field(name).verbose_name) for name in blanks]  # type: ignore[union-attr]
    return Part(moves=[_("Filled in where it was empty: %s") % label for label in labels])


def _move_facts(keep: Account, drop: Account) -> None:
    for name in FACTS:
        if not getattr(keep, name):
            setattr(keep, name, getattr(drop, name))
    keep.save(update_fields=[*FACTS, "updated_at"])


MOVERS = (
    Mover(key="accounts.facts", plan=_plan_facts, move=_move_facts, order=10),
    Mover(key="accounts.children", plan=_plan_children, move=_move_children, order=20),
    Mover(key="accounts.parents", plan=_plan_parents, move=_move_parents, order=30),
    Mover(key="accounts.leads", plan=_plan_leads, move=_move_leads, order=40),
    Mover(key="accounts.identifiers", plan=_plan_identifiers, move=_move_identifiers, order=50),
    Mover(key="accounts.revenue", plan=_plan_revenue, move=_move_revenue, order=60),
    Mover(key="accounts.targets", plan=_plan_targets, move=_move_targets, order=70),
)
