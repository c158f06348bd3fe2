"""Results of loss scenarios in words and figures: always a range, never one bare number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from kam.core import formats
from kam.core.badges import Badge, State
from kam.core.formats import Text
from plans.choices.loss import METHOD_LABELS, LossKind
from plans.models import LossResult, LossScenario
from plans.selectors.loss.sources import spoken
from settlements.choices.credit import Component

KIND_WORDS = {
    LossKind.DELISTING: gettext_lazy("Delisting"),
    LossKind.PARTIAL: gettext_lazy("Partial loss"),
    LossKind.INSOLVENCY: gettext_lazy("Insolvency"),
    LossKind.LONGER_TERMS: gettext_lazy("Longer terms"),
}
KIND_ICONS = {
    LossKind.DELISTING: "door-exit",
    LossKind.PARTIAL: "chart-pie",
    LossKind.INSOLVENCY: "alert-octagon",
    LossKind.LONGER_TERMS: "calendar-time",
}


def kind_badge(scenario: LossScenario) -> Badge:
    """What happens, in one or two words."""
    kind = LossKind(scenario.kind)
    state: State = "danger" if kind == LossKind.INSOLVENCY else "info"
    return Badge(KIND_WORDS[kind], state, icon=KIND_ICONS[kind])


def names_of(scenario: LossScenario, limit: int = 3) -> str:
    """Whom it loses; the rest is counted."""
    names = [row.account.name for row in scenario.account_rows.all()]
    if len(names) <= limit:
        return ", ".join(names)
    rest = len(names) - limit
    return _("%(names)s and %(rest)s more") % {"names": ", ".join(names[:limit]), "rest": rest}


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure of the result: what is assumed, and the range around it."""

    name: str
    title: Text
    base: str
    span: str
    what: Text


def read(three: Sequence[Any] | None) -> list[Decimal] | None:
    """Three decimals as they are kept in a result."""
    return None if three is None else [Decimal(one) for one in three]


def span_of(three: Sequence[Decimal], show: Any) -> str:
    """The range in words; what is certain says so."""
    if three[0] == three[2]:
        return _("the same in every case")
    return _("%(low)s to %(high)s") % {"low": show(three[0]), "high": show(three[2])}


def figure(name: str, title: Text, three: Sequence[Any] | None, show: Any, what: Text,
           unknown: str) -> Figure:  # fmt: skip
    """A figure of three values; – with the reason where it is not known."""
    found = read(three)
    if found is None:
        return Figure(name=name, title=title, base="–", span=unknown, what=what)
    return Figure(name=name, title=title, base=show(found[1]), span=span_of(found, show), what=what)


def figures(scenario: LossScenario, found: dict[str, Any]) -> list[Figure]:
    """The key figures of a result."""
    money = _money(scenario.currency_id)
    is_late = scenario.kind == LossKind.LONGER_TERMS
    first = _of_terms(found, money) if is_late else _of_business(found, money)
    if scenario.kind == LossKind.INSOLVENCY:
        first.append(
            figure(
                "claims", _("Receivables lost"), found["receivables"], money,
                _("What is open, times the probability, times the loss by method and security."),
                _("Not known"),
            )
        )  # fmt: skip
    return first + _of_cash(found, money)


def _of_terms(found: dict[str, Any], money: Callable[[Decimal], str]) -> list[Figure]:
    return [
        figure(
            "tied", _("Cash tied up"), found["tied_up"], money,
            _("A day’s revenue times the days that they pay later."), _("Not known"),
        )
    ]  # fmt: skip


def _of_business(found: dict[str, Any], money: Callable[[Decimal], str]) -> list[Figure]:
    return [
        figure(
            "revenue", _("Lost revenue"), found["revenue"], money,
            _("Over the months looked ahead, what is won back taken off."), _("Not known"),
        ),
        figure(
            "contribution", _("Lost contribution"), found["contribution"], money,
            _("Lost revenue at the contribution rate, less cost to serve that is avoided."),
            _("The contribution rate is not known"),
        ),
    ]  # fmt: skip


def _of_cash(found: dict[str, Any], money: Callable[[Decimal], str]) -> list[Figure]:
    lowest = figure(
        "cash", _("Cash at its lowest"), found["deepest"], money,
        _("Against business as usual, summed up week by week."),
        _("The contribution rate is not known"),
    )  # fmt: skip
    if found["months_covered"] is None:
        return [lowest]
    covered = figure(
        "covered", _("Months of fixed cost covered"), found["months_covered"], _plain,
        _("Cash in hand and what still comes in of the open items."), "",
    )  # fmt: skip
    return [lowest, covered]


def _plain(amount: Decimal) -> str:
    return formats.number(amount, 1)


def verdict(scenario: LossScenario, found: dict[str, Any]) -> str:
    """The finding in one sentence."""
    names, code = names_of(scenario), scenario.currency_id
    words = {"names": names, "months": scenario.horizon_months}
    if scenario.kind == LossKind.LONGER_TERMS:
        three = read(found["tied_up"]) or [Decimal(0)] * 3
        said = _("Later payments of %(names)s tie up %(amount)s in receivables (%(span)s).")
        return said % (words | _amounts(three, code))
    revenue = read(found["revenue"]) or [Decimal(0)] * 3
    first = ngettext(
        "Losing %(names)s takes %(amount)s of revenue within %(months)s month (%(span)s).",
        "Losing %(names)s takes %(amount)s of revenue within %(months)s months (%(span)s).",
        scenario.horizon_months,
    )
    return first % (words | _amounts(revenue, code))


def _amounts(three: Sequence[Decimal], code: str) -> dict[str, str]:
    show = _money(code)
    return {"amount": show(three[1]), "span": span_of(three, show)}


def _money(code: str) -> Callable[[Decimal], str]:
    return lambda amount: f"{formats.compact(amount)} {code}"


def second(shock: dict[str, Any] | None, names: dict[int, str]) -> str:
    """Who becomes major next, in one sentence."""
    if not shock:
        return ""
    major = [names.get(pk, "") for pk in shock["newly_major"]]
    if major:
        words = ngettext(
            "%(names)s becomes a major customer, at 10 percent or more, by this alone.",
            "%(names)s become major customers, at 10 percent or more, by this alone.",
            len(major),
        )
        return words % {"names": ", ".join(major[:4])}
    return _("Nobody else reaches 10 percent of revenue by it.")


def method_label(key: str) -> str:
    """A settlement method by its name."""
    return str(METHOD_LABELS.get(key, key))


def component_label(key: str) -> str:
    """Something owed outside the ledger by its name."""
    return str(Component(key).label) if key in Component.values else key


def unknown_words(found: dict[str, Any]) -> list[str]:
    """What the result leaves out since nobody tells of it, and what rests on a convention."""
    lines = []
    if found["unknown"]:
        parts = ", ".join(component_label(key) for key in found["unknown"])
        lines.append(_("Nobody reports: %(parts)s. Not in any figure.") % {"parts": parts})
    if found["contribution"] is None:
        lines.append(_("Without a contribution rate there is no lost contribution and no cash."))
    if found["is_usual_days"]:
        words = ngettext(
            "None of them paid within a year: %(days)s day to pay is assumed.",
            "None of them paid within a year: %(days)s days to pay are assumed.",
            found["days_to_pay"],
        )
        lines.append(words % {"days": found["days_to_pay"]})
    if found["months_known"] < 12:
        words = ngettext(
            "Revenue is known for %(months)s month alone; the others are taken to be like it.",
            "Revenue is known for %(months)s months alone; the others take their mean.",
            found["months_known"],
        )
        lines.append(words % {"months": found["months_known"]})
    return lines


def age_words(result: LossResult) -> str:
    """When and on which ledger it was computed."""
    return _("Computed %(moment)s on the ledger of %(day)s.") % {
        "moment": formats.datetime(result.computed_at),
        "day": formats.date(result.as_of),
    }


# Concentration


def share(value: Any) -> Decimal | None:
    """A share as it is kept."""
    return None if value is None else Decimal(value)


def shock_lines(shock: dict[str, Any] | None, names: dict[int, str]) -> list[dict[str, Any]]:
    """Concentration before and after, figure by figure."""
    if not shock:
        return []
    titles = {
        "cr1": (_("Largest customer"), formats.percent),
        "cr3": (_("Three largest"), formats.percent),
        "cr5": (_("Five largest"), formats.percent),
        "hhi": (_("HHI"), _whole),
        "effective": (_("Effective customers"), _plain),
        "at_least_10pct": (_("Customers at 10 percent or more"), _whole),
    }
    lines = []
    for name, (title, show) in titles.items():
        before, after = shock["before"][name], read(shock["after"][name])
        lines.append(
            {
                "title": title,
                "before": "–" if before is None else show(Decimal(before)),
                "after": "–" if after is None else show(after[1]),
                "span": span_of(after, show) if after else "",
            }
        )
    return lines


def _whole(value: Decimal) -> str:
    return formats.number(value, 0)


def customer_lines(shock: dict[str, Any] | None, names: dict[int, str]) -> list[dict[str, Any]]:
    """The first customers before and after, and what becomes of them."""
    return [
        {
            "rank": place,
            "name": names.get(row["id"], ""),
            "before": share(row["share"]),
            "after": share(row["share_after"]),
            "is_lost": row["share_after"] is None,
            "badge": _shown(_fate(row)),
        }
        for place, row in enumerate((shock or {}).get("customers", []), 1)
    ]


def _shown(badge: Badge | None) -> str:
    return badge.__html__() if badge else ""


def _fate(row: dict[str, Any]) -> Badge | None:
    if row["share_after"] is None:
        return Badge(pgettext("amount", "Lost"), "danger", icon="door-exit")
    if Decimal(row["lost"]) > 0:
        return Badge(_("Smaller"), "warning", icon="trending-down")
    if row["is_major"] and not row["was_major"]:
        return Badge(_("Becomes major"), "warning", icon="trending-up")
    if row["is_major"]:
        return Badge(_("Major"), "neutral")
    return Badge(_("Watch"), "info", icon="eye") if row["is_watched"] else None


# What stands beside the ledger, and what is assumed


def beside_lines(scenario: LossScenario, found: dict[str, Any]) -> list[dict[str, Any]]:
    """Unbilled amounts, stock, claw-back, credits and rebates, each with what would be lost."""
    show = _money(scenario.currency_id)
    lines = [
        (component_label(row["component"]), row["amount"], row["loss"])
        for row in found["unbilled"]
        if Decimal(row["amount"])
    ]
    if found["consigned"] is not None:
        lines.append((_("Consigned stock, at cost"), found["consigned"], found["stock"]))
    if found["clawback"] is not None:
        lines.append((_("Claw-back of receipts"), None, found["clawback"]))
    if Decimal(found["credits"]):
        lines.append((_("Credits in their favour, not set off"), found["credits"], None))
    if Decimal(found.get("rebates", 0)):
        lines.append((_("Rebates earned and not settled"), found["rebates"], None))
    return [
        {
            "title": title,
            "amount": "–" if amount is None else show(Decimal(amount)),
            "lost": "–" if loss is None else show(Decimal(loss[1])),
            "span": "" if loss is None else span_of(read(loss) or [], show),
        }
        for title, amount, loss in lines
    ]


def assumption_lines(scenario: LossScenario) -> list[tuple[str, str, str]]:
    """What is assumed, and where it came from."""
    code, sources = scenario.currency_id, scenario.inputs
    lines: list[tuple[str, str, str]] = []

    def add(name: str, title: str, value: str) -> None:
        lines.append((title, value, spoken(sources.get(name))))

    def add_range(name: str, title: str, show: Callable[[Decimal], str]) -> None:
        three = getattr(scenario, name)
        value = "–"
        if three is not None:
            is_same = three[0] == three[2]
            value = show(three[1]) if is_same else " · ".join(show(one) for one in three)
        add(name, title, value)

    is_late = scenario.kind == LossKind.LONGER_TERMS
    add("starts_on", _("Starts on"), formats.date(scenario.starts_on))
    if is_late:
        add_range("extra_days", _("Paid later by days"), _whole)
        return lines
    notice = _("none") if scenario.notice_days is None else _whole(Decimal(scenario.notice_days))
    add("notice_days", _("Notice, days"), notice)
    curve = ", ".join(formats.percent(one, 0) for one in scenario.run_off)
    add("run_off", _("Gone by month"), curve)
    add_range("lost_share", _("Of their business is lost"), _share_words)
    add_range("contribution", _("Contribution rate"), _share_words)
    add_range("avoidable", _("Cost to serve avoided a month"), _money(code))
    months = scenario.avoidable_lag
    lag = ngettext("after %(months)s month", "after %(months)s months", months)
    add("avoidable_lag", _("Avoided"), lag % {"months": months})
    add_range("recovery", _("Won back elsewhere"), _share_words)
    if scenario.kind == LossKind.INSOLVENCY:
        add_range("default_probability", _("Probability that it happens"), _share_words)
    add_range("stock_recoverable", _("Their stock sold elsewhere"), _share_words)
    if scenario.category:
        add("category", _("Only this category"), str(scenario.category))
    if scenario.region:
        add("region", _("Only this region"), scenario.region)
    return lines


def _share_words(value: Decimal) -> str:
    return formats.percent(value, 1 if value * 100 % 1 else 0)
