"""The tables of the board: customers by rank, what moved, and what stands outside the shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.analytics.retention import CustomerMovement, Movement
from accounts.choices import ConcentrationLevel
from accounts.selectors.concentration.naming import Name, NameBook
from accounts.selectors.concentration.reading import Reading
from accounts.views.concentration.links import account_url, customer_url
from kam.core.badges import Badge
from kam.core.exact import EXACT, ratio
from kam.core.formats import Text, Unknown
from kam.core.offers import Offer, offers_for
from kam.core.tables import BulkAction, Column, Empty, Table

PAGE = 12
SLOT = "concentration"
"""What apps offer to do with customers is registered in `kam.core.offers` for this slot."""
SHOWN_CHUNK = 500
NO_COMPARISON = _("The year before lacks an exchange rate.")
NO_BASE = _("No revenue in the year before.")
MOVEMENTS: dict[Movement, Badge] = {
    Movement.NEW: Badge(_("New"), "info", icon="square-plus"),
    Movement.GREW: Badge(_("Grew"), "success", icon="trending-up"),
    Movement.SAME: Badge(_("Same"), "neutral", icon="equal"),
    Movement.SHRANK: Badge(_("Shrank"), "warning", icon="trending-down"),
    Movement.LEFT: Badge(_("Left"), "danger", icon="door-exit"),
    Movement.CREDIT: Badge(_("Only credit notes"), "muted", icon="receipt-refund"),
}


class Names:
    """Names fetched for the rows that are shown, a chunk at a time."""

    def __init__(self, book: NameBook, keys: Sequence[int]) -> None:
        self._book, self._keys = book, list(keys)
        self._found: dict[int, Name] = {}

    def __call__(self, key: int) -> Name:
        if key not in self._found:
            self._fetch(key)
        return self._found[key]

    def prime(self, keys: Sequence[int]) -> None:
        """Fetch these at once."""
        if missing := [key for key in keys if key not in self._found]:
            self._found |= self._book.look_up(missing)

    def _fetch(self, key: int) -> None:
        waiting = [one for one in self._keys if one not in self._found]
        start = waiting.index(key)
        self.prime(waiting[start : start + SHOWN_CHUNK])


@dataclass(frozen=True, slots=True)
class Line:
    """A customer of the ranking; shares are None where the company's total is not shown."""

    key: int
    rank: int
    amount: Decimal
    share: Decimal | None
    cumulative: Decimal | None
    before: Decimal | None
    change: Decimal | None

    @property
    def pk(self) -> int:
        """What a row is selected by."""
        return self.key


def customer_table(request: HttpRequest, reading: Reading, names: NameBook) -> Table:
    """Customers with positive net revenue, the largest first."""
    lines = _lines(reading, _depth(request))
    book = Names(names, reading.now.keys)
    given = offers_for(SLOT, request.user)
    columns = _customer_columns(reading, book)
    table = Table(
        request,
        lines,
        [*columns[:3], *_offer_columns(given, book), *columns[3:]],
        name="concentration",
        caption=_("Customers by revenue"),
        bulk=[BulkAction(title=one.title, url=one.url, icon=one.icon) for one in given],
        row_url=lambda line: _open_url(book(line.key), line.key),
        empty=Empty(
            _("No revenue in this period"),
            _("Choose another period, or take filters out."),
            icon="chart-histogram",
        ),
        page_size=PAGE,
        push_url=False,
    )
    book.prime([line.key for line in table.page.rows])
    return table


def _offer_columns(given: Sequence[Offer], book: Names) -> list[Column]:
    """What other apps offer to do with a customer that the user may open."""
    return [_offer_column(one, book) for one in given]


def _offer_column(offer: Offer, book: Names) -> Column:
    return Column(
        name=offer.key,
        title=offer.short,
        help=offer.title,
        in_files=False,
        value=lambda line: offer.short if book(line.key).is_visible else None,
        link=lambda line: offer.url_for(line.key) if book(line.key).is_visible else "",
        unknown=_("You may not open this account."),
    )


def _open_url(name: Name, key: int) -> str:
    return account_url(key) if name.is_visible else ""


def _depth(request: HttpRequest) -> int | None:
    """How many customers a page needs one by one; all of them (None) to sort or export."""
    if request.GET.get("sort") or request.GET.get("export"):
        return None
    offset = request.GET.get("after") or request.GET.get("before") or "0"
    return PAGE + (int(offset) if offset.isascii() and offset.isdigit() and len(offset) < 9 else 0)


def _rows_url(name: Name, reading: Reading, key: int) -> str:
    """The entries behind an amount; of a group that may not be opened there is no such list."""
    return customer_url(reading.query, key) if name.is_visible else ""


def _lines(reading: Reading, depth: int | None) -> list[Line | None]:
    """Lines of the ranking; below the depth empty places keep the count."""
    is_company, known = reading.is_company, reading.before is not None
    figures = reading.ranked(depth)
    lines: list[Line | None] = [
        Line(
            key=row.key,
            rank=row.rank,
            amount=row.amount,
            share=row.share if is_company else None,
            cumulative=row.cumulative if is_company else None,
            before=(before := reading.earlier.get(row.key)),
            change=_change(row.amount, before) if known else None,
        )
        for row in figures.ranked
    ]
    return lines + [None] * (figures.customers - len(lines))


def _change(now: Decimal, before: Decimal | None) -> Decimal | None:
    """Growth as a fraction of what was there before; none where nothing was."""
    if not before or before <= 0:
        return None
    return ratio(EXACT.subtract(now, before), before)


def _customer_columns(reading: Reading, book: Names) -> list[Column]:
    query, currency = reading.query, reading.now.currency
    by_group = query.level == ConcentrationLevel.GROUP
    shares = [
        Column(name="share", title=_("Share"), kind="percent"),
        Column(name="cumulative", title=_("Cumulative"), kind="percent"),
    ]
    return [
        Column(name="rank", title=_("Rank"), kind="number", places=0, sort="rank"),
        _name_column(_("Group") if by_group else _("Account"), book),
        Column(
            name="amount",
            title=_("Net revenue"),
            kind="money",
            unit=currency,
            compact=True,
            sort="amount",
            link=lambda line: _rows_url(book(line.key), reading, line.key),
        ),
        *(shares if reading.is_company else []),
        Column(
            name="before",
            title=_("Year before"),
            kind="money",
            unit=currency,
            compact=True,
            sort="before",
            default=False,
            value=lambda line: _maybe(reading, line.before),
        ),
        Column(
            name="change",
            title=pgettext_lazy("growth", "Change"),
            kind="delta",
            sort="change",
            value=lambda line: line.change if line.change is not None else _no_change(reading),
            help=_("Against the same period a year earlier."),
        ),
        Column(
            name="lead",
            title=_("Lead"),
            value=lambda line: book(line.key).lead,
            unknown=_("Nobody leads this account today, or you may not see it."),
        ),
    ]


def _name_column(title: Text, book: Names) -> Column:
    return Column(
        name="name",
        title=title,
        value=lambda line: book(line.key).name,
        link=lambda line: _open_url(book(line.key), line.key),
    )


def _maybe(reading: Reading, before: Decimal | None) -> Any:
    return Unknown(_no_change_reason(reading)) if before is None else before


def _no_change(reading: Reading) -> Unknown:
    return Unknown(_no_change_reason(reading))


def _no_change_reason(reading: Reading) -> Text:
    return NO_BASE if reading.before is not None else NO_COMPARISON


def movement_table(
    request: HttpRequest, reading: Reading, names: NameBook, movement: str
) -> Table | None:
    """Every customer of either year, the largest loss first; None without a comparison."""
    if reading.retention is None:
        return None
    rows = [one for one in reading.retention.rows if not movement or one.movement == movement]
    book = Names(names, [row.key for row in rows])
    table = Table(
        request,
        [Moved(row) for row in rows],
        _movement_columns(reading, book),
        name="movement",
        caption=_("What moved"),
        prefix="m-",
        row_url=lambda row: _open_url(book(row.key), row.key),
        default_sort="difference",
        empty=Empty(_("No customer of this kind"), icon="arrows-diff"),
        page_size=PAGE,
        push_url=False,
    )
    book.prime([row.key for row in table.page.rows])
    return table


@dataclass(frozen=True, slots=True)
class Moved:
    """A customer's two years, as the table sorts them."""

    row: CustomerMovement[int]

    @property
    def key(self) -> int:
        """The customer."""
        return self.row.key

    @property
    def pk(self) -> int:
        """What a row is selected by."""
        return self.row.key

    @property
    def change(self) -> Decimal | None:
        """Growth as a fraction."""
        return _change(self.row.current, self.row.previous)


def _movement_columns(reading: Reading, book: Names) -> list[Column]:
    money: Callable[..., Column] = lambda name, title, value, **more: Column(  # noqa: E731 - four columns of one dress
        name=name,
        title=title,
        kind="money",
        unit=reading.now.currency,
        compact=True,
        sort=name,
        value=value,
        **more,
    )
    by_group = reading.query.level == ConcentrationLevel.GROUP
    return [
        _name_column(_("Group") if by_group else _("Account"), book),
        Column(name="movement", title=_("Movement"), kind="badge", value=_movement_badge),
        money("before", _("Year before"), lambda one: one.row.previous),
        money(
            "now",
            _("This period"),
            lambda one: one.row.current,
            link=lambda one: _rows_url(book(one.key), reading, one.key),
        ),
        money("difference", _("Difference"), lambda one: one.row.change),
        Column(
            name="change",
            title=pgettext_lazy("growth", "Change"),
            kind="delta",
            sort="change",
            unknown=NO_BASE,
        ),
    ]


def _movement_badge(one: Moved) -> Badge:
    return MOVEMENTS[one.row.movement]


def left_out_table(request: HttpRequest, reading: Reading, names: NameBook) -> Table:
    """Customers at zero or below: in no share, listed so that everything adds up."""
    rows = [Outside(key, amount) for key, amount in reading.figures.left_out_rows]
    book = Names(names, [row.key for row in rows])
    table = Table(
        request,
        rows,
        [
            _name_column(_("Customer"), book),
            Column(
                name="amount",
                title=_("Net revenue"),
                kind="money",
                unit=reading.now.currency,
                sort="amount",
                link=lambda row: _rows_url(book(row.key), reading, row.key),
            ),
        ],
        name="left-out",
        caption=_("Customers left out of the shares"),
        prefix="l-",
        page_size=PAGE,
        push_url=False,
    )
    book.prime([row.key for row in table.page.rows])
    return table


@dataclass(frozen=True, slots=True)
class Outside:
    """A customer with no positive net revenue."""

    key: int
    amount: Decimal

    @property
    def pk(self) -> int:
        """What a row is selected by."""
        return self.key
