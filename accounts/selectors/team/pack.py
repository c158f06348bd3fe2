"""What this app tells a new lead: tier, promises, requests, people, notes, dates, the team."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.choices import (
    DecisionRole,
    Influence,
    PromiseOutcome,
    RatingKind,
    RelationshipLevel,
    Support,
)
from accounts.models import (
    Account,
    CustomerDate,
    Position,
    Promise,
    StakeholderNote,
    TeamRequest,
)
from accounts.selectors.people.ratings import NO_OPINIONS, Opinions, opinions_on
from accounts.selectors.team.members import team_of
from accounts.selectors.tiers.standing import Standing, standing_of
from kam.core import formats
from kam.core.handover import Heading, Part, Section, sections
from kam.identity.models import User

MOST = 200
_ACCOUNT = Heading(gettext_lazy("Account"))


def register() -> None:
    """Register the sections."""
    sections.register(
        Section(key="tier", title=gettext_lazy("Tier and why"), find=tier, order=10),
        Section(key="promises", title=gettext_lazy("Open promises"), find=promises, order=20),
        Section(key="requests", title=gettext_lazy("Open requests"), find=requests, order=30),
        Section(key="people", title=gettext_lazy("People"), find=people, order=50),
        Section(
            key="notes",
            title=gettext_lazy("Confidential notes"),
            find=notes,
            is_confidential=True,
            order=60,
        ),
        Section(key="dates", title=gettext_lazy("Their next dates"), find=dates, order=70),
        Section(key="team", title=gettext_lazy("The account's team"), find=team, order=80),
    )


def tier(account: Account, reader: User, as_of: date) -> Part | None:
    """The tier with what each criterion brought."""
    standing = standing_of(account, as_of=as_of)
    if standing is None or standing.tier is None:
        return Part(summary=_("It has no tier yet."))
    headings = [
        Heading(_("Criterion")),
        Heading(_("Points"), "number"),
        Heading(_("Brought to the score"), "number"),
    ]
    rows = [[line.title, _round(line.points), _round(line.brought)] for line in standing.lines]
    return Part(summary=_tier_in_words(standing), headings=headings, rows=rows)


def _round(value: object) -> str | None:
    return None if value is None else str(round(value, 1))  # type: ignore[call-overload]


def _tier_in_words(standing: Standing) -> str:
    name = standing.tier.title if standing.tier else ""
    if standing.override is not None:
        return _("%(tier)s by decision of %(who)s: %(reason)s") % {
            "tier": name,
            "who": standing.override.approver,
            "reason": standing.override.reason,
        }
    row = standing.assignment
    words = {"tier": name, "score": formats.number(row.score, 1) if row else "–"}
    return _("%(tier)s with a score of %(score)s.") % words


def promises(account: Account, reader: User, as_of: date) -> Part:
    """Open promises of both sides, at the account and below."""
    rows = Promise.objects.filter(
        account__path__contains=[account.pk], outcome=PromiseOutcome.OPEN
    ).select_related("account", "user", "position__person")
    found = list(rows.order_by("due_on", "pk")[:MOST])
    late = sum(one.is_overdue(as_of) for one in found)
    headings = [
        Heading(_("What")), Heading(_("Who promised")), Heading(_("To whom")), _ACCOUNT,
        Heading(_("Promised on"), "date"), Heading(_("Due"), "date"), Heading(_("Note")),
    ]  # fmt: skip
    return Part(
        summary=_counted(len(found), late),
        headings=headings,
        rows=[_promise(one) for one in found],
    )


def _promise(one: Promise) -> list[object]:
    theirs = str(one.position) if one.position else one.account.name
    ends = [str(one.user), theirs] if one.is_ours else [theirs, str(one.user)]
    return [one.what, *ends, one.account.name, one.made_on, one.due_on, one.note]


def _counted(count: int, late: int) -> str:
    if not count:
        return _("Nothing is open.")
    words = ngettext("%(n)s is open", "%(n)s are open", count) % {"n": count}
    return _("%(open)s, %(late)s overdue.") % {"open": words, "late": late}


def requests(account: Account, reader: User, as_of: date) -> Part:
    """Open requests to the team."""
    rows = TeamRequest.objects.filter(account__path__contains=[account.pk]).open()
    found = list(
        rows.select_related("account", "sender", "to_user").order_by("due_on", "pk")[:MOST]
    )
    headings = [
        Heading(_("What")), Heading(_("To")), Heading(_("From")), _ACCOUNT,
        Heading(_("Status")), Heading(_("Due"), "date"),
    ]  # fmt: skip
    cells = [
        [
            one.title,
            str(one.to_user or one.get_function_display()),
            str(one.sender),
            one.account.name,
            one.get_status_display(),
            one.due_on,
        ]
        for one in found
    ]
    late = sum(one.is_overdue(as_of) for one in found)
    return Part(summary=_counted(len(found), late), headings=headings, rows=cells)


def _positions(account: Account, as_of: date) -> list[Position]:
    rows = Position.objects.filter(account__path__contains=[account.pk], valid__contains=as_of)
    shown = rows.select_related("account", "person")
    return list(shown.order_by("account__path", F("person__name_key").asc(nulls_last=True))[:MOST])


def people(account: Account, reader: User, as_of: date) -> Part:
    """Who is who, with present ratings as far as the new lead may know them yet."""
    found = _positions(account, as_of)
    opinions = opinions_on([one.pk for one in found], user=reader, as_of=as_of, is_scoped=False)
    known = [opinions.get(one.pk, NO_OPINIONS) for one in found]
    hidden = sum(one.hidden for one in known)
    names = sum(one.person_id is not None for one in found)
    words = ngettext("%(n)s person is known.", "%(n)s people are known.", names) % {"n": names}
    if hidden:
        words += " " + _("Colleagues' ratings are seen after giving a first one of your own.")
    headings = [
        Heading(_("Person")), _ACCOUNT, Heading(_("Function")), Heading(_("Decision roles")),
        *(Heading(title, for_new_lead=True) for title in
          (_("Influence"), _("Support"), _("Relationship"))),
    ]  # fmt: skip
    rows = [_person(one, view) for one, view in zip(found, known, strict=True)]
    return Part(summary=words, headings=headings, rows=rows)


def _person(position: Position, view: Opinions) -> list[object]:
    values: list[tuple[int | None, Any]] = [
        (view.value(RatingKind.INFLUENCE), Influence),
        (view.value(RatingKind.SUPPORT), Support),
        (view.level, RelationshipLevel),
    ]
    ratings = [None if value is None else str(scale(value).label) for value, scale in values]
    roles = ", ".join(str(DecisionRole(role).label) for role in position.roles)
    function = position.title or position.get_function_display()
    name = position.person.name if position.person else _("Nobody of us has met them")
    return [name, position.account.name, function, roles or None, *ratings]


def notes(account: Account, reader: User, as_of: date) -> Part | None:
    """Notes for the team, of which the new lead is one."""
    rows = StakeholderNote.objects.filter(position__account__path__contains=[account.pk])
    found = list(rows.select_related("author", "position__person").order_by("-pk")[:MOST])
    if not found:
        return None
    headings = [
        Heading(_("On")), Heading(_("Note")), Heading(_("Author")),
        Heading(_("Written"), "date"),
    ]  # fmt: skip
    cells = [[str(o.position), o.text, str(o.author), o.created_at.date()] for o in found]
    words = ngettext("%(n)s note.", "%(n)s notes.", len(found)) % {"n": len(found)}
    return Part(summary=words, headings=headings, rows=cells)


def dates(account: Account, reader: User, as_of: date) -> Part:
    """Dates of their calendar that are not over."""
    rows = CustomerDate.objects.filter(account__path__contains=[account.pk])
    rows = rows.exclude(Q(ends_on__lt=as_of) | Q(ends_on__isnull=True, starts_on__lt=as_of))
    found = list(rows.select_related("account", "category").order_by("starts_on", "pk")[:MOST])
    headings = [
        Heading(_("From"), "date"), Heading(_("Until"), "date"), Heading(_("What")), _ACCOUNT,
        Heading(_("Category")),
    ]  # fmt: skip
    cells = [
        [
            one.starts_on,
            one.ends_on,
            one.title or one.get_kind_display(),
            one.account.name,
            one.category.name if one.category else None,
        ]
        for one in found
    ]
    words = _("Nothing is ahead that we know of.")
    if found:
        words = ngettext("%(n)s date ahead.", "%(n)s dates ahead.", len(found)) % {"n": len(found)}
    return Part(summary=words, headings=headings, rows=cells)


def team(account: Account, reader: User, as_of: date) -> Part:
    """Leads above, and who supports."""
    found = team_of(account, as_of=as_of)
    rows = [[_("Lead of %s") % one.account.name, str(one.user), None] for one in found.leaders]
    rows += [[row.get_function_display(), str(row.user), row.note or None] for row in found.members]
    words = _("Who works on the account before the change.")
    headings = [Heading(_("Function")), Heading(_("Colleague")), Heading(_("Note"))]
    return Part(summary=words, headings=headings, rows=rows)
