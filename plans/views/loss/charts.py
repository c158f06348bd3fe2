"""Charts of a result; each has its table behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kam.core import charts, formats
from kam.core.charts import Chart, Series
from plans.choices.loss import LossKind
from plans.models import LossResult, LossScenario
from plans.views.loss import words


def _ends(rows: Sequence[Any], name: str) -> list[list[Decimal | None]]:
    """Low, base and high of a named range over rows."""
    found = [words.read(row[name]) for row in rows]
    return [[three[place] if three else None for three in found] for place in range(3)]


def _range_series(title: str, ends: list[list[Decimal | None]], hue: int) -> list[Series]:
    low, base, high = ends
    if low == high:
        return [Series(name=title, values=base, hue=hue)]
    return [
        Series(name=title, values=base, hue=hue),
        Series(name=_("%(what)s, low") % {"what": title}, values=low, dashed=True, hue=hue),
        Series(name=_("%(what)s, high") % {"what": title}, values=high, dashed=True, hue=hue),
    ]


def drawn(
    scenario: LossScenario, result: LossResult, shock: dict[str, Any] | None,
    names: Mapping[int, str],
) -> dict[str, Chart]:  # fmt: skip
    """All charts of a result by name, those that have something to show."""
    found = result.result
    made: dict[str, Chart | None] = {
        "months": _months(scenario, result),
        "cash": _cash(scenario, result),
        "receipts": _receipts(scenario, result),
        "claims": _claims(scenario, result) if found["risks"] else None,
        "shock": _shock(shock, names) if shock and shock["customers"] else None,
    }
    return {name: chart for name, chart in made.items() if chart is not None}


def _months(scenario: LossScenario, result: LossResult) -> Chart | None:
    if scenario.kind == LossKind.LONGER_TERMS:
        return None
    rows = result.result["months"]
    revenue, contribution = _ends(rows, "revenue"), _ends(rows, "contribution")
    series = _range_series(_("Revenue"), revenue, 1)
    if result.result["contribution"] is not None:
        series += _range_series(_("Contribution"), contribution, 2)
    return charts.line(
        name="months",
        title=_("What is lost by month"),
        subtitle=_("The dashed lines are the cases in which all turns out well, or badly."),
        labels=[formats.month(date.fromisoformat(row["month"])) for row in rows],
        label_title=_("Month"),
        series=series,
        unit=scenario.currency_id,
        places=0,
        as_of=result.as_of,
    )


def _weeks(result: LossResult) -> list[str]:
    rows = result.result["weeks"]
    return [formats.date(date.fromisoformat(row["monday"])) for row in rows]


def _cash(scenario: LossScenario, result: LossResult) -> Chart | None:
    ends = _ends(result.result["weeks"], "difference")
    if all(one is None for one in ends[1]):
        return None
    return charts.line(
        name="cash",
        title=_("Cash against business as usual, week by week"),
        subtitle=_("Summed up: what does not come in, against what need not be spent."),
        labels=_weeks(result),
        label_title=_("Week from"),
        series=_range_series(_("Cash"), ends, 3),
        unit=scenario.currency_id,
        places=0,
        as_of=result.as_of,
    )


def _receipts(scenario: LossScenario, result: LossResult) -> Chart:
    rows = result.result["weeks"]
    usual = Series(name=_("As usual"), values=[Decimal(row["usual"]) for row in rows], hue=4)
    subtitle = ngettext(
        "Open items as these customers pay, then sales after %(days)s day.",
        "Open items as these customers pay, then sales after %(days)s days.",
        result.result["days_to_pay"],
    )
    return charts.line(
        name="receipts",
        title=_("What they pay by week"),
        subtitle=subtitle % {"days": result.result["days_to_pay"]},
        labels=_weeks(result),
        label_title=_("Week from"),
        series=[usual, *_range_series(_("In the scenario"), _ends(rows, "receipts"), 1)],
        unit=scenario.currency_id,
        places=0,
        as_of=result.as_of,
    )


def _claims(scenario: LossScenario, result: LossResult) -> Chart:
    rows = result.result["risks"]
    low, base, high = _ends(rows, "loss")
    series = [
        Series(name=_("Open"), values=[Decimal(row["open"]) for row in rows], hue=4),
        Series(name=_("Secured"), values=[Decimal(row["secured"]) for row in rows], hue=5),
    ]
    if scenario.kind == LossKind.INSOLVENCY:
        series += [
            Series(name=_("Lost, low"), values=low, hue=2),
            Series(name=_("Lost, as assumed"), values=base, hue=3),
            Series(name=_("Lost, high"), values=high, hue=1),
        ]
    return charts.bar(
        name="claims",
        title=_("Receivables by settlement method"),
        subtitle=_("By the agreement that is in force for the account of each open item."),
        labels=[words.method_label(row["method"]) for row in rows],
        label_title=_("Settlement method"),
        series=series,
        unit=scenario.currency_id,
        places=0,
        as_of=result.as_of,
    )


def _shock(shock: dict[str, Any], names: Mapping[int, str]) -> Chart:
    rows = shock["customers"][:10]
    before = [_decimal(row["share"]) for row in rows]
    after = [_decimal(row["share_after"]) for row in rows]
    return charts.bar(
        name="shock",
        title=_("Shares of revenue before and after"),
        subtitle=_("Of all net revenue of 12 months, in the case as assumed."),
        labels=[names.get(row["id"], "") for row in rows],
        label_title=_("Customer"),
        series=[
            Series(name=_("Before"), values=before, hue=4),
            Series(name=_("After"), values=after, hue=1),
        ],
        value_format="percent",
        horizontal=True,
        height="tall",
    )


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)
