"""Two people that are one, and the people of two accounts that are one: nothing is lost."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Max, Q
from django.utils.translation import ngettext

from accounts.choices import StakeholderLinkKind
from accounts.models import (
    Account,
    CustomerDate,
    DecisionStep,
    Person,
    PersonIdentifier,
    Placement,
    Position,
    Promise,
    StakeholderLink,
    StakeholderNote,
    StakeholderRating,
)
from accounts.services import people_problems as problems
from accounts.services.merging import Mover, Part
from accounts.services.periods import overlaps
from accounts.services.ratings import rewriting_ratings
from kam.core.problems import explained

type Repointer = Callable[[list[int], Position], None]

FORMER = {"name": "former name", "email": "former e-mail", "phone": "former phone"}
_repointers: list[Repointer] = []


def on_joined_places(repoint: Repointer) -> None:
    """Let an app above follow when several places become one, from `AppConfig.ready`.

    It gets the ids of the places that go and the one that stays, in the merge's transaction.
    """
    _repointers.append(repoint)


@explained()
@transaction.atomic
def merge_people(*, keep: Person, drop: Person) -> Person:
    """Move everything of a duplicate to the person who is kept.

    Places that overlap at one account become one, with all ratings, roles, lines and notes. A
    name, e-mail address or phone number of the duplicate that differs stays as an identifier.
    Raises SamePersonError.
    """
    if keep.pk == drop.pk:
        raise problems.SamePersonError
    ids = sorted((keep.pk, drop.pk))
    rows = Person.objects.select_for_update(no_key=True).order_by("pk").in_bulk(ids)
    keep, drop = rows[keep.pk], rows[drop.pk]
    for position in _positions(Q(person=drop)):
        _hand_over(position, keep, position.account_id)
    PersonIdentifier.objects.filter(person=drop).update(person=keep)
    Placement.objects.filter(agreed_by=drop).update(agreed_by=keep)
    _keep_facts(keep, drop)
    drop.delete()
    return keep


def _positions(which: Q) -> list[Position]:
    rows = Position.objects.filter(which).order_by("pk")
    return list(rows.select_for_update(no_key=True))


def _keep_facts(keep: Person, drop: Person) -> None:
    for name in ("email", "phone", "language"):
        if not getattr(keep, name):
            setattr(keep, name, getattr(drop, name))
    keep.save()
    for name, system in FORMER.items():
        value = getattr(drop, name)
        if value and value != getattr(keep, name):
            PersonIdentifier.objects.get_or_create(
                system=system, value=f"{value} #{keep.pk}", defaults={"person": keep}
            )


def _hand_over(position: Position, person: Person | None, account_id: int) -> None:
    """Give a place to a person at an account, joined with what they hold there in that time."""
    others = Position.objects.none()
    if person is not None:
        others = Position.objects.filter(person=person, account_id=account_id)
    rows = others.exclude(pk=position.pk).order_by("pk").select_for_update(no_key=True)
    twins = [row for row in rows if overlaps(row.valid, position.valid)]
    if not twins:
        position.person, position.account_id = person, account_id
        position.save(update_fields=["person", "account", "updated_at"])
        return
    kept, *rest = twins
    _join(kept, position, rest)


def _join(kept: Position, position: Position, rest: list[Position]) -> None:
    """Make several places of one person at one account one place over all their time."""
    dropped = [position, *rest]
    ids = [row.pk for row in dropped]
    boss = next((r.reports_to_id for r in (kept, *dropped) if r.reports_to_id), None)
    with rewriting_ratings():
        parking = _park(rest)
        kept.valid = _hull([kept, *dropped])
        kept.roles = sorted({role for row in (kept, *dropped) for role in row.roles})
        kept.title = kept.title or next((row.title for row in dropped if row.title), "")
        kept.reports_to = None
        kept.save()
        _repoint(ids, kept)
        Position.objects.filter(pk__in=ids).delete()
        if parking is not None:
            parking.delete()
        if boss not in {None, kept.pk, *ids} and not _is_below(boss, kept.pk):
            kept.reports_to_id = boss
            kept.save(update_fields=["reports_to", "updated_at"])


def _park(rest: list[Position]) -> Person | None:
    """Take places out of the way of the one that grows over their time."""
    if not rest:
        return None
    parking = Person.objects.create(name="-", name_key="-")
    Position.objects.filter(pk__in=[row.pk for row in rest]).update(person=parking)
    return parking


def _hull(rows: list[Position]) -> DateRange:
    lowers, uppers = [row.valid.lower for row in rows], [row.valid.upper for row in rows]
    return DateRange(
        None if None in lowers else min(lowers), None if None in uppers else max(uppers)
    )


def _is_below(pk: int | None, top: int) -> bool:
    """Whether somebody reports to another, over however many steps."""
    while pk is not None and pk != top:
        pk = Position.objects.values_list("reports_to_id", flat=True).get(pk=pk)
    return pk == top


def _repoint(ids: list[int], kept: Position) -> None:
    """Let everything that refers to some places refer to one."""
    StakeholderRating.objects.filter(position__in=ids).update(position=kept)
    StakeholderNote.objects.filter(position__in=ids).update(position=kept)
    DecisionStep.objects.filter(position__in=ids).update(position=kept)
    Promise.objects.filter(position__in=ids).update(position=kept)
    for repoint in _repointers:
        repoint(ids, kept)
    Position.objects.filter(reports_to__in=ids, pk__in=ids).update(reports_to=None)
    Position.objects.filter(reports_to__in=ids).exclude(pk=kept.pk).update(reports_to=kept)
    touching = Q(from_position__in=ids) | Q(to_position__in=ids)
    for link in StakeholderLink.objects.filter(touching).order_by("pk"):
        _repoint_line(link, ids, kept)


def _repoint_line(link: StakeholderLink, ids: list[int], kept: Position) -> None:
    """Move one line; a twin keeps the greater strength, a line to oneself goes."""
    ends = [kept.pk if pk in ids else pk for pk in (link.from_position_id, link.to_position_id)]
    ways = [ends, ends[::-1]] if link.kind == StakeholderLinkKind.CONFLICT else [ends]
    rows = StakeholderLink.objects.filter(kind=link.kind).exclude(pk=link.pk)
    twin = next(
        (row for a, b in ways if (row := rows.filter(from_position=a, to_position=b).first())),
        None,
    )
    if ends[0] == ends[1] or twin is not None:
        link.delete()
    else:
        link.from_position_id, link.to_position_id = ends
        link.save()
    if twin is not None and twin.strength < link.strength:
        twin.strength = link.strength
        twin.save()


# Merging accounts


def _plan_people(keep: Account, drop: Account) -> Part:
    rows = Position.objects.filter(account=drop)
    count = rows.exclude(person=None).count()
    places = rows.filter(person=None).count()
    lines = []
    if count:
        lines.append(ngettext("%s person", "%s people", count) % count)
    if places:
        lines.append(ngettext("%s unmet role", "%s unmet roles", places) % places)
    return Part(moves=lines)


def _move_people(keep: Account, drop: Account) -> None:
    for position in _positions(Q(account=drop)):
        if Position.objects.filter(pk=position.pk).exists():
            _hand_over(position, position.person, keep.pk)


def _plan_deciding(keep: Account, drop: Account) -> Part:
    steps = DecisionStep.objects.filter(account=drop).count()
    days = CustomerDate.objects.filter(account=drop).count()
    lines = []
    if steps:
        lines.append(ngettext("%s decision step", "%s decision steps", steps) % steps)
    if days:
        lines.append(ngettext("%s date of theirs", "%s dates of theirs", days) % days)
    return Part(moves=lines)


def _move_deciding(keep: Account, drop: Account) -> None:
    """Steps stand after those that the kept account has of the category."""
    for step in DecisionStep.objects.filter(account=drop).order_by("number", "pk"):
        own = DecisionStep.objects.filter(account=keep, category=step.category_id)
        step.number = (own.aggregate(last=Max("number"))["last"] or 0) + 1
        step.account = keep
        step.save()
    for day in CustomerDate.objects.filter(account=drop).order_by("pk"):
        day.account = keep
        day.save()


MOVERS = (
    Mover(key="accounts.people", plan=_plan_people, move=_move_people, order=80),
    Mover(key="accounts.deciding", plan=_plan_deciding, move=_move_deciding, order=81),
)
