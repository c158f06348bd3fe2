"""What the pages of receivables share: names of bands, their colours, and ways to the rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.core.formats import Text
from kam.identity.models import User
from settlements.analytics.ageing import NO_DUE_DATE, NOT_DUE, Bands
from settlements.selectors.ageing import Basis

OPEN_WHAT = gettext_lazy("All open invoices, gross: unapplied cash and open credits not taken off.")
OVERDUE_WHAT = gettext_lazy("The part of open that is past its due date; due today is not overdue.")
UNAPPLIED_WHAT = gettext_lazy("Money received that is not yet set against an invoice.")
CREDITS_WHAT = gettext_lazy("Credit notes and other credits not yet set against an invoice.")
BASIS_WORDS = {Basis.DUE_DATE: "due", Basis.DOCUMENT_DATE: "document"}


def scope_of(user: User) -> tuple[int, ...] | None:
    """Whose accounts a figure may count: None for the whole company."""
    return None if user.sees_everything() else tuple(user.scope_user_ids())


def url_of(name: str, *args: Any, **query: Any) -> str:
    """The address of a page of receivables with what is known of the query; nothing without it."""
    try:
        path = reverse(f"settlements:{name}", args=args)
    except NoReverseMatch:
        return ""
    given = {key: value for key, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(given, doseq=True)}" if given else path


def items_url(
    *,
    as_of: date,
    account: int | None = None,
    bucket: str = "",
    basis: Basis = Basis.DUE_DATE,
    bands: Bands | None = None,
    currency: str = "",
    **more: Any,
) -> str:
    """The open items behind a figure of ageing."""
    by_document = basis is Basis.DOCUMENT_DATE
    chosen = None if bands is None or bands == Bands() else ",".join(map(str, bands.bounds))
    return url_of(
        "item-list",
        account=account,
        as_of=as_of.isoformat(),
        bucket=bucket,
        basis="document" if by_document else None,
        bands=chosen,
        currency=currency,
        **more,
    )


def band_title(name: str) -> Text:
    """A band's name as people read it."""
    if name == NOT_DUE:
        return _("Not due")
    if name == NO_DUE_DATE:
        return _("No due date")
    return _("%(band)s days") % {"band": name.replace("-", "\N{EN DASH}")}


def band_short(name: str) -> Text:
    """A band's name where the column's place says that it is days."""
    if name in {NOT_DUE, NO_DUE_DATE}:
        return band_title(name)
    return name.replace("-", "\N{EN DASH}")


def band_shade(place: int, bands: Bands) -> str:
    """The CSS class of a band: calm while not due, warmer the older, grey without a date."""
    names = bands.names
    if names[place] == NOT_DUE:
        return "age-0"
    if names[place] == NO_DUE_DATE:
        return "age-none"
    steps = len(names) - 2
    return f"age-{1 + round((place - 1) * 3 / max(steps - 1, 1))}"


def age_bar(
    buckets: Sequence[Decimal], bands: Bands, *, whole: Decimal | None = None
) -> SafeString:
    """One stacked bar without a script; `whole` is what its full length stands for."""
    total = sum(buckets, Decimal(0)) if whole is None else whole
    if total <= 0:
        return SafeString("")
    parts, start = [], Decimal(0)
    for place, amount in enumerate(buckets):
        width = amount / total * 100
        if width:
            parts.append((f"{start:.2f}", f"{width:.2f}", band_shade(place, bands)))
        start += width
    rects = format_html_join("", '<rect x="{}" width="{}" height="8" class="{}"/>', parts)
    return format_html(
        '<svg class="age-bar" viewBox="0 0 100 8" preserveAspectRatio="none" role="img"'
        ' aria-label="{}">{}</svg>',
        _("Open by age"),
        rects,
    )
