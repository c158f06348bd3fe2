"""The credit of one account: exposure, limits, score, holds, checks; and the panel of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET

from accounts.models import Account
from accounts.views.accounts import account_crumbs, get_account
from kam.core import formats, htmx
from kam.core.selectors.history import history_of_rows
from kam.core.selectors.rates import base_currency
from kam.core.stats import Stat
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User
from settlements.analytics.credit_score import FactorScore, Grade, Score, suggested_term
from settlements.choices.credit import Component, HoldState, ScoreFactor
from settlements.models import CreditLimit, LedgerItem
from settlements.selectors.credit import decided as reads
from settlements.selectors.credit.exposure import Standing, standings
from settlements.selectors.credit.scoring import explained
from settlements.services.credit.holds import NEEDS, WAYS
from settlements.views.credit import common

SHOWN = 8
PLACES = list(Component.values)
"""A component keeps its colour, whatever the settings leave out."""
_WAY_WORDS = {
    HoldState.ACTIVE: gettext_lazy("Put in force"),
    HoldState.OVERRIDDEN: gettext_lazy("Override until …"),
    HoldState.RELEASED: gettext_lazy("Release"),
}


def account_standings(account: Account, user: User, *, as_of: date) -> list[Standing]:
    """Exposure of an account against each limit of its own, else in its own currencies."""
    found = standings([account.pk], as_of=as_of)
    if found:
        return found
    code = account.currency_id or _usual_currency(account, user)
    return standings([], as_of=as_of, also=[(account.pk, code)])


def _usual_currency(account: Account, user: User) -> str:
    rows = LedgerItem.objects.visible_to(user).filter(party=account)
    codes = rows.order_by("-pk").values_list("currency", flat=True)
    return codes.first() or base_currency()


def exposure_block(standing: Standing) -> dict[str, Any]:
    """What a page shows of one limit: the assessment, its parts in words, the bar."""
    found = standing.assess()
    rows = [
        {"name": name, "title": common.component_words(name), "amount": amount,
         "place": PLACES.index(name), "known": name not in found.detail.unknown}
        for name, amount in _all_parts(standing, found.detail.parts).items()
    ]  # fmt: skip
    return {
        "standing": standing,
        "found": found,
        "currency": standing.currency,
        "limit": common.limit_words(standing.limit, standing.currency),
        "rows": rows,
        "bar": common.component_bar(dict(found.detail.parts)),
        "used": common.used_bar(found.utilisation),
        "badge": common.result_badge(found.result).__html__(),
        "reasons": common.reasons_in_words(found.reasons),
        "stats": _stats(standing, found),
    }


def _all_parts(standing: Standing, parts: Any) -> dict[str, Decimal | None]:
    left_out = standing.settings.left_out
    return {name: parts.get(name) for name in standing.amounts if name not in left_out}


def _stats(standing: Standing, found: Any) -> list[Stat]:
    code = standing.currency
    money: dict[str, Any] = {"kind": "money", "unit": code}
    lost = _("No rate for %s") % ", ".join(standing.missing_rates)
    exposure = None if standing.missing_rates else found.exposure
    return [
        Stat(name=f"exposure-{code}", title=_("Exposure"), value=exposure, unknown=lost,
             what=_("All components together, with everything below it."), **money),
        Stat(name=f"limit-{code}", title=_("Limit"), value=standing.limit,
             unknown=common.NO_LIMIT,
             reference=_("Prepay only") if standing.limit == 0 else "", **money),
        Stat(name=f"available-{code}", title=_("Available"),
             value=None if standing.missing_rates else found.available,
             what=_("The limit less exposure."), unknown=common.NO_LIMIT, **money),
        Stat(name=f"used-{code}", title=_("Used"), kind="percent", places=0,
             value=None if standing.missing_rates else found.utilisation,
             unknown=common.NO_LIMIT),
    ]  # fmt: skip


@requires("credit.view")
@require_GET
def credit_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about the credit of one account."""
    user, account, today = signed_in(request), get_account(request, pk), timezone.localdate()
    context = {
        "account": account,
        "today": today,
        "blocks": [exposure_block(one) for one in account_standings(account, user, as_of=today)],
        "limits": [_limit(one, account, today) for one in reads.limits_of(account, user)],
        "holds": [_hold(one, user) for one in reads.holds_of(account, user)],
        "collateral": list(reads.collateral_of(account, user)[:SHOWN]),
        "checks": [
            (one, common.result_badge(one.result).__html__(),
             common.reasons_in_words(one.reasons))
            for one in reads.checks_of(account, user)[:SHOWN]
        ],
        "applications": [
            (one, common.state_badge(one).__html__())
            for one in reads.applications_for(user).filter(party=account)[:SHOWN]
        ],
        "score": _score(account, user),
        "may_apply": user.can("credit.apply"),
        "may_decide": user.can("credit.decide"),
        "may_override": user.can("credit.override"),
        "crumbs": common.of_account(account),
    }  # fmt: skip
    context["has_hold"] = any(
        one["hold"].party_id == account.pk and one["hold"].state != HoldState.RELEASED
        for one in context["holds"]  # type: ignore[attr-defined]
    )
    return render(request, "settlements/credit_account.html", context)


def _limit(limit: CreditLimit, account: Account, today: date) -> dict[str, Any]:
    return {
        "limit": limit,
        "is_own": limit.party_id == account.pk,
        "in_force": limit.holds_on(today),
        "amount": common.limit_words(limit.amount, limit.currency_id),
    }


def _hold(hold: Any, user: User) -> dict[str, Any]:
    ways = [
        (to, _WAY_WORDS[HoldState(to)]) for to in WAYS[hold.state] if user.can(NEEDS[HoldState(to)])
    ]
    return {"hold": hold, "badge": common.hold_badge(hold).__html__(), "ways": ways}


def _score(account: Account, user: User) -> dict[str, Any] | None:
    history = list(reads.scores_of(account)[:12])
    if not history:
        return None
    latest = history[0]
    found = explained(latest)
    return {
        "latest": latest,
        "found": found,
        "grade": common.grade_words(latest.grade),
        "badge": common.grade_badge(latest.grade).__html__(),  # type: ignore[union-attr]
        "rows": [
            {"title": ScoreFactor(one.factor).label, "row": one, "value": _value(one),
             "advice": _advice(one)}
            for one in sorted(found.factors, key=lambda one: -one.lost)
        ],
        "missing": [ScoreFactor(one).label for one in found.missing],
        "caps": _caps(found),
        "term": _term(account, latest.grade, user),
        "spark": [one.score for one in reversed(history)],
    }  # fmt: skip


def _term(account: Account, grade: str, user: User) -> int | None:
    """The days of credit that the grade and what was granted allow."""
    granted = reads.limits_of(account, user).standing()  # type: ignore[attr-defined]
    days = granted.exclude(term_days=None).order_by("-pk").values_list("term_days", flat=True)
    found = suggested_term(
        contract_days=days.first(), legal_days=None, grade=Grade(grade), stock_turn_days=None,
        pay_run_lag_days=None,
    )  # fmt: skip
    return found.days


def _value(row: FactorScore) -> str:
    shares = {"paid_on_time", "promises_kept", "utilisation", "invalid_deductions", "stability"}
    if row.factor in shares:
        return formats.percent(row.value, 0)
    units = {"relationship": _("%s years"), "breaches": "%s", "external": "%s"}
    places = 0 if row.factor in {"breaches", "external"} else 1
    return units.get(row.factor, _("%s days")) % formats.number(row.value, places)


def _advice(row: FactorScore) -> str:
    """What would bring the points that are missing here."""
    if row.lost <= 0:
        return ""
    words = {
        "days_beyond_terms": _("Paying nearer to the due dates, open items first."),
        "paid_on_time": _("More of the value paid by its due date."),
        "trend": _("Paying in the next months as in the best ones."),
        "worst_delinquency": _("Settling the item that is late longest and largest."),
        "promises_kept": _("Keeping promises to pay."),
        "utilisation": _("Using less of the limit, or a limit that fits."),
        "breaches": _("Orders that stay within the limit."),
        "invalid_deductions": _("Fewer deductions that do not hold."),
        "relationship": _("Time: it grows by itself."),
        "stability": _("Steadier volumes from month to month."),
        "external": _("A better rating by an agency."),
    }
    return words[row.factor]


def _caps(found: Score) -> list[str]:
    words = {
        "insolvency": _("Insolvent: D whatever the points."),
        "severe_arrears": _("More than a tenth of the balance is over 90 days late: D at best."),
    }
    return [words[cap] for cap in found.caps]


@requires("credit.view")
@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """Exposure and limit on the account page."""
    user, account, today = signed_in(request), get_account(request, pk), timezone.localdate()
    latest = reads.scores_of(account).first()
    holds = reads.holds_of(account, user).standing()  # type: ignore[attr-defined]
    context = {
        "account": account,
        "title": pgettext("credit of customers", "Credit"),
        "panel_template": "settlements/panels/credit.html",
        "crumbs": account_crumbs(account, (pgettext("credit of customers", "Credit"), "")),
        "blocks": [exposure_block(one) for one in account_standings(account, user, as_of=today)],
        "latest": latest,
        "grade": common.grade_words(latest.grade) if latest else "",
        "holds": [(one, common.hold_badge(one).__html__()) for one in holds],
        "may_apply": user.can("credit.apply"),
        "today": today,
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")


@requires("credit.view")
@require_GET
def limit_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Who changed the limits of an account, and when."""
    account = get_account(request, pk)
    subject = gettext_lazy("Limit")
    hidden = ("party", "application")
    context = {
        "account": account,
        "history": history_of_rows(
            CreditLimit, subject=subject, hidden=hidden, party_id=account.pk
        ),
        "crumbs": common.of_account(account, (_("History of limits"), "")),
    }
    return render(request, "settlements/credit_history.html", context)
