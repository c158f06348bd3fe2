"""Risks and negotiations in blocks: what a loss would do, what is given and got."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kam.core import formats
from plans.analytics.papers import Block, Facts, Heading, Table
from plans.choices.loss import LossKind
from plans.choices.negotiation import BriefState, EntryState, Side
from plans.selectors.negotiation.ledger import STANDING
from plans.selectors.negotiation.words import added_up
from plans.selectors.papers import words
from plans.selectors.papers.words import Row, label

ENDS = ("low", "base", "high")


def risks(content: Row) -> list[Block]:
    """Each loss scenario with its ranges."""
    found: list[Block] = []
    for one in words.rows(content.get("loss_scenarios")):
        facts = [
            (_("Kind"), label(LossKind, one.get("kind"))),
            (_("From"), words.day(one.get("starts_on"))),
            (_("Ledger as of"), words.day(one.get("as_of"))),
        ]
        found += [Heading(str(one.get("title", ""))), Facts(facts)]
        rows = _ranges(one)
        if rows:
            titles = [_("What is lost"), _("Low"), _("Base"), _("High")]
            found.append(Table(titles, rows, 3, (4, 3, 3, 3)))
    return found


def _ranges(one: Row) -> list[Sequence[str]]:
    names = {
        "revenue": _("Revenue"),
        "contribution": _("Contribution"),
        "receivables": _("Receivables"),
        "deepest": _("Cash at its lowest"),
        "tied_up": _("Cash tied up"),
    }
    cells = [
        [name, *(words.amount(one.get(f"{key}_{end}")) for end in ENDS)]
        for key, name in names.items()
    ]
    return [row for row in cells if any(cell != formats.DASH for cell in row[1:])]


def negotiation(content: Row) -> list[Block]:
    """Briefs with their issues, and what is given and got."""
    found: list[Block] = []
    for one in words.rows(content.get("briefs")):
        found += _brief(one)
    entries = [
        [label(Side, one.get("side")), str(one.get("what", "")),
         str(one.get("condition") or formats.DASH), label(EntryState, one.get("state")),
         words.amount(one.get("value"))]
        for one in words.rows(content.get("entries"))
    ]  # fmt: skip
    if entries:
        titles = [_("Side"), _("What"), _("Condition"), _("State"), _("Value a year")]
        found += [Heading(_("Gives and gets")), Table(titles, entries, 1, (3, 8, 7, 3, 4))]
    return [*found, *_sums(content.get("sums") or {})]


def _brief(one: Row) -> list[Block]:
    facts = [
        (_("State"), label(BriefState, one.get("state"))),
        (_("Begins"), words.day(one.get("begins_on"))),
    ]
    said = [*words.said(str(one.get("aim") or "")), *words.said(str(one.get("outcome") or ""))]
    keys = ("target", "acceptable", "walk_away", "result")
    rows = [
        [str(issue.get("title", "")),
         *(words.figure(issue.get(key), "", str(issue.get("unit") or "")) for key in keys)]
        for issue in words.rows(one.get("issues"))
    ]  # fmt: skip
    titles = [
        pgettext("subject of talks", "Issue"),
        _("Target"),
        _("Acceptable"),
        _("Walk away at"),
        _("Result"),
    ]
    table: list[Block] = [Table(titles, rows, 4, (6, 3, 3, 3, 3))] if rows else []
    return [Heading(str(one.get("title", ""))), Facts(facts), *said, *table]


def _sums(sums: Row) -> list[Block]:
    if not sums:
        return []
    return [
        Facts([
            (_("We give a year"), words.amount(sums.get("given"))),
            (_("We get a year"), words.amount(sums.get("got"))),
            (_("Given ÷ got"), words.figure(sums.get("ratio"), "number")),
            (_("Given without a condition"), words.share(sums.get("unconditional_share"))),
        ]),
        *words.said(added_up(STANDING)),
    ]  # fmt: skip
