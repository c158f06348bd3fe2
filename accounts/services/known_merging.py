"""What moves in a merge of accounts: portraits, competitors seen, programmes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import (
    Account,
    CompetitorMove,
    CompetitorPresence,
    CompetitorPrice,
    PortraitStatement,
    ProgrammeItem,
)
from accounts.services import periods
from accounts.services.merge_parts import in_words
from accounts.services.merging import Mover, Part
from accounts.services.ratings import rewriting_ratings
from kam.core.problems import Caution

type Identity = Callable[[Any], tuple[object, ...]]


def _counted(model: Any, said: Callable[[int], str]) -> Callable[[Account, Account], Part]:
    """Say how many rows move as they are."""

    def _plan(keep: Account, drop: Account) -> Part:
        count = model.objects.filter(account=drop).count()
        return Part(moves=[said(count)] if count else [])

    return _plan


def _move_statements(keep: Account, drop: Account) -> None:
    """Statements never change, but follow the account."""
    with rewriting_ratings():
        PortraitStatement.objects.filter(account=drop).update(
            account=keep, updated_at=timezone.now()
        )


def _move_all(model: Any) -> Callable[[Account, Account], None]:
    def _move(keep: Account, drop: Account) -> None:
        model.objects.filter(account=drop).update(account=keep, updated_at=timezone.now())

    return _move


def _pairs(
    model: Any, keep: Account, drop: Account, identity: Identity
) -> list[tuple[Any, list[Any]]]:
    """Each dated row of the duplicate with the kept account's own of the same kind."""
    own: dict[tuple[object, ...], list[Any]] = {}
    for row in _rows(model, keep):
        own.setdefault(identity(row), []).append(row)
    return [(row, own.get(identity(row), [])) for row in _rows(model, drop)]


def _rows(model: Any, account: Account) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.filter(account=account).order_by("valid", "pk")
    return rows


def _plan_dated(
    model: Any, identity: Identity, named: Callable[[Any], object]
) -> Callable[[Account, Account], Part]:
    """Say which dated rows move into the days that the kept account's own leave free."""

    def _plan(keep: Account, drop: Account) -> Part:
        lines: list[str] = []
        cautions = []
        for row, own in _pairs(model, keep, drop, identity):
            pieces = periods.minus_all(row.valid, [one.valid for one in own])
            lines.extend(f"{named(row)}, {in_words(piece)}" for piece in pieces)
            for one in own:
                if both := periods.intersection(row.valid, one.valid):
                    text = _("Both have “%(what)s” %(period)s: that of %(keep)s stays.")
                    what = {"what": named(row), "period": in_words(both), "keep": keep.name}
                    cautions.append(Caution(text % what, "overlap"))
        return Part(moves=lines, cautions=cautions)

    return _plan


def _move_dated(model: Any, identity: Identity) -> Callable[[Account, Account], None]:
    def _move(keep: Account, drop: Account) -> None:
        for row, own in _pairs(model, keep, drop, identity):
            pieces = periods.minus_all(row.valid, [one.valid for one in own])
            if not pieces:
                row.delete()
                continue
            row.account, row.valid = keep, pieces[0]
            row.save()
            for piece in pieces[1:]:
                row.pk, row.valid = None, piece
                row._state.adding = True
                row.save()

    return _move


def _statements(count: int) -> str:
    return ngettext("%s portrait statement", "%s portrait statements", count) % count


def _prices(count: int) -> str:
    return ngettext("%s price seen", "%s prices seen", count) % count


def _moves(count: int) -> str:
    return ngettext("%s move of a competitor", "%s moves of competitors", count) % count


def _presence(row: CompetitorPresence) -> tuple[object, ...]:
    return row.competitor_id, row.category_id


def _element(row: ProgrammeItem) -> tuple[object, ...]:
    return (row.element_id,)


MOVERS = (
    Mover(
        key="accounts.portrait",
        plan=_counted(PortraitStatement, _statements),
        move=_move_statements,
        order=90,
    ),
    Mover(
        key="accounts.competitor_presences",
        plan=_plan_dated(CompetitorPresence, _presence, lambda row: row.competitor),
        move=_move_dated(CompetitorPresence, _presence),
        order=91,
    ),
    Mover(
        key="accounts.competitor_prices",
        plan=_counted(CompetitorPrice, _prices),
        move=_move_all(CompetitorPrice),
        order=92,
    ),
    Mover(
        key="accounts.competitor_moves",
        plan=_counted(CompetitorMove, _moves),
        move=_move_all(CompetitorMove),
        order=93,
    ),
    Mover(
        key="accounts.programme",
        plan=_plan_dated(ProgrammeItem, _element, lambda row: row.element),
        move=_move_dated(ProgrammeItem, _element),
        order=94,
    ),
)
