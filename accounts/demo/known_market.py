"""The demo's competitors, what was seen of them, and what is known of the markets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange

from accounts import models as m
from accounts.choices import Channel, MarketMeasure
from accounts.demo import known_words as words
from accounts.demo.chance import Dice, exact
from kam.core.demo import DemoRequest
from kam.core.text import search_key

_PRICED = {
    "OAT": (("Oat drink, 1 L", "piece", "1.35"), ("Oat drink barista, 1 L", "piece", "1.95")),
    "BAK": (("Rye crispbread, 250 g", "piece", "1.49"),),
    "DAI": (("Butter, 500 g", "piece", "4.2"), ("Cheese, 350 g", "piece", "3.4")),
    "FIS": (("Salmon, sliced, 200 g", "piece", "5.6"),),
    "BER": (("Bilberries, 400 g", "piece", "4.4"),),
    "SNK": (("Oat bar, 30 g", "piece", "0.75"),),
    "RDY": (("Lasagne, 350 g", "piece", "2.9"),),
    "PRL": (("Own label butter, 500 g", "piece", "3.7"),),
}


def load_market(groups: Sequence[m.Account], request: DemoRequest) -> None:
    """Write competitors at some groups, and market facts of every country they stand in."""
    categories = {one.code: one for one in m.ProductCategory.objects.all()}
    rivals = [_Rival.made(entry) for entry in words.COMPETITORS]
    for group in groups:
        dice = Dice(request.seed, "market", group.name)
        for rival in rivals:
            if group.country in rival.sells_in and dice.happens(0.8):
                _Visit(group, rival, request.as_of, dice, categories).write()
    for rival in rivals[::3]:
        dice = Dice(request.seed, "market move", rival.row.name)
        _move(rival, None, groups[0], dice.pick(words.MARKET_MOVE), request.as_of, dice)
    _facts(groups, categories, request)


@dataclass(frozen=True, slots=True)
class _Rival:
    """A competitor with what it sells and where."""

    row: m.Competitor
    categories: tuple[str, ...]
    sells_in: tuple[str, ...]

    @classmethod
    def made(cls, entry: tuple[str, str, tuple[str, ...], tuple[str, ...]]) -> _Rival:
        name, country, categories, sells_in = entry
        row = m.Competitor.objects.create(name=name, name_key=search_key(name), country=country)
        return cls(row, categories, sells_in)


@dataclass(frozen=True, slots=True)
class _Visit:
    """One competitor at one group."""

    group: m.Account
    rival: _Rival
    as_of: date
    dice: Dice
    categories: dict[str, m.ProductCategory]

    def write(self) -> None:
        for code in self.rival.categories:
            category = self.categories.get(code)
            if category is None or self.dice.happens(0.25):
                continue
            self._presence(category)
            if self.dice.happens(0.6):
                self._price(code, category)
        if self.dice.happens(0.45):
            said = self.dice.pick(words.MOVES)
            _move(self.rival, self.group, self.group, said, self.as_of, self.dice)

    def _presence(self, category: m.ProductCategory) -> None:
        since = self._ago(300, 1500) if self.dice.happens(0.7) else None
        until = self._ago(20, 200) if self.dice.happens(0.12) else None
        share = Decimal(self.dice.whole(5, 30)) / 100 if self.dice.happens(0.65) else None
        m.CompetitorPresence.objects.create(
            account=self.group,
            competitor=self.rival.row,
            category=category,
            valid=DateRange(since, until),
            share=share,
            share_source="" if share is None else self.dice.pick(words.SHARE_SOURCES),
            share_on=None if share is None else self._ago(10, 300),
            confidence=None if share is None else self.dice.whole(1, 5),
        )

    def _price(self, code: str, category: m.ProductCategory) -> None:
        product, unit, about = self.dice.pick(_PRICED[code])
        is_terms = self.dice.happens(0.25)
        price = (Decimal(about) * exact(self.dice.about_one(0.08))).quantize(Decimal("0.01"))
        m.CompetitorPrice.objects.create(
            competitor=self.rival.row,
            account=self.group,
            category=category,
            product=product,
            price=None if is_terms else price,
            currency_id=None if is_terms else "EUR",
            unit="" if is_terms else unit,
            terms=self.dice.pick(words.TERMS) if is_terms else "",
            seen_on=self._ago(3, 240),
            seen_where=self.dice.pick(words.SEEN_WHERE),
            author_id=self.group.current_lead_id or 0,
        )

    def _ago(self, least: int, most: int) -> date:
        return self.as_of - timedelta(days=self.dice.whole(least, most))


def _move(
    rival: _Rival,
    account: m.Account | None,
    group: m.Account,
    said: tuple[str, str],
    as_of: date,
    dice: Dice,
) -> None:
    kind, text = said
    m.CompetitorMove.objects.create(
        competitor=rival.row,
        account=account,
        kind=kind,
        text=text,
        happened_on=as_of - timedelta(days=dice.whole(5, 400)),
        source=dice.pick(("Trade press", "Seen in the stores", "Told by their buyer")),
        author_id=group.current_lead_id or 0,
    )


def _facts(
    groups: Sequence[m.Account],
    categories: dict[str, m.ProductCategory],
    request: DemoRequest,
) -> None:
    year = DateRange(date(request.as_of.year - 1, 1, 1), date(request.as_of.year, 1, 1))
    leads = {group.country: group.current_lead_id for group in reversed(groups)}
    rows = []
    for country, lead in sorted(leads.items()):
        dice = Dice(request.seed, "market facts", country)
        for code in ("OAT", "DAI", "BER", "RDY"):
            if code not in categories:
                continue
            told: tuple[tuple[str, Decimal | None, str, str], ...] = (
                (MarketMeasure.SIZE, Decimal(dice.whole(20, 900)), "million EUR", ""),
                (MarketMeasure.GROWTH, Decimal(dice.whole(-30, 110)) / 10, "percent", ""),
                (MarketMeasure.TREND, None, "", words.TRENDS[code]),
            )
            for measure, value, unit, text in told[: 3 if dice.happens(0.6) else 2]:
                rows.append(
                    m.MarketFact(
                        country=country,
                        category=categories[code],
                        channel=dice.pick(("", "", Channel.ONLINE, Channel.DISCOUNT)),
                        measure=measure,
                        value=value,
                        unit=unit,
                        text=text,
                        period=year,
                        source=dice.pick(words.MARKET_SOURCES),
                        noted_on=request.as_of - timedelta(days=dice.whole(20, 300)),
                        confidence=dice.whole(2, 5),
                        author_id=lead or 0,
                    )
                )
    m.MarketFact.objects.bulk_create(rows)
