"""Contacts as pages, files and the API read them; whom and which account somebody may mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, F, Max, OuterRef, Q, QuerySet, Subquery

from accounts.choices import AccountKind
from accounts.models import Account, Position
from accounts.querysets import works_on
from interactions.models import Attachment, Correction, Draft, Interaction, Note, Participant
from interactions.services import changing
from kam.identity.models import User

RECENT = 6
PEOPLE = 60
STORES = 300
MOOD_DAYS = 180


def contacts_for(user: User) -> QuerySet[Interaction]:
    """Contacts that the user may read, with account, place, author and their people."""
    rows: QuerySet[Interaction] = Interaction.objects.visible_to(user)
    return rows.select_related("account", "place", "author").prefetch_related(
        "participants__position__person"
    )


def contacts_of(account: Account, user: User) -> QuerySet[Interaction]:
    """Contacts of an account and of everything below it today, the latest first."""
    return contacts_for(user).filter(account__path__contains=[account.pk])


def contacts_with(person_id: int, user: User) -> QuerySet[Interaction]:
    """Contacts that a person took part in, wherever they stood then, the latest first."""
    there = Participant.objects.filter(position__person=person_id).values("interaction")
    return contacts_for(user).filter(pk__in=there)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """One contact with everything that belongs to it."""

    contact: Interaction
    participants: list[Participant]
    colleagues: list[User]
    notes: list[Note]
    files: list[Attachment]
    corrections: list[Correction]


def whole(contact: Interaction) -> Whole:
    """Read a contact with its people, notes and what they became, files and corrections."""
    people = contact.participants.select_related("position__person", "position__account")
    ours = contact.colleagues.select_related("user").order_by("user__full_name")
    return Whole(
        contact=contact,
        participants=list(people.order_by("pk")),
        colleagues=[one.user for one in ours],
        notes=changing.notes_of(contact),
        files=list(contact.attachments.select_related("uploaded_by")),
        corrections=list(contact.corrections.select_related("author")),
    )


def may_change(contact: Interaction, user: User, now: datetime) -> bool:
    """Whether the user may still change the contact: its author, in time."""
    if not user.can("interactions.log") or contact.author_id != user.pk:
        return False
    return changing.is_in_time(contact, now)


def may_correct(contact: Interaction, user: User) -> bool:
    """Whether the user may put a contact right: its author, and who may change the account."""
    if not user.can("interactions.log"):
        return False
    if contact.author_id == user.pk:
        return True
    return bool(Account.objects.editable_by(user).filter(pk=contact.account_id).exists())


# Whom and what somebody means


def accounts_to_log(user: User) -> QuerySet[Account]:
    """Accounts whose contacts the user may log: what they see or support, not merged away."""
    rows: QuerySet[Account] = Account.objects.worked_on_by(user).not_merged()
    return rows


def recent_accounts(user: User, *, limit: int = RECENT) -> list[Account]:
    """Accounts of the user's own last contacts, the latest first."""
    last = (
        Interaction.objects.filter(author=user)
        .order_by()
        .values("account")
        .annotate(at=Max("occurred_at"))
        .order_by("-at")
        .values_list("account", flat=True)[: 2 * limit]
    )
    found = accounts_to_log(user).in_bulk(list(last))
    return [found[pk] for pk in last if pk in found][:limit]


def own_accounts(user: User, *, limit: int = RECENT) -> list[Account]:
    """Groups that the user leads, by revenue: where nobody has logged anything yet."""
    rows = accounts_to_log(user).filter(current_lead=user, current_parent=None)
    return list(rows.order_by(F("figure__net_12m").desc(nulls_last=True), "pk")[:limit])


def people_to_meet(
    account: Account, user: User, on: date, chosen: Iterable[int] = ()
) -> list[Position]:
    """People of the whole group who stand there on a day: those spoken to last come first.

    Where the user sees or works on their account; `last_at` is the last contact they may know.
    Whoever was `chosen` is among them, wherever they stood that day: the service refuses.
    """
    seen = Interaction.objects.visible_to(user).filter(participants__position=OuterRef("pk"))
    rows = Position.objects.filter(
        works_on(user, "account__"),
        Q(valid__contains=on) | Q(pk__in=list(chosen)),
        account__current_group=account.current_group_id,
        person__isnull=False,
    ).annotate(last_at=Subquery(seen.order_by("-occurred_at").values("occurred_at")[:1]))
    shown = rows.select_related("person", "account")
    return list(shown.order_by(F("last_at").desc(nulls_last=True), "person__name_key")[:PEOPLE])


def people_in(contact: Interaction) -> QuerySet[Position]:
    """The places of those of theirs who took part in a contact."""
    there = contact.participants.values("position")
    return Position.objects.filter(pk__in=there).select_related("person", "account")


def people_known(account: Account, user: User, ids: Iterable[int]) -> dict[int, Position]:
    """People of the account's customer by their places, of any day, as far as the user may see."""
    rows = Position.objects.filter(
        works_on(user, "account__"),
        account__current_group=account.current_group_id,
        person__isnull=False,
    )
    return rows.select_related("account").in_bulk(list(ids))


def account_of_person(person_id: int, user: User, on: date) -> Account | None:
    """Where a person stands on a day, among the accounts whose contacts the user may log."""
    places = Position.objects.filter(person=person_id, valid__contains=on).values("account")
    return accounts_to_log(user).filter(pk__in=places).order_by("pk").first()


def places_of(account: Account, user: User) -> list[Account]:
    """Stores, depots and banners of the account's group where one can be."""
    rows = accounts_to_log(user).filter(current_group=account.current_group_id)
    rows = rows.exclude(kind__in=[AccountKind.GROUP, AccountKind.LEGAL_ENTITY])
    return list(rows.order_by("name_key", "pk")[:STORES])


def draft_for(user: User, account: Account) -> Draft | None:
    """What the user was typing about an account last, if it was never logged."""
    rows: QuerySet[Draft] = Draft.objects.visible_to(user).filter(account=account)
    return rows.first()


# Figures


def last_contact(account: Account, user: User) -> Interaction | None:
    """The latest contact with an account or anything below it that the user may read."""
    rows = Interaction.objects.visible_to(user).filter(account__path__contains=[account.pk])
    found: Interaction | None = rows.select_related("author").order_by("-occurred_at").first()
    return found


@dataclass(frozen=True, slots=True)
class Mood:
    """How somebody sounded of late: the mean of -2 to +2 and of how many contacts."""

    mean: Decimal
    count: int


def moods_of(
    position_ids: Iterable[int], user: User, *, as_of: date, days: int = MOOD_DAYS
) -> Mapping[int, Mood]:
    """Return how people sounded over the last `days`, by place.

    The plain mean of the sentiments told in contacts that the user may read; contacts without
    one do not count, and a place without any is left out.
    """
    since = as_of - timedelta(days=days)
    rows = (
        Participant.objects.visible_to(user)
        .filter(
            position__in=list(position_ids),
            sentiment__isnull=False,
            interaction__occurred_on__gt=since,
            interaction__occurred_on__lte=as_of,
        )
        .order_by()
        .values("position")
        .annotate(mean=Avg("sentiment"), count=Count("pk"))
    )
    return {row["position"]: Mood(_rounded(row["mean"]), row["count"]) for row in rows}


def _rounded(mean: Any) -> Decimal:
    return Decimal(str(mean)).quantize(Decimal("0.1"))


def notes_kept(account: Account, user: User, kinds: Iterable[str]) -> QuerySet[Note]:
    """Notes of some kinds from contacts with an account and below it, the latest first."""
    rows: QuerySet[Note] = Note.objects.visible_to(user)
    within = Q(interaction__account__path__contains=[account.pk])
    found = rows.filter(within, kind__in=list(kinds)).select_related("interaction__author")
    return found.order_by("-interaction__occurred_at", "-pk")
