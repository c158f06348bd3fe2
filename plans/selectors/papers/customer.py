"""What the customer may read of a plan or a review: built from a positive list alone.

Nothing is taken out here: what is not named below does not come in. A new section, a new field or
a new topic therefore stays at home until somebody names it. Named are the head without people and
state, texts of `TITLES` that are marked, and rows that carry `is_shareable`, each with the fields
that its function names. Money comes in with a marked target alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from kam.core import formats
from plans.analytics.documents import Document
from plans.analytics.papers import Block, Bullets, Heading, Paper, Section, Table
from plans.choices.joint import JointTopic, LineKind
from plans.choices.plan import SectionKind
from plans.choices.work import ActionState
from plans.models import BusinessReview, JointTeam
from plans.selectors.metrics.registry import title_of
from plans.selectors.papers import words
from plans.selectors.papers.figures import activity_days
from plans.selectors.papers.plan import issuer
from plans.selectors.papers.sections import actions_of
from plans.selectors.papers.words import Row, label

TITLES: dict[str, Any] = {
    SectionKind.AMBITION: pgettext_lazy("section of a plan", "Ambition"),
    SectionKind.OBJECTIVES: pgettext_lazy("section of a plan", "Objectives and actions"),
    SectionKind.KPIS: pgettext_lazy("section of a plan", "Targets"),
    SectionKind.LEVERS: pgettext_lazy("section of a plan", "Growth levers"),
    SectionKind.SALES: pgettext_lazy("section of a plan", "Sales plan"),
    SectionKind.MARKETING: pgettext_lazy("section of a plan", "Marketing plan"),
    SectionKind.PROGRAMME: pgettext_lazy("section of a plan", "Programme"),
}
"""Sections whose marked text goes to the customer, and what they are called there."""


def customer_plan_paper(document: Document, teams: Sequence[JointTeam]) -> Paper:
    """Return what the customer may read of a plan, from its document and its joint teams."""
    header = document["header"]
    sections = [_section(one) for one in document["sections"] if one.get("id") in TITLES]
    sections.append(Section(_("Joint teams"), _teams(teams)))
    return Paper(
        issuer=issuer(),
        title=str(header["title"]),
        subject=str(header["account"]["name"]),
        facts=[(_("Period"), words.period(header["first_day"], header["last_day"]))],
        sections=[one for one in sections if one.blocks],
    )


def _section(one: Row) -> Section:
    kind = str(one["id"])
    text = str(one.get("text") or "") if one.get("is_shareable") is True else ""
    content = one.get("content") or {}
    rows = _ROWS[kind](content) if kind in _ROWS else []
    return Section(str(TITLES[kind]), [*words.said(text), *rows])


def _marked(value: Any) -> list[Row]:
    return [one for one in words.rows(value) if one.get("is_shareable") is True]


def _objectives(content: Row) -> Iterable[Block]:
    rows = [
        [str(one["title"]), str(one.get("measure") or formats.DASH), words.day(one.get("due_on"))]
        for one in _marked(content.get("objectives"))
    ]
    if rows:
        yield Table([_("Objective"), _("How one sees it"), _("Due")], rows, 0, (9, 9, 4))
    bundles = _marked(
        [
            below
            for one in words.rows(content.get("objectives"))
            for below in words.rows(one.get("initiatives"))
        ]
    )
    lines = [[str(one["title"]), words.day(one.get("due_on"))] for one in bundles]
    if lines:
        yield Table([_("Initiative"), _("Due")], lines, 0, (16, 4))
    actions = _marked([one for _title, one in actions_of(content)])
    cells = [
        [str(one["title"]), words.day(one.get("due_on")), label(ActionState, one.get("state"))]
        for one in actions
    ]
    if cells:
        yield Table([_("Action"), _("Due"), _("State")], cells, 0, (12, 4, 4))


def _targets(content: Row) -> Iterable[Block]:
    cells = []
    for one in _marked(content.get("kpis")):
        facts = (str(one.get("kind", "")), str(one.get("unit") or ""))
        values = [words.figure(one.get(key), *facts) for key in ("target", "actual")]
        title = title_of(str(one.get("metric") or ""), str(one["title"]))
        cells.append([title, words.day(one.get("actual_on")), *values])
    if cells:
        titles = [_("Measure"), _("As of"), _("Target"), _("Actual")]
        yield Table(titles, cells, 2, (8, 4, 4, 4))


def _steps(content: Row) -> Iterable[Block]:
    cells = [
        [str(one["what"]), words.day(one.get("due_on"))] for one in _marked(content.get("steps"))
    ]
    if cells:
        yield Table([_("Range step"), _("Due")], cells, 0, (12, 4))


def _activities(content: Row) -> Iterable[Block]:
    cells = [[str(one["title"]), activity_days(one)] for one in _marked(content.get("activities"))]
    if cells:
        yield Table([_("Activity"), _("When")], cells, 0, (10, 6))


_ROWS: dict[str, Any] = {
    SectionKind.OBJECTIVES: _objectives,
    SectionKind.KPIS: _targets,
    SectionKind.SALES: _steps,
    SectionKind.MARKETING: _activities,
}


def _teams(teams: Sequence[JointTeam]) -> list[Block]:
    found: list[Block] = []
    for one in teams:
        if one.is_shareable:
            found += [
                Heading(f"{one.title} · {label(JointTopic, one.topic)}"),
                Bullets([_when(one)]),
                *words.said(one.aim),
            ]
    return found


def _when(team: JointTeam) -> str:
    if team.ends_on:
        return words.period(team.starts_on, team.ends_on)
    return _("From %(day)s") % {"day": words.day(team.starts_on)}


def customer_review_paper(review: BusinessReview) -> Paper:
    """Return what the customer may read of a business review: marked items, lines, summary."""
    sections = [
        Section(_("Summary"), words.said(review.summary if review.is_summary_shareable else "")),
        Section(pgettext("business review", "Agenda"), list(_agenda(review))),
        Section(_("Notes"), list(_lines(review))),
    ]
    facts = [(_("Day"), words.day(review.held_on)), (_("Place"), review.place)]
    return Paper(
        issuer=issuer(),
        title=review.title,
        subject=review.account.name,
        facts=[(name, value) for name, value in facts if value],
        sections=[one for one in sections if one.blocks],
    )


def _agenda(review: BusinessReview) -> Iterable[Block]:
    rows = review.agenda.filter(is_shareable=True).order_by("place", "pk")
    lines = [one.title for one in rows]
    if lines:
        yield Bullets(lines)


def _lines(review: BusinessReview) -> Iterable[Block]:
    rows = review.lines.filter(is_shareable=True).order_by("pk")
    cells = [[label(LineKind, one.kind), one.text] for one in rows]
    if cells:
        yield Table([_("Kind"), _("What was said")], cells, 0, (3, 14))
