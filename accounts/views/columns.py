"""Columns that several lists of accounts share, and the words for an account's states."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import AccountKind, AccountStatus
from accounts.models import Account
from accounts.selectors.accounts import Windows, change
from accounts.views.tiers.words import listed_badge
from kam.core import formats
from kam.core.badges import Badge, State
from kam.core.countries import country_name
from kam.core.dates import Period
from kam.core.formats import Text, Unknown
from kam.core.tables import Column

STATES: dict[str, State] = {
    AccountStatus.PROSPECT: "info",
    AccountStatus.ACTIVE: "success",
    AccountStatus.DORMANT: "warning",
    AccountStatus.CLOSED: "muted",
    AccountStatus.MERGED: "muted",
}


KINDS: dict[str, Text] = {
    AccountKind.GROUP: gettext_lazy("Group"),
    AccountKind.BANNER: gettext_lazy("Banner"),
    AccountKind.LEGAL_ENTITY: gettext_lazy("Legal entity"),
    AccountKind.STORE: gettext_lazy("Store"),
    AccountKind.DISTRIBUTION_CENTRE: gettext_lazy("Depot"),
}


def account_url(account: Account) -> str:
    """An account's page."""
    return reverse("accounts:account-detail", args=[account.pk])


def status_badge(account: Account) -> Badge:
    """The account's status with its sign."""
    return Badge(AccountStatus(account.status).label, STATES[account.status])


def kind(account: Account) -> Text:
    """The kind in as few words as a column wants."""
    return KINDS[account.kind]


def country(account: Account) -> str:
    """The country's name in the user's language, or nothing."""
    return country_name(account.country) if account.country else ""


def change_or_why(account: Account) -> Any:
    """The change against the year before, or why there is no saying."""
    found = change(account.figure)
    if found is not None:
        return found
    if account.figure.net_12m == 0:
        return Unknown(_("No revenue in either year"))
    return Unknown(_("No revenue the year before"))


def months_in_words(period: Period) -> str:
    """A period of whole months: Nov 2025 – Oct 2026."""
    return f"{formats.month(period.start)} – {formats.month(period.last_day)}"


@dataclass(frozen=True)
class Named:
    """An account's name with its place under it; a file gets the name alone."""

    account: Any

    def __str__(self) -> str:
        return str(self.account.name)

    def __html__(self) -> SafeString:
        name = format_html('<span class="cell-name" title="{0}">{0}</span>', self.account.name)
        if not self.account.above:
            return name
        return format_html('{}<span class="cell-sub">{}</span>', name, self.account.above)


def account_columns(currency: str, span: Windows, *, of_all: bool) -> list[Column]:
    """The columns of a list of accounts; amounts in the base currency.

    `of_all`: the list may hold all accounts, so that only an index can sort it. The accounts of
    a scope are few; walking through the index of all to find them would take longer.
    """
    sort: Callable[[str], Any] = str if of_all else _unindexed
    return [
        Column(
            name="name",
            title=gettext_lazy("Account"),
            value=Named,
            sort=sort("name_key"),
            nullable=False,
        ),
        *_figure_columns(currency, span, sort),
        *_fact_columns(sort),
        *_more_figure_columns(currency, sort),
    ]


def _fact_columns(sort: Callable[[str], Any]) -> list[Column]:
    return [
        Column(name="kind", title=gettext_lazy("Kind"), value=kind),
        Column(
            name="country",
            title=gettext_lazy("Country"),
            value=country,
            sort=sort("country"),
            nullable=False,
            unknown=gettext_lazy("No country given"),
        ),
        Column(
            name="region",
            title=gettext_lazy("Region"),
            default=False,
            unknown=gettext_lazy("No region given"),
        ),
        Column(
            name="channel",
            title=gettext_lazy("Sales channel"),
            value="get_channel_display",
            unknown=gettext_lazy("No sales channel given"),
        ),
        Column(
            name="tier",
            title=gettext_lazy("Tier"),
            kind="badge",
            value=lambda account: listed_badge(account.held_tier),
            unknown=gettext_lazy("No tier yet"),
        ),
        Column(name="status", title=gettext_lazy("Status"), kind="badge", value=status_badge),
        Column(
            name="lead",
            title=gettext_lazy("Lead"),
            value="current_lead.full_name",
            unknown=gettext_lazy("Nobody leads this account"),
        ),
        Column(
            name="above",
            title=gettext_lazy("Belongs to"),
            default=False,
            unknown=gettext_lazy("Top of its tree"),
        ),
    ]


def _unindexed(path: str) -> Coalesce:
    """The same order, said so that no index serves it: the rows are found by their scope first."""
    return Coalesce(F(path), F(path))


def _figure_columns(currency: str, span: Windows, sort: Callable[[str], Any]) -> list[Column]:
    return [
        Column(
            name="net",
            title=gettext_lazy("Net, 12 months"),
            kind="money",
            unit=currency,
            value="figure.net_12m",
            sort=sort("figure__net_12m"),
            nullable=False,
            places=0,
            help=_("Net revenue with everything below, %s") % months_in_words(span.latest),
        ),
        Column(
            name="change",
            title=gettext_lazy("Change"),
            kind="delta",
            value=change_or_why,
            help=_("Against %s") % months_in_words(span.before),
        ),
    ]


def _more_figure_columns(currency: str, sort: Callable[[str], Any]) -> list[Column]:
    return [
        Column(
            name="before",
            title=gettext_lazy("Net, year before"),
            kind="money",
            unit=currency,
            value="figure.net_previous_12m",
            sort=sort("figure__net_previous_12m"),
            nullable=False,
            places=0,
            default=False,
        ),
        Column(
            name="last_entry",
            title=gettext_lazy("Last revenue"),
            kind="date",
            value="figure.last_entry_on",
            sort="figure__last_entry_on",
            default=False,
            unknown=gettext_lazy("No revenue yet"),
        ),
        Column(
            name="as_of",
            title=gettext_lazy("Figures as of"),
            kind="date",
            value="figure.as_of",
            default=False,
        ),
    ]
