"""The sections of a plan in blocks, drawn from the plan's document alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.choices import PortraitHeading
from kam.core import formats
from plans.analytics.papers import Block, Bullets, Chart, Facts, Heading, Series, Table, short
from plans.choices.levers import LeverKind
from plans.choices.plan import SectionKind, SwotKind
from plans.choices.work import ActionState
from plans.selectors.metrics.registry import metrics, title_of
from plans.selectors.papers import words
from plans.selectors.papers.figures import marketing, sales
from plans.selectors.papers.stakes import negotiation, risks
from plans.selectors.papers.words import Row, label

LABEL = 42
"""Units of a category's name in a chart."""


def blocks_of(kind: str, content: Row) -> Sequence[Block]:
    """Return what the system shows in a section; nothing where it shows nothing."""
    if not content:
        return []
    return _TOPICS.get(kind, words.anything)(content)


def _figures(content: Row) -> list[Block]:
    rows = [
        [_measure(one), _value(one), words.day(one.get("on"))]
        for one in words.rows(content.get("figures"))
    ]
    found: list[Block] = []
    if contact := content.get("last_contact_on"):
        found.append(Facts([(_("Last contact"), words.day(contact))]))
    if rows:
        found.append(Table([_("Measure"), _("Value"), _("As of")], rows, 2, (5, 3, 2)))
    return found


def _measure(one: Row) -> str:
    """A measure in the language in force, also where the document was frozen in another."""
    metric = metrics.get(str(one.get("id") or one.get("metric") or ""))
    return str(metric.title if metric else one.get("title", ""))


def _value(one: Row) -> str:
    metric = metrics.get(str(one.get("id", "")))
    return words.figure(one.get("value"), metric.kind if metric else "number")


def _portrait(content: Row) -> list[Block]:
    under: dict[str, list[str]] = {}
    for one in words.rows(content.get("statements")):
        under.setdefault(str(one.get("heading", "")), []).append(str(one.get("text", "")))
    found: list[Block] = []
    for heading, lines in under.items():
        found += [Heading(label(PortraitHeading, heading)), Bullets(lines)]
    return found


def _swot(content: Row) -> list[Block]:
    items = words.rows(content.get("items"))
    found: list[Block] = []
    for kind in SwotKind:
        lines = [_item(one) for one in items if one.get("kind") == kind]
        if lines:
            found += [Heading(str(kind.label)), Bullets(lines)]
    return found


def _item(one: Row) -> str:
    evidence = f" ({one['evidence']})" if one.get("evidence") else ""
    return f"{one.get('text', '')}{evidence}"


def _objectives(content: Row) -> list[Block]:
    objectives = words.rows(content.get("objectives"))
    found: list[Block] = []
    progress = content.get("progress")
    if isinstance(progress, Mapping):
        found.append(Facts([(_("Progress"), words.percent(progress.get("percent")))]))
    if objectives:
        found += [_table_of_objectives(objectives), _chart_of_objectives(objectives)]
    actions = actions_of(content)
    if actions:
        found.append(_table_of_actions(actions))
    return found


def _table_of_objectives(objectives: Sequence[Row]) -> Table:
    rows = [
        [str(one.get("title", "")), str(one.get("measure") or formats.DASH),
         words.person(one.get("owner")), words.day(one.get("due_on")),
         words.amount(one.get("gain")), words.percent(one["progress"].get("percent"))]
        for one in objectives
    ]  # fmt: skip
    titles = [_("Objective"), _("How one sees it"), _("Owner"), _("Due"), _("Gain a year"),
              _("Progress")]  # fmt: skip
    return Table(titles, rows, 2, (9, 8, 5, 5, 5, 4))


def _chart_of_objectives(objectives: Sequence[Row]) -> Chart:
    values = [words.decimal(one["progress"].get("percent")) for one in objectives]
    return Chart(
        title=_("How far the objectives are"),
        unit="%",
        categories=[short(str(one.get("title", "")), LABEL) for one in objectives],
        series=[Series(_("Progress"), values)],
        shown=[[words.percent(value)] for value in values],
        is_lying=True,
        is_told=True,
        axis=_("Objective"),
    )


def actions_of(content: Row) -> list[tuple[str, Row]]:
    """Return every action of the section with the title of its initiative."""
    found: list[tuple[str, Row]] = []
    for objective in words.rows(content.get("objectives")):
        for one in words.rows(objective.get("initiatives")):
            title = str(one.get("title", ""))
            found += [(title, action) for action in words.rows(one.get("actions"))]
    return [*found, *(("", one) for one in words.rows(content.get("actions")))]


def _table_of_actions(actions: Sequence[tuple[str, Row]]) -> Table:
    rows = [
        [str(one.get("title", "")), initiative or formats.DASH, words.person(one.get("owner")),
         words.day(one.get("due_on")), action_state(one)]
        for initiative, one in actions
    ]  # fmt: skip
    titles = [_("Action"), _("Initiative"), _("Owner"), _("Due"), _("State")]
    return Table(titles, rows, 0, (10, 7, 5, 5, 4))


def action_state(one: Row) -> str:
    """The state of an action; one that is late says so."""
    if one.get("is_overdue"):
        return _("Overdue")
    return label(ActionState, one.get("state"))


def _kpis(content: Row) -> list[Block]:
    rows = words.rows(content.get("kpis"))
    if not rows:
        return []
    shares = [words.decimal(one.get("share")) for one in rows]
    chart = Chart(
        title=_("Share of the way to each target"),
        unit="%",
        categories=[short(_measure_of_kpi(one), LABEL) for one in rows],
        series=[Series(_("Reached"), [None if one is None else one * 100 for one in shares])],
        shown=[[words.share(one, 0)] for one in shares],
        is_lying=True,
        axis=_("Target"),
    )
    return [table_of_kpis(rows), *([] if chart.is_empty else [chart])]


def table_of_kpis(rows: Sequence[Row]) -> Table:
    """Targets with baseline, actual and the day of it."""
    cells = []
    for one in rows:
        facts = (str(one.get("kind", "")), str(one.get("unit") or ""))
        values = [words.figure(one.get(key), *facts) for key in ("baseline", "target", "actual")]
        cells.append([_measure_of_kpi(one), words.day(one.get("actual_on")), *values])
    titles = [_("Measure"), _("As of"), _("Baseline"), _("Target"), _("Actual")]
    return Table(titles, cells, 3, (7, 3, 4, 4, 4))


def _measure_of_kpi(one: Row) -> str:
    title = title_of(str(one.get("metric") or ""), str(one.get("title") or ""))
    return title or str(_measure({"id": one.get("metric")}))


def _levers(content: Row) -> list[Block]:
    found: list[Block] = []
    for one in words.rows(content.get("scenarios")):
        name = str(one.get("name", ""))
        chosen = _("%(name)s (chosen)") % {"name": name} if one.get("is_chosen") else name
        found += [Heading(chosen), *words.said(str(one.get("note") or "")), Facts(_effect(one))]
        levers = words.rows(one.get("levers"))
        if levers:
            found += [_table_of_levers(levers), _chart_of_levers(levers)]
    return found


def _effect(one: Row) -> list[tuple[str, str]]:
    money = [
        (_("Their sales now"), "their_sales_before"),
        (_("Their sales then"), "their_sales_after"),
        (_("Change of their margin"), "their_margin_change"),
        (_("Change of their cost"), "their_cost_change"),
        (_("Their gain"), "their_gain"),
        (_("Change of our revenue"), "our_revenue_change"),
        (_("Our gain"), "our_gain"),
    ]
    facts = [(_("Joint change"), words.share(one.get("change"), 2))]
    return facts + [(name, words.amount(one[key])) for name, key in money if one.get(key)]


def _lever_part() -> str:
    return pgettext("part of a change, no margin", "Contribution")


def _lever(one: Row) -> str:
    kind = one.get("id")
    return label(LeverKind, kind) if kind in LeverKind.values else str(one.get("lever", ""))


def _table_of_levers(levers: Sequence[Row]) -> Table:
    rows = [
        [_lever(one), str(one.get("evidence") or formats.DASH),
         words.figure(one.get("baseline"), ""), words.figure(one.get("target"), ""),
         words.share(one.get("contribution"), 2)]
        for one in levers
    ]  # fmt: skip
    titles = [_("Lever"), _("Evidence"), _("Baseline"), _("Target"), _lever_part()]
    return Table(titles, rows, 3, (5, 8, 4, 4, 4))


def _chart_of_levers(levers: Sequence[Row]) -> Chart:
    values = [words.decimal(one.get("contribution")) for one in levers]
    return Chart(
        title=_("What each lever adds to their sales"),
        unit="%",
        categories=[_lever(one) for one in levers],
        series=[Series(_lever_part(), [None if v is None else v * 100 for v in values])],
        shown=[[words.share(one, 2)] for one in values],
        is_told=True,
        axis=_("Lever"),
    )


def _programme(content: Row) -> list[Block]:
    rows = [
        [str(one.get("element", "")), str(one.get("detail") or formats.DASH)]
        for one in words.rows(content.get("elements"))
    ]
    found: list[Block] = []
    if (score := words.decimal(content.get("exit_barrier"))) is not None:
        found.append(Facts([(_("Exit barrier"), formats.number(score, 0))]))
    if rows:
        found.append(Table([_("Element"), _("Detail")], rows, 0, (2, 3)))
    return found


_TOPICS: dict[str, Callable[[Row], list[Block]]] = {
    SectionKind.FIGURES: _figures,
    SectionKind.PORTRAIT: _portrait,
    SectionKind.SWOT: _swot,
    SectionKind.OBJECTIVES: _objectives,
    SectionKind.KPIS: _kpis,
    SectionKind.LEVERS: _levers,
    SectionKind.SALES: sales,
    SectionKind.MARKETING: marketing,
    SectionKind.PROGRAMME: _programme,
    SectionKind.RISKS: risks,
    SectionKind.NEGOTIATION: negotiation,
}
