"""Invoice lines of the demo: what was delivered, what came back, what nobody was named for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from accounts.demo.calendar import Calendar, off_holidays, weekdays_in
from accounts.demo.catalogue import PRODUCTS
from accounts.demo.chance import Dice, exact
from accounts.demo.countries import COUNTRIES
from accounts.demo.demand import Mood, has_lapsed, mood, promotion, season, taken_back, trend
from accounts.demo.listing import Listed, euro_price, listing, local_price
from accounts.demo.rates import RateTable
from accounts.demo.records import Channel, Entry, Product, Source
from accounts.demo.tree import Outlet

_CENT = Decimal("0.01")
_MINOR_UNITS = {"VND": Decimal(1), "HUF": Decimal(1)}
_BIG_RETURNERS = {Channel.HYPERMARKET: 0.035, Channel.CONVENIENCE: 0.025, Channel.ONLINE: 0.03}
_USUAL_RETURNS = 0.012
# Standard cost of each of the demo's four years against today's.
_COST_LEVELS = {
    "DAI": ("0.920", "0.975", "0.985", "1"),
    "BER": ("0.890", "0.930", "1.015", "1"),
    "FIS": ("0.940", "1.020", "0.990", "1"),
    "OAT": ("0.960", "0.975", "0.990", "1"),
}
_USUAL_COSTS = ("0.930", "0.955", "0.980", "1")
_COST_LEVEL = {code: tuple(map(Decimal, row)) for code, row in _COST_LEVELS.items()}
_USUAL_COST = tuple(map(Decimal, _USUAL_COSTS))


@dataclass(frozen=True, slots=True)
class Till:
    """Everything the lines of one demo share."""

    seed: int
    calendar: Calendar
    rates: RateTable
    sources: Mapping[str, Source]
    months: tuple[date, ...]

    def year(self, day: date) -> int:
        return day.year - self.calendar.first.year

    def is_delivered(self, source: Source, day: date) -> bool:
        """Say whether the source has sent the day already."""
        return day <= source.data_as_of

    def cost(self, product: Product, quantity: Decimal, day: date, currency: str) -> Decimal:
        level = _COST_LEVEL.get(product.category, _USUAL_COST)[self.year(day)]
        euro = product.standard_cost * level * quantity
        return (euro / self.rates.on(currency, day)).quantize(_CENT, ROUND_HALF_UP)


@dataclass(slots=True)
class _Ledger:
    """Writes the lines of one outlet, month after month."""

    till: Till
    outlet: Outlet
    source: Source
    yearly: float
    currency: str
    lines: tuple[Listed, ...]
    weekday: int
    entries: list[Entry] = field(default_factory=list)

    def write(self) -> list[Entry]:
        for month in self.till.months:
            level = trend(self.till.calendar, self.outlet, month)
            back = taken_back(self.till.calendar, self.outlet, month)
            if level:
                self._deliver(month, level)
            elif back:
                self._take_back(month, back)
        return self.entries

    def _deliver(self, month: date, level: float) -> None:
        luck = mood(self.till.seed, self.outlet, month)
        if luck.skipped:
            return
        days = weekdays_in(month, self.weekday)
        dice = Dice(self.till.seed, "lines", self.outlet.key, month)
        factors = self._category_factors(month, level, luck)
        for line in self.lines:
            if line.product.category in factors:
                self._deliver_product(line, days, factors[line.product.category], dice)

    def _category_factors(
        self, month: date, level: float, luck: Mood
    ) -> dict[str, tuple[float, float]]:
        """Return the month's value and price factors of each category still bought."""
        till, outlet, factors = self.till, self.outlet, {}
        for code in {line.product.category: None for line in self.lines}:
            if not has_lapsed(till.calendar, outlet, code, month):
                volume, price = promotion(till.seed, outlet, code, month)
                value = level * luck.factor * season(outlet, code, month) * volume * price
                factors[code] = (value, price)
        return factors

    def _deliver_product(
        self, line: Listed, days: list[date], factor: tuple[float, float], dice: Dice
    ) -> None:
        value, discount = factor
        product, month = line.product, days[0].replace(day=1)
        full = euro_price(product, self.outlet, self.till.year(month))
        euro = full * exact(discount)
        price = self._price(euro, month.year)
        wanted = exact(self.yearly / 12 * line.share * value / line.deliveries) / euro
        stride = len(days) / line.deliveries
        for turn in range(line.deliveries):
            day = off_holidays(days[int(line.slot + turn * stride) % len(days)])
            quantity = _countable(wanted * exact(dice.about_one(0.16)), product)
            roll = (dice.between(0, 1), dice.between(0.02, 0.22), dice.whole(6, 24))
            if quantity:
                self._book(product, day, quantity, price)
                self._maybe_return(product, day, quantity, price, roll)

    def _price(self, euro: Decimal, year: int) -> Decimal:
        """Return the local price: lists are set each January, at that month's rate."""
        january = self.till.rates.on(self.currency, date(year, 1, 1))
        return local_price(euro, self.currency, january)

    def _maybe_return(
        self,
        product: Product,
        day: date,
        quantity: Decimal,
        price: Decimal,
        roll: tuple[float, float, int],
    ) -> None:
        chance, part, days = roll
        if chance < _BIG_RETURNERS.get(self.outlet.channel, _USUAL_RETURNS):
            back = _countable(quantity * exact(part), product) or Decimal(1)
            if back < quantity:
                self._book(
                    product, off_holidays(day + timedelta(days=days)), -back, price, (day, "R")
                )

    def _take_back(self, month: date, share: float) -> None:
        recent = [e for e in self.entries if e.quantity > 0 and (month - e.on).days < 125]
        products = {product.code: product for product in PRODUCTS}
        for entry in recent:
            product = products[entry.product]
            back = _countable(entry.quantity * exact(share), product)
            if back:
                price = entry.net_amount / entry.quantity
                self._book(product, month + timedelta(days=8), -back, price, (entry.on, "B"))

    def _book(
        self,
        product: Product,
        day: date,
        quantity: Decimal,
        price: Decimal,
        returned: tuple[date, str] | None = None,
    ) -> None:
        """Write one line; `returned` is the day of the delivery and how it came back."""
        if not self.till.is_delivered(self.source, day):
            return
        delivered, mark = returned or (day, "")
        key = f"{self.outlet.key}/{delivered:%Y%m%d}/{product.code}"
        self.entries.append(
            Entry(
                source=self.source.code,
                source_key=f"{key}/{mark}" if mark else key,
                account=self.outlet.key,
                on=day,
                product=product.code,
                category=product.category,
                quantity=quantity,
                unit=product.unit,
                net_amount=_money(quantity * price, self.currency),
                cost=self.till.cost(product, quantity, day, self.currency),
                currency=self.currency,
            )
        )


def _countable(quantity: Decimal, product: Product) -> Decimal:
    """Round to whole cartons, or to a tenth where the product is sold by weight."""
    step = Decimal("0.1") if product.unit == "kg" else Decimal(1)
    return quantity.quantize(step, ROUND_HALF_UP)


def _money(amount: Decimal, currency: str) -> Decimal:
    return amount.quantize(_MINOR_UNITS.get(currency, _CENT), ROUND_HALF_UP)


def outlet_entries(till: Till, outlet: Outlet) -> list[Entry]:
    """Return all lines of one outlet, oldest first within each product."""
    yearly = outlet.chain.size * 1000.0 * outlet.share
    weekday = Dice(till.seed, "weekday", outlet.key).whole(0, 4)
    return _Ledger(
        till,
        outlet,
        till.sources[outlet.country],
        yearly,
        COUNTRIES[outlet.country].currency,
        listing(till.seed, outlet, yearly),
        weekday,
    ).write()


def unassigned_entries(till: Till) -> Iterator[Entry]:
    """Yield cash sales and samples that the ERP books without a customer, cost unknown."""
    source = till.sources["FI"]
    for month in till.months:
        dice = Dice(till.seed, "unassigned", month)
        for number in range(dice.whole(4, 8)):
            product = dice.pick(PRODUCTS[:20])
            day = off_holidays(month + timedelta(days=dice.whole(0, 26)))
            quantity = _countable(exact(dice.between(20, 260)), product)
            if till.is_delivered(source, day):
                yield _unassigned(source, f"CASH/{month:%Y%m}/{number:02d}", day, product, quantity)


def _unassigned(source: Source, key: str, day: date, product: Product, quantity: Decimal) -> Entry:
    amount = _money(quantity * product.list_price * Decimal("1.05"), "EUR")
    return Entry(
        source.code,
        key,
        None,
        day,
        product.code,
        product.category,
        quantity,
        product.unit,
        amount,
        None,
        "EUR",
    )
