"""What a section of a plan says in one sentence, from the plan's document alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kam.core import formats
from plans.analytics.kpis import Standing
from plans.choices.plan import SectionKind
from plans.selectors.papers import words
from plans.selectors.papers.words import Row

_GOOD = (Standing.REACHED, Standing.ON_TRACK)
_JUDGED = (*_GOOD, Standing.CLOSE, Standing.BEHIND)


def takeaway(kind: str, content: Row) -> str:
    """Return it in the language in force; nothing where the section has no figures."""
    return _SAID[kind](content) if content and kind in _SAID else ""


def _objectives(content: Row) -> str:
    count = len(words.rows(content.get("objectives")))
    if not count:
        return ""
    said = [ngettext("%(n)s objective", "%(n)s objectives", count) % {"n": formats.number(count)}]
    progress = content.get("progress")
    if isinstance(progress, Mapping):
        if progress.get("percent") is not None:
            said.append(_("progress %(share)s") % {"share": words.percent(progress["percent"])})
        if late := int(progress.get("overdue") or 0):
            late_words = ngettext("%(n)s action overdue", "%(n)s actions overdue", late)
            said.append(late_words % {"n": formats.number(late)})
    return ", ".join(said)


def _kpis(content: Row) -> str:
    known = [one for one in words.rows(content.get("kpis")) if one.get("standing") in _JUDGED]
    good = sum(one["standing"] in _GOOD for one in known)
    if not known:
        return ""
    said = ngettext(
        "%(good)s of %(n)s target is on track", "%(good)s of %(n)s targets are on track", len(known)
    )
    return said % {"good": formats.number(good), "n": formats.number(len(known))}


def _sales(content: Row) -> str:
    total, to_date = content.get("total") or {}, content.get("to_date") or {}
    if total.get("plan") is None:
        return ""
    said = _("%(plan)s planned") % {"plan": words.amount(total["plan"])}
    if to_date.get("actual") is None:
        return said
    done = _("%(actual)s so far") % {"actual": words.amount(to_date["actual"])}
    variance = words.decimal(to_date.get("variance"))
    if variance is None:
        return f"{said}, {done}"
    shown = formats.signed(words.amount(to_date["variance"]), variance)
    return f"{said}, {done}, " + _("%(variance)s against plan") % {"variance": shown}


def _levers(content: Row) -> str:
    scenarios = words.rows(content.get("scenarios"))
    one = next((one for one in scenarios if one.get("is_chosen")), None)
    if one is None or one.get("change") is None:
        return ""
    said = _("Their sales change by %(share)s") % {"share": words.share(one["change"])}
    if one.get("our_gain"):
        said += ", " + _("our gain is %(amount)s") % {"amount": words.amount(one["our_gain"])}
    return said


def _marketing(content: Row) -> str:
    planned = (content.get("ours") or {}).get("plan")
    if planned is None:  # our part alone: the budget is ours
        return ""
    amount = words.amount(planned)
    if not content.get("budget"):
        return _("%(plan)s planned") % {"plan": amount}
    said = _("%(plan)s planned of a budget of %(budget)s")
    return said % {"plan": amount, "budget": words.amount(content["budget"])}


def _risks(content: Row) -> str:
    for one in words.rows(content.get("loss_scenarios")):
        if one.get("revenue_base"):
            said = _("%(what)s: %(amount)s of revenue is lost")
            return said % {"what": one.get("title"), "amount": words.amount(one["revenue_base"])}
    return ""


def _negotiation(content: Row) -> str:
    sums = content.get("sums") or {}
    if not sums:
        return ""
    facts = {key: words.amount(sums.get(key)) for key in ("given", "got")}
    return _("We give %(given)s a year and get %(got)s") % facts


_SAID: dict[str, Callable[[Row], str]] = {
    SectionKind.OBJECTIVES: _objectives,
    SectionKind.KPIS: _kpis,
    SectionKind.SALES: _sales,
    SectionKind.LEVERS: _levers,
    SectionKind.MARKETING: _marketing,
    SectionKind.RISKS: _risks,
    SectionKind.NEGOTIATION: _negotiation,
}
