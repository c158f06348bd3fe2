"""What the pages of credit share: rows in scope, badges, crumbs, the bar of a limit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from kam.core import formats
from kam.core.badges import Badge, State
from kam.core.nav import Tab
from kam.core.pages import Crumbs
from kam.core.registry import may
from settlements.choices.credit import (
    ApplicationState,
    CheckReason,
    CheckResult,
    Component,
    HoldState,
    ScoreGrade,
)

# icons: shield-check shield-half clipboard-check hand-stop lock-open circle-check circle-x ban
RESULTS: dict[str, State] = {
    CheckResult.PASS: "success",
    CheckResult.WARN: "warning",
    CheckResult.BLOCK: "danger",
}
STATES: dict[str, State] = {
    ApplicationState.DRAFT: "muted",
    ApplicationState.SUBMITTED: "info",
    ApplicationState.APPROVED: "success",
    ApplicationState.REFUSED: "danger",
    ApplicationState.WITHDRAWN: "muted",
}
HOLDS: dict[str, State] = {
    HoldState.PROPOSED: "warning",
    HoldState.ACTIVE: "danger",
    HoldState.OVERRIDDEN: "info",
    HoldState.RELEASED: "muted",
}
GRADES: dict[str, State] = {"A": "success", "B": "success", "C": "warning", "D": "danger"}
NO_LIMIT = gettext_lazy("No limit is set")


def tabs(request: HttpRequest, active: str) -> list[Tab]:
    """The ways to look at credit."""
    ways = [
        ("credit-board", _("Exposure"), "credit.view"),
        ("credit-application-list", _("Applications"), "credit.view"),
        ("credit-check-new", _("Check an order"), "credit.apply"),
    ]
    return [
        Tab(title, reverse(f"settlements:{name}"), active=name == active)
        for name, title, capability in ways
        if may(request.user, capability)
    ]


def crumbs(*steps: tuple[Any, str]) -> Crumbs:
    """Breadcrumbs of pages about credit."""
    return [
        (
            pgettext("credit of customers", "Credit"),
            reverse("settlements:credit-board") if steps else "",
        ),
        *steps,
    ]


def of_account(account: Any, *steps: tuple[Any, str]) -> Crumbs:
    """Breadcrumbs of pages about one account's credit."""
    url = reverse("settlements:credit-account", args=[account.pk]) if steps else ""
    return crumbs((account.name, url), *steps)


def result_badge(result: str) -> Badge:
    """What a check answered."""
    return Badge(CheckResult(result).label, RESULTS[result])


def state_badge(application: Any) -> Badge:
    """Where an application stands."""
    return Badge(application.get_state_display(), STATES[application.state])


def hold_badge(hold: Any) -> Badge:
    """Where a hold stands."""
    return Badge(hold.get_state_display(), HOLDS[hold.state])


def grade_badge(grade: str | None) -> Badge | None:
    """The letter of a score."""
    return Badge(grade, GRADES.get(grade, "muted")) if grade else None


def grade_words(grade: str) -> str:
    """What a letter means."""
    return str(ScoreGrade(grade).label)


def reasons_in_words(reasons: Any) -> list[str]:
    """Why, in words."""
    return [str(CheckReason(one).label) for one in reasons]


def component_words(name: str) -> str:
    """A component in words."""
    return str(Component(name).label)


def limit_words(amount: Decimal | None, currency: str) -> str:
    """A limit in words: none, prepay only, or how much."""
    if amount is None:
        return str(NO_LIMIT)
    if amount == 0:
        return _("Prepay only")
    return formats.money(amount, currency)


def used_bar(share: Decimal | None, label: str = "") -> SafeString:
    """How much of a limit is used: a bar and the figure; empty without a limit."""
    if share is None:
        return SafeString("")
    full = min(max(share, Decimal(0)), Decimal(1))
    css = "is-over" if share > 1 else "is-near" if share >= Decimal("0.9") else "is-calm"
    return format_html(
        '<span class="credit-used"><progress class="credit-bar {}" max="1" value="{}"'
        ' aria-label="{}"></progress> <span class="num">{}</span></span>',
        css,
        f"{full:.3f}",
        label or _("Part of the limit that is used"),
        formats.percent(share, 0),
    )


def component_bar(parts: dict[str, Decimal]) -> SafeString:
    """One stacked bar of what adds to exposure."""
    adding = {name: amount for name, amount in parts.items() if amount > 0}
    total = sum(adding.values(), Decimal(0))
    if total <= 0:
        return SafeString("")
    rects, start = [], Decimal(0)
    for name, amount in adding.items():
        width = amount / total * 100
        place = list(Component.values).index(name)
        rects.append((f"{start:.2f}", f"{width:.2f}", f"credit-{place}"))
        start += width
    return format_html(
        '<svg class="age-bar credit-parts" viewBox="0 0 100 8" preserveAspectRatio="none"'
        ' role="img" aria-label="{}">{}</svg>',
        _("What adds to exposure"),
        format_html_join("", '<rect x="{}" width="{}" height="8" class="{}"/>', rects),
    )
