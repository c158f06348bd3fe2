"""Receivables on the account page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import Account
from accounts.views.accounts import account_crumbs, get_account
from kam.core import formats, htmx
from kam.core.stats import Stat
from kam.identity.decorators import requires, signed_in
from settlements.analytics.ageing import Bands
from settlements.selectors.ageing import AgeingRow
from settlements.selectors.standing import overdue_since, share, standing
from settlements.views.board_parts import (
    CREDITS_WHAT,
    OPEN_WHAT,
    OVERDUE_WHAT,
    UNAPPLIED_WHAT,
    age_bar,
    band_shade,
    band_title,
    items_url,
    url_of,
)


@requires("receivables.view")
@require_GET
def receivables(request: HttpRequest, pk: int) -> HttpResponse:
    """What the account and everything below it owes today, by age, and what is done about it."""
    user = signed_in(request)
    account = get_account(request, pk)
    today = timezone.localdate()
    found = standing(account, user, as_of=today)
    blocks = [_Block.of(row, account, today) for row in found.rows]
    context = {
        "account": account,
        "title": _("Receivables"),
        "panel_template": "settlements/panel.html",
        "crumbs": account_crumbs(account, (_("Receivables"), "")),
        "standing": found,
        "blocks": blocks,
        "late": [block for block in blocks if block.since],
        "may_import": user.can("imports.run"),
        "links": _links(account),
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")


@dataclass(frozen=True)
class _Block:
    """One currency of the panel."""

    row: AgeingRow
    stats: list[Stat]
    bar: Any
    bands: list[dict[str, Any]]
    since: date | None
    days: int

    @classmethod
    def of(cls, row: AgeingRow, account: Account, today: date) -> _Block:
        """Dress a row."""
        since = overdue_since(row)
        return cls(
            row=row,
            stats=_stats(row, account, today),
            bar=age_bar(row.buckets, Bands()),
            bands=_bands(row, account, today),
            since=since,
            days=0 if row.oldest_due_on is None else (today - row.oldest_due_on).days,
        )


def _bands(row: AgeingRow, account: Account, today: date) -> list[dict[str, Any]]:
    bands = Bands()
    return [
        {
            "title": band_title(name),
            "shade": band_shade(place, bands),
            "amount": amount,
            "url": items_url(as_of=today, account=account.pk, bucket=name, currency=row.currency),
        }
        for place, (name, amount) in enumerate(zip(bands.names, row.buckets, strict=True))
    ]


def _stats(row: AgeingRow, account: Account, today: date) -> list[Stat]:
    part = share(row.overdue, row.open)
    late = "" if part is None else _("%(share)s of open") % {"share": formats.percent(part)}
    rows: dict[str, Any] = {"as_of": today, "account": account.pk, "currency": row.currency}
    shared: dict[str, Any] = {"kind": "money", "unit": row.currency, "as_of": today}
    code = row.currency.lower()
    return [
        Stat(
            name=f"open-{code}", title=_("Open"), value=row.open, what=OPEN_WHAT,
            url=items_url(**rows), **shared,
        ),
        Stat(
            name=f"overdue-{code}", title=_("Overdue"), value=row.overdue, what=OVERDUE_WHAT,
            reference=late, url=items_url(**rows, bucket="overdue"), **shared,
        ),
        Stat(
            name=f"unapplied-{code}", title=_("Unapplied cash"), value=row.unapplied,
            what=UNAPPLIED_WHAT, url=url_of("unapplied-list", account=account.pk), **shared,
        ),
        Stat(
            name=f"credits-{code}", title=_("Open credits"), value=row.open_credits,
            what=CREDITS_WHAT, **shared,
        ),
    ]  # fmt: skip


def _links(account: Account) -> list[dict[str, str]]:
    pages = [
        (_("Statement"), url_of("statement", account.pk), "file-text"),
        (_("Items"), url_of("item-list", account=account.pk), "file-invoice"),
        (_("Ageing"), url_of("ageing", account=account.pk, level="account"), "chart-bar"),
        (_("Worklist"), url_of("work-list", account=account.pk), "checklist"),
    ]
    return [{"title": title, "url": url, "icon": icon} for title, url, icon in pages if url]
