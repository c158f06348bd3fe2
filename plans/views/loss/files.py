"""Tables of a result as files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from kam.core import exports
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User
from plans.models import LossResult, LossScenario
from plans.views.loss import common, words
from plans.views.loss.detail import result_asked

type Made = tuple[list[str], list[list[Any]]]


@requires(common.VIEW)
@require_GET
def table_file(request: HttpRequest, pk: int, what: str) -> HttpResponseBase:
    """A table of the result as CSV or XLSX (`export`)."""
    user, scenario = signed_in(request), common.get_scenario(request, pk)
    result = result_asked(request, scenario)
    make = TABLES.get(what)
    if result is None or make is None:
        raise Http404
    headings, rows = make(scenario, result, user)
    return exports.export_response(
        request,
        name=f"loss-{scenario.pk}-{what}",
        kind=request.GET.get("export", "csv"),
        headings=headings,
        records=lambda: rows,
        exceeds=lambda most: len(rows) > most,
        back_url=scenario.get_absolute_url(),
    )


def _three(three: Sequence[Any] | None) -> list[Decimal | None]:
    return [None, None, None] if three is None else [Decimal(one) for one in three]


def _ends(title: str) -> list[str]:
    return [f"{title}, {end}" for end in (_("low"), _("base"), _("high"))]


def _months(scenario: LossScenario, result: LossResult, user: User) -> Made:
    heads = [_("Month"), _("Currency"), _("As usual"), _("Gone")]
    heads += [*_ends(_("Lost revenue")), *_ends(_("Lost contribution"))]
    return heads, [
        [
            date.fromisoformat(row["month"]),
            scenario.currency_id,
            Decimal(row["baseline"]),
            Decimal(row["gone"]),
            *_three(row["revenue"]),
            *_three(row["contribution"]),
        ]
        for row in result.result["months"]
    ]


def _weeks(scenario: LossScenario, result: LossResult, user: User) -> Made:
    heads = [_("Week from"), _("Currency"), _("As usual")]
    heads += [*_ends(_("In the scenario")), *_ends(_("More or less cash"))]
    return heads, [
        [
            date.fromisoformat(row["monday"]),
            scenario.currency_id,
            Decimal(row["usual"]),
            *_three(row["receipts"]),
            *_three(row["difference"]),
        ]
        for row in result.result["weeks"]
    ]


def _claims(scenario: LossScenario, result: LossResult, user: User) -> Made:
    code, found = scenario.currency_id, result.result
    heads = [
        _("What"),
        _("Currency"),
        _("Amount"),
        _("Secured"),
        *_ends(pgettext("amount", "Lost")),
    ]
    rows: list[list[Any]] = [
        [
            words.method_label(row["method"]),
            code,
            Decimal(row["open"]),
            Decimal(row["secured"]),
            *_three(row["loss"]),
        ]
        for row in found["risks"]
    ]
    for row in found["unbilled"]:
        label, amount = words.component_label(row["component"]), Decimal(row["amount"])
        rows.append([label, code, amount, None, *_three(row["loss"])])
    if found["consigned"] is not None:
        label, amount = _("Consigned stock, at cost"), Decimal(found["consigned"])
        rows.append([label, code, amount, None, *_three(found["stock"])])
    for key, label in (
        ("credits", _("Credits in their favour, not set off")),
        ("rebates", _("Rebates earned and not settled")),
    ):
        if Decimal(found.get(key, 0)):
            rows.append([label, code, Decimal(found[key]), None, *_three(None)])
    return heads, rows


def _concentration(scenario: LossScenario, result: LossResult, user: User) -> Made:
    shock = common.shock_for(scenario, result, user)
    names = common.names_for(user, shock)
    heads = [_("Rank"), _("Customer"), _("Share before"), _("Share after")]
    heads += [_("Major before"), _("Major after")]
    return heads, [
        [
            place,
            names.get(row["id"], ""),
            words.share(row["share"]),
            words.share(row["share_after"]),
            _("yes") if row["was_major"] else _("no"),
            _("yes") if row["is_major"] else _("no"),
        ]
        for place, row in enumerate((shock or {}).get("customers", []), 1)
    ]


TABLES: dict[str, Callable[[LossScenario, LossResult, User], Made]] = {
    "months": _months,
    "weeks": _weeks,
    "claims": _claims,
    "concentration": _concentration,
}
