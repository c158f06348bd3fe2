"""People at the demo's larger customers: who decides, what we think of them, whom we do not know.

Written after accounts and users stand. No two maps are alike: one lacks marketing, one knows
only buyers, colleagues disagree about some people, and a few ratings have grown old.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange

from accounts import models as m
from accounts.choices import RatingBasis, RatingKind
from accounts.demo import stakeholder_names as words
from accounts.demo.buyers import load_buyers
from accounts.demo.chance import Dice
from kam.core.text import search_key
from kam.identity.models import User

GROUPS = 14
SYSTEM = "demo-crm"
MAIL = "customer.example"
# What some groups lack, by their place in the order of revenue.
MISSING = {1: {"marketing"}, 3: {"operations", "marketing"}, 6: {"operations"}}


def load_stakeholders(*, as_of: date, seed: int) -> int:
    """Write people at all groups, whole maps at those with most revenue; answers how many."""
    groups = m.Account.objects.filter(
        current_parent__isnull=True, merged_into__isnull=True, current_lead__isnull=False
    )
    ranked = list(
        groups.order_by("-figure__net_12m", "pk").select_related("current_lead", "figure")
    )
    chosen, others = ranked[:GROUPS], ranked[GROUPS:]
    users = list(User.objects.filter(roles__contains=["account_manager"]).order_by("pk"))
    director = User.objects.filter(roles__contains=["sales_director"]).order_by("pk").first()
    taken: set[str] = set()
    written = 0
    for place, account in enumerate(chosen):
        dice = Dice(seed, "stakeholders", account.name)
        colleagues = [user for user in (*users, director) if user is not None]
        one = _Map(account, place, as_of, dice, colleagues, taken)
        written += one.write()
    _moved(chosen, as_of)
    return written + load_buyers(others, seed=seed, taken=taken, system=SYSTEM, mail=MAIL)


@dataclass(slots=True)
class _Map:
    """One account's people as they are written."""

    account: m.Account
    place: int
    as_of: date
    dice: Dice
    colleagues: Sequence[User]
    taken: set[str]
    positions: dict[int, m.Position] = field(default_factory=dict)
    near: set[str] = field(default_factory=set)

    def write(self) -> int:
        for number in range(len(words.ORGANISATION)):
            self._person(number)
        self._ratings()
        self._lines()
        self._deciding()
        self._notes()
        return sum(p.person_id is not None for p in self.positions.values())

    def _person(self, number: int) -> None:
        function, title, _influence, roles, boss = words.ORGANISATION[number]
        is_missing = function in MISSING.get(self.place, set())
        is_unmet = is_missing and title.startswith(("Head", "Operations"))
        if (is_missing and not is_unmet) or (number > 9 and self.dice.happens(0.35)):
            return
        person = None if is_unmet else self._make(number)
        since = None if self.dice.happens(0.5) else self._ago(400, 1400)
        self.positions[number] = m.Position.objects.create(
            account=self.account,
            person=person,
            title=title,
            function=function,
            roles=sorted(roles),
            reports_to=self.positions.get(boss) if boss is not None else None,
            valid=DateRange(since, None),
        )

    def _make(self, number: int) -> m.Person:
        country = self.account.country
        name = words.name_of(country, self.dice, self.taken, self.near)
        person = m.Person.objects.create(
            name=name,
            name_key=search_key(name),
            email=f"{self.account.pk}.{number}@{MAIL}" if number % 3 else "",
            phone=f"+{self.dice.whole(30, 99)} {self.dice.whole(1000000, 9999999)}"
            if number % 2
            else "",
            language=words.LANGUAGES.get(country, ""),
        )
        m.PersonIdentifier.objects.create(person=person, system=SYSTEM, value=f"P{person.pk}")
        return person

    def _ago(self, least: int, most: int) -> date:
        return self.as_of - timedelta(days=self.dice.whole(least, most))

    def _ratings(self) -> None:
        lead = self.account.current_lead
        rows: list[m.StakeholderRating] = []
        for number, position in self.positions.items():
            if position.person_id is None or lead is None or (number > 8 and number % 2):
                continue
            influence = words.ORGANISATION[number][2]
            support = self.dice.pick((-2, -1, 0, 0, 1, 1, 2))
            rows += self._pair(position, lead, influence, support, self._ago(10, 260))
            if self.dice.happens(0.45):
                other = self._colleague(lead)
                apart = self.dice.pick((-2, -1, 0, 1))
                moved = max(-2, min(2, support + apart))
                rows += self._pair(position, other, influence, moved, self._ago(20, 340))
            rows += self._levels(position, lead, number)
        m.StakeholderRating.objects.bulk_create(sorted(rows, key=lambda row: row.rated_on))

    def _colleague(self, lead: User) -> User:
        others = [one for one in self.colleagues if one.pk != lead.pk]
        mates = [one for one in others if one.team_id == lead.team_id or one.team_id is None]
        return self.dice.pick(mates or others)

    def _pair(
        self, position: m.Position, author: User, influence: int, support: int, on: date
    ) -> list[m.StakeholderRating]:
        is_sure = self.dice.happens(0.4)
        return [
            m.StakeholderRating(
                position=position,
                author=author,
                kind=kind,
                value=value,
                rated_on=on,
                basis=RatingBasis.CONFIRMED if is_sure else RatingBasis.ASSUMED,
                evidence=self.dice.pick(words.EVIDENCE) if is_sure else "",
            )
            for kind, value in ((RatingKind.INFLUENCE, influence), (RatingKind.SUPPORT, support))
        ]

    def _levels(self, position: m.Position, lead: User, number: int) -> list[m.StakeholderRating]:
        members = [lead]
        if self.place % 3 and number % 2 == 0:
            members.append(self._colleague(lead))
        rows = []
        for member in members:
            current = self.dice.whole(0, 3)
            values = (current, min(4, current + self.dice.whole(0, 2)))
            kinds = (RatingKind.LEVEL_CURRENT, RatingKind.LEVEL_DESIRED)
            rows += [
                m.StakeholderRating(
                    position=position,
                    author=lead,
                    kind=kind,
                    team_member=member,
                    value=value,
                    rated_on=self._ago(5, 200),
                )
                for kind, value in zip(kinds, values, strict=True)
            ]
        return rows

    def _lines(self) -> None:
        for source, target, kind, strength in (
            (10, 2, "influence", 3),
            (5, 0, "influence", 2),
            (2, 5, "conflict", 2),
        ):
            ends = self.positions.get(source), self.positions.get(target)
            if ends[0] is not None and ends[1] is not None:
                m.StakeholderLink.objects.create(
                    from_position=ends[0], to_position=ends[1], kind=kind, strength=strength
                )

    def _deciding(self) -> None:
        category = m.ProductCategory.objects.order_by("code").first()
        for number, (name, place, who) in enumerate(words.STEPS, 1):
            m.DecisionStep.objects.create(
                account=self.account,
                category=category,
                number=number,
                name=name,
                place=place,
                position=self.positions.get(who),
            )
        review = self.as_of + timedelta(days=self.dice.whole(9, 80))
        talk = self.as_of + timedelta(days=self.dice.whole(60, 160))
        for kind, start, length, remind in (
            ("range_review", review, 12, 30),
            ("negotiation", talk, None, 60),
            ("listing_window", talk + timedelta(days=45), 20, None),
        ):
            m.CustomerDate.objects.create(
                account=self.account,
                category=category if kind == "range_review" else None,
                kind=kind,
                starts_on=start,
                ends_on=start + timedelta(days=length) if length else None,
                remind_days=remind,
            )

    def _notes(self) -> None:
        position, lead = self.positions.get(1), self.account.current_lead
        if position is not None and position.person_id and lead is not None:
            m.StakeholderNote.objects.create(
                position=position, author=lead, text=self.dice.pick(words.NOTES)
            )


def _moved(groups: Sequence[m.Account], as_of: date) -> None:
    """Let somebody have changed company, and somebody else stand at two accounts."""
    pairs = [
        (one, other)
        for place, one in enumerate(groups)
        for other in groups[place + 1 :]
        if one.country == other.country
    ]
    if not pairs:
        return
    one, other = pairs[0]
    day = as_of - timedelta(days=500)
    rows = m.Position.objects.filter(account=other, person__isnull=False)
    mover = rows.filter(title="Category manager, bakery", valid__startswith__isnull=True).first()
    if mover is not None:
        m.Position.objects.create(
            account=one, person=mover.person, function="merchandising",
            title="Buyer, bakery", valid=DateRange(None, day),
        )  # fmt: skip
    shared = m.Position.objects.filter(account=one, function="quality", person__isnull=False)
    quality = shared.first()
    if quality is not None:
        m.Position.objects.create(
            account=other, person=quality.person, function="quality",
            title="Quality adviser", roles=["technical_evaluator"], valid=DateRange(day, None),
        )  # fmt: skip
