"""The demo's portraits, competitors, market facts and programmes, at the larger groups."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

from accounts.choices import PortraitHeading, RatingBasis
from accounts.demo import known_words as words
from accounts.demo.chance import Dice
from accounts.demo.known_market import load_market
from accounts.demo.known_programme import load_programmes
from accounts.models import Account, Competitor, MarketFact, PortraitStatement, ProgrammeItem
from accounts.services import portraits
from kam.core.demo import Counts, DemoPart, DemoRequest
from kam.identity.models import User

_PORTRAYED, _CONTESTED, _SERVED = 16, 20, 24


def load(request: DemoRequest) -> Counts:
    """Write what is known of the groups with most revenue; the smaller, the more gaps."""
    groups = _groups()
    _portraits(groups[:_PORTRAYED], request)
    load_market(groups[:_CONTESTED], request)
    load_programmes(groups[:_SERVED], request)
    return present()


def present() -> Counts:
    """Count rows of any origin."""
    return {
        str(model._meta.verbose_name_plural): model._default_manager.count()
        for model in (PortraitStatement, Competitor, MarketFact, ProgrammeItem)
    }


def added() -> Counts:
    """Count competitors that the demo did not bring; the rest goes with its account."""
    names = [name for name, *_rest in words.COMPETITORS]
    rows = Competitor.objects.exclude(name__in=names)
    return {str(Competitor._meta.verbose_name_plural): rows.count()}


def clear(keep_user_id: int | None) -> Counts:
    """Count the rows and leave them to the accounts' own part, which knows the order."""
    del keep_user_id
    return present()


def _groups() -> list[Account]:
    rows = Account.objects.filter(current_parent=None, current_lead__isnull=False)
    rows = rows.filter(merged_into=None).select_related("current_lead", "figure")
    return list(rows.order_by("-figure__net_12m", "pk"))


def _portraits(groups: list[Account], request: DemoRequest) -> None:
    for place, group in enumerate(groups):
        dice = Dice(request.seed, "portrait", group.name)
        _origin(group, dice, request.as_of)
        for heading, texts in words.STATEMENTS.items():
            if place and dice.happens(0.12 + 0.03 * place):
                continue
            for text in dice.order(texts)[: 2 if place < 4 else 1]:
                _say(group, heading, text, dice, request.as_of)
        if place < len(words.CONFIDENTIAL):
            _whisper(group, words.CONFIDENTIAL[place], dice, request.as_of)


def _origin(group: Account, dice: Dice, as_of: date) -> None:
    text = words.ORIGIN.get(group.country)
    if text is None:
        return
    first = _say(group, PortraitHeading.ORIGIN, text, dice, as_of)
    if first.said_on < as_of - timedelta(days=250):
        portraits.replace_statement(
            statement=first,
            author=_lead(group),
            as_of=first.said_on + timedelta(days=200),
            text=f"{text} A new generation took over last year.",
            evidence=dice.pick(words.EVIDENCE),
            is_confirmed=True,
        )


def _say(group: Account, heading: str, text: str, dice: Dice, as_of: date) -> PortraitStatement:
    is_sure = dice.happens(0.5)
    return portraits.write_statement(
        account=group,
        heading=heading,
        author=_lead(group),
        as_of=as_of - timedelta(days=dice.whole(15, 520)),
        text=text,
        evidence=dice.pick(words.EVIDENCE) if is_sure or dice.happens(0.4) else "",
        is_confirmed=is_sure,
    )


def _whisper(group: Account, text: str, dice: Dice, as_of: date) -> None:
    PortraitStatement.objects.create(
        account=group,
        heading=PortraitHeading.NEGOTIATING,
        text=text,
        said_on=as_of - timedelta(days=dice.whole(5, 90)),
        author=_lead(group),
        basis=RatingBasis.ASSUMED,
        is_confidential=True,
    )


def _lead(group: Account) -> User:
    return cast("User", group.current_lead)  # `_groups` leaves out those without one


PART = DemoPart(key="known", order=13, load=load, clear=clear, present=present, added=added)
