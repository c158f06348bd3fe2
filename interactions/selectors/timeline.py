"""What this app tells the timeline: contacts with their notes, concerns, needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, Func, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from interactions.choices import ConcernState, InteractionKind
from interactions.models import Concern, Interaction, Need, Note, Participant, SearchText
from interactions.selectors.reach import near, openly
from kam.core.badges import State
from kam.core.timeline import Event, Subject, TimelineSource, Wanted, merged, timeline_sources
from kam.identity.models import User

EVERYWHERE: frozenset[Subject] = frozenset({"account", "group", "person", "all"})
# The asset build reads these: icons: phone building-store users mail confetti message
KIND_ICONS: dict[str, str] = {
    InteractionKind.CALL: "phone",
    InteractionKind.VISIT: "building-store",
    InteractionKind.MEETING: "users",
    InteractionKind.EMAIL: "mail",
    InteractionKind.EVENT: "confetti",
    InteractionKind.MESSAGE: "message",
    InteractionKind.STORE_CHECK: "clipboard-check",
}
_SAID = ("kind", "occurred_at", "summary", "text", "is_confidential")
_PLACE = ("contacts", "occurred_at")
AT_EACH = 50
"""Of so few accounts the newest of each are read, of more the newest of all."""
_SOLVED = (ConcernState.RESOLVED, ConcernState.CLOSED)


def with_words[Q_: QuerySet[Any]](rows: Q_, kind: str, wanted: Wanted) -> Q_:
    """Return the rows that say what is searched; all where nothing is."""
    if not wanted.text:
        return rows
    found = SearchText.objects.filter(kind=kind).finding(wanted.text)
    if wanted.account_ids is not None:
        found = found.filter(account__in=wanted.account_ids)
    return rows.filter(pk__in=found.values("object_id"))


def told(rows: QuerySet[Interaction]) -> QuerySet[Interaction]:
    """Return contacts with all that a line of the timeline says, in a constant number of
    queries."""
    people = Participant.objects.select_related("position__person").order_by("pk")
    notes = Note.objects.order_by("pk")
    return (
        rows.select_related("account", "author")
        .only(*_SAID, "account__name", "author__full_name", "author__email")
        .prefetch_related(
            Prefetch("notes", notes.only("interaction", "kind", "text")),
            Prefetch("participants", people.only("interaction", "position__person__name")),
        )
    )


def contact_event(row: Interaction, strand: str = "contacts") -> Event:
    """Return a contact as the timeline shows it; it was read with `told`."""
    people = [one.position.person for one in row.participants.all()]
    names = [str(row.author), *(person.name for person in people if person is not None)]
    return Event(
        strand=strand,
        pk=row.pk,
        occurred_at=row.occurred_at,
        kind=row.get_kind_display(),
        icon=KIND_ICONS[row.kind],
        title=row.summary,
        detail=row.text,
        notes=[(note.get_kind_display(), note.text) for note in row.notes.all()],
        who=", ".join(names),
        account=row.account.name,
        account_url=row.account.get_absolute_url(),
        url=row.get_absolute_url(),
        is_confidential=row.is_confidential,
    )


def contacts(user: User, wanted: Wanted) -> Iterator[Event]:
    """Yield contacts, confidential ones for their readers alone."""
    for row in told(_page(user, wanted)):
        yield contact_event(row)


def _page(user: User, wanted: Wanted) -> QuerySet[Interaction]:
    """The contacts of a page, found by columns of their own before anything is joined."""
    rows: QuerySet[Interaction] = Interaction.objects.visible_to(user)
    if wanted.account_ids is not None and len(wanted.account_ids) <= AT_EACH:
        found = _newest_of_each(user, wanted, wanted.account_ids)
    else:
        mine = near(user, wanted.account_ids) if _is_narrow(user, wanted) else None
        if mine is None:
            return _newest(rows, wanted)
        found = _newest(Interaction.objects.filter(mine), wanted)
    return rows.filter(pk__in=found.values("pk")).order_by("-occurred_at", "-pk")


def _newest_of_each(
    user: User, wanted: Wanted, account_ids: Sequence[int]
) -> QuerySet[Interaction]:
    there = _newest(Interaction.objects.filter(openly(user), account=OuterRef("pk")), wanted)
    each = Func(
        ArraySubquery(there.values("pk")),
        function="unnest",
        output_field=BigIntegerField(),
        set_returning=True,
    )
    at = Account.objects.filter(pk__in=account_ids).values(of=each)
    return wanted.newest(Interaction.objects.filter(pk__in=at), *_PLACE)


def _is_narrow(user: User, wanted: Wanted) -> bool:
    return wanted.account_ids is not None or not user.sees_everything()


def _newest(rows: QuerySet[Interaction], wanted: Wanted) -> QuerySet[Interaction]:
    rows = with_words(rows, "contact", wanted)
    if wanted.person_id is not None:
        there = Participant.objects.filter(position__person=wanted.person_id)
        rows = rows.filter(pk__in=there.values("interaction"))
    return wanted.newest(rows, *_PLACE)


def concern_event(row: Concern, *, is_solved: bool = False) -> Event:
    """Return a concern as the timeline shows it, raised or solved."""
    state: State = "success" if is_solved or row.state in _SOLVED else "warning"
    person = row.raised_by.person if row.raised_by is not None else None
    solved_at = row.resolved_at if is_solved else None
    return Event(
        strand="concerns.solved" if is_solved else "concerns.raised",
        pk=row.pk,
        occurred_at=solved_at or row.raised_at,
        kind=_("Concern solved") if is_solved else _concern_kind(row),
        icon="alert-circle",
        state=state,
        title=row.title,
        detail=row.description,
        who=", ".join(str(one) for one in (row.owner, person and person.name) if one),
        account=row.account.name,
        account_url=row.account.get_absolute_url(),
        url=row.get_absolute_url(),
        is_confidential=row.is_confidential,
    )


def _concern_kind(row: Concern) -> str:
    return _("Concern: %(what)s") % {"what": row.get_category_display().lower()}


def _concerns(user: User, wanted: Wanted, strand: str, column: str) -> Iterator[Event]:
    rows: QuerySet[Concern] = Concern.objects.visible_to(user)
    if wanted.account_ids is not None:
        rows = rows.filter(account__in=wanted.account_ids)
    if wanted.person_id is not None:
        rows = rows.filter(raised_by__person=wanted.person_id)
    is_solved = column == "resolved_at"
    if is_solved:
        rows = rows.filter(resolved_at__isnull=False)
    rows = with_words(rows, "concern", wanted)
    read = rows.select_related("account", "owner", "raised_by__person")
    for row in wanted.newest(read, strand, column):
        yield concern_event(row, is_solved=is_solved)


def concerns(user: User, wanted: Wanted) -> list[Event]:
    """Return concerns as they were raised and as they were solved."""
    parts = (
        _concerns(user, wanted, "concerns.raised", "raised_at"),
        _concerns(user, wanted, "concerns.solved", "resolved_at"),
    )
    return merged(parts, wanted.limit)


def need_event(row: Need, wanted: Wanted) -> Event:
    """Return a need as the timeline shows it."""
    person = row.voiced_by.person if row.voiced_by is not None else None
    return Event(
        strand="needs",
        pk=row.pk,
        occurred_at=wanted.end_of(row.voiced_on),
        is_day=True,
        kind=row.get_kind_display(),
        icon="bulb",
        title=row.text,
        detail=row.answer_words,
        who=person.name if person is not None else "",
        account=row.account.name,
        account_url=row.account.get_absolute_url(),
        url=row.get_absolute_url(),
    )


def needs(user: User, wanted: Wanted) -> Iterator[Event]:
    """Yield needs, challenges and goals by the day they were voiced."""
    rows: QuerySet[Need] = Need.objects.visible_to(user)
    if wanted.account_ids is not None:
        rows = rows.filter(account__in=wanted.account_ids)
    if wanted.person_id is not None:
        rows = rows.filter(voiced_by__person=wanted.person_id)
    read = with_words(rows, "need", wanted).select_related("account", "voiced_by__person")
    for row in wanted.newest(read, "needs", "voiced_on", is_day=True):
        yield need_event(row, wanted)


def _source(key: str, title: Any, find: Callable[..., Any], icon: str, order: int) -> None:
    timeline_sources.register(
        TimelineSource(
            key=key,
            title=title,
            find=find,
            icon=icon,
            capability="interactions.view",
            subjects=EVERYWHERE,
            searches=True,
            order=order,
        )
    )


def register() -> None:
    """Register the sources."""
    _source("contacts", gettext_lazy("Contacts"), contacts, "messages", 10)
    _source("concerns", gettext_lazy("Concerns"), concerns, "alert-circle", 20)
    _source("needs", gettext_lazy("Needs"), partial(needs), "bulb", 30)
