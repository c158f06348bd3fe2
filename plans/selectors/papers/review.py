"""A business review as a paper for whoever may read it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kam.core import formats
from kam.identity.models import User
from plans.analytics.papers import Block, Facts, Paper, Section, Table
from plans.models import BusinessReview
from plans.selectors.papers import words
from plans.selectors.papers.plan import internal, issuer
from plans.selectors.reviews import reads


def review_paper(review: BusinessReview, *, user: User) -> Paper:
    """Return a review with agenda, people, notes, last time and open actions, as a reader sees."""
    sections = [
        Section(_("Summary"), list(_summary(review))),
        Section(pgettext("business review", "Agenda"), list(_agenda(review))),
        Section(_("Who takes part"), list(_people(review))),
        Section(_("Notes"), list(_lines(review))),
        Section(_("Last time"), list(_before(review, user))),
        Section(_("Open actions of the plan"), list(_actions(review, user))),
    ]
    return Paper(
        issuer=issuer(),
        title=review.title,
        subject=review.account.name,
        facts=_facts(review),
        sections=[one for one in sections if one.blocks],
        foot=internal(),
    )


def _facts(review: BusinessReview) -> list[tuple[str, str]]:
    facts = [
        (_("Day"), words.day(review.held_on)),
        (_("State"), str(review.get_state_display())),
        (_("Stage"), review.stage),
        (_("Place"), review.place),
        (_("Plan"), str(review.plan or "")),
        (_("Held by"), str(review.owner)),
    ]
    return [(name, value) for name, value in facts if value]


def _summary(review: BusinessReview) -> Iterable[Block]:
    yield from words.said(review.summary)
    ratings = [(_("Our rating"), review.our_rating), (_("Their rating"), review.their_rating)]
    if found := [(name, str(value)) for name, value in ratings if value is not None]:
        yield Facts(found)


def _agenda(review: BusinessReview) -> Iterable[Block]:
    rows = [
        [one.title, formats.DASH if one.minutes is None else formats.number(one.minutes)]
        for one in reads.agenda_of(review)
    ]
    if rows:
        yield Table([_("Point"), _("Minutes")], rows, 1, (6, 1))


def _people(review: BusinessReview) -> Iterable[Block]:
    came = {True: _("was there"), False: _("was not there"), None: formats.DASH}
    rows = []
    for one in reads.people_of(review):
        position = one.position
        name = str(one.user) if position is None else str(position.person or position)
        side = _("ours") if position is None else position.title or position.account.name
        rows.append([name, str(side), str(came[one.has_attended])])
    if rows:
        yield Table([_("Name"), _("From"), _("Attendance")], rows, 0, (4, 4, 3))


def _lines(review: BusinessReview) -> Iterable[Block]:
    rows = [
        [str(one.get_kind_display()), one.item.title if one.item else formats.DASH, one.text]
        for one in reads.lines_of(review)
    ]
    if rows:
        yield Table([_("Kind"), _("Point"), _("What was said")], rows, 0, (3, 5, 11))


def _before(review: BusinessReview, user: User) -> Iterable[Block]:
    found = reads.before_it(review, user)
    if found is not None:
        yield Facts([(found.title, words.day(found.held_on))])
        yield from words.said(found.summary)


def _actions(review: BusinessReview, user: User) -> Iterable[Block]:
    rows = [
        [one.title, str(one.owner or formats.DASH), words.day(one.due_on)]
        for one in reads.open_actions(review.plan, user)
    ]
    if rows:
        yield Table([_("Action"), _("Owner"), _("Due")], rows, 0, (10, 5, 4))
