"""The demo's tiers: the default model in force for half a year, ratings, one decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from django.db import connection

from accounts.choices import RatedMeasure
from accounts.demo.chance import Dice
from accounts.models import Account, Tier, TierModel, TierOverride, TierRating
from accounts.services.tiers.drafts import draft_of, save_draft
from accounts.services.tiers.overrides import set_override
from accounts.services.tiers.presets import DEFAULT, PRESETS, ensure_default_models
from accounts.services.tiers.publishing import publish_model
from accounts.services.tiers.rescoring import rescore
from kam.core.demo import Counts, DemoPart, DemoRequest
from kam.identity.choices import Role
from kam.identity.models import User

_TABLES = (
    "accounts_tieroverride",
    "accounts_tierassignment",
    "accounts_tierrating",
    "accounts_tiercriterion",
    "accounts_tier",
    "accounts_tiermodel",
)
_DAYS_BEFORE = (180, 120, 75, 40, 15, 0)
_RATED_BY_MOST, _RATED_BY_SOME = 22, 40
_TURNS = {3: -1, 8: 1, 12: 1, 17: -1, 20: 1}
"""Groups by size with which it went much better, or worse, in the last weeks."""
_EVIDENCE = {
    RatedMeasure.STRATEGIC_FIT: (
        "Their range plan and ours name the same categories.",
        "They build up fresh food, which we do not make.",
        "Joint plan signed in the spring review.",
    ),
    RatedMeasure.PARTNERSHIP: (
        "Shares weekly sell-out figures with us.",
        "Talks about price alone, plans stay with them.",
        "Invited us to plan the season with their category team.",
    ),
    RatedMeasure.STANDING: (
        "Among the three largest of the country.",
        "Known in its region, followed by few.",
        "Others copy what they list.",
    ),
    RatedMeasure.PROXIMITY: ("Depot within a day's drive.", "Delivered by sea."),
    RatedMeasure.PRICE_SENSITIVITY: (
        "Tenders the whole category every year.",
        "Asked for quality first, price second.",
    ),
    RatedMeasure.RELATIONSHIP_STAGE: (
        "One buyer knows us, nobody else.",
        "Marketing and operations meet theirs every month.",
        "Shared forecasts and one order system.",
    ),
}


_PROGRAMME = {
    "strategic": ["integrated-delivery", "information", "one-contact", "priority-ordering"],
    "key": ["information", "one-contact"],
}


def load(request: DemoRequest) -> Counts:
    """Rate the larger groups, publish the default model and compute tiers up to the day."""
    _rate(request)
    director = User.objects.filter(roles__contains=[Role.SALES_DIRECTOR]).order_by("pk").first()
    model = TierModel.objects.filter(name=DEFAULT.name, status="draft").order_by("pk").first()
    if director is not None and model is not None:
        _promise(model)
        start = request.as_of - timedelta(days=_DAYS_BEFORE[0])
        model = publish_model(
            model=model, effective_on=start, by=director, as_of=start - timedelta(days=1)
        )
        for days in _DAYS_BEFORE:
            rescore(model=model, as_of=request.as_of - timedelta(days=days))
        _decide(model, director, request.as_of)
    return {
        str(TierRating._meta.verbose_name_plural): TierRating.objects.count(),
        str(TierOverride._meta.verbose_name_plural): TierOverride.objects.count(),
    }


def _promise(model: TierModel) -> None:
    """What the two highest tiers get of the programme."""
    draft = draft_of(model)
    tiers = [replace(one, programme_elements=_PROGRAMME.get(one.code)) for one in draft.tiers]
    save_draft(draft=replace(draft, tiers=tiers), model=model)


def present() -> Counts:
    """Count ratings of any origin."""
    return {str(TierRating._meta.verbose_name_plural): TierRating.objects.count()}


def added() -> Counts:
    """Count models that the demo did not bring; ratings go with their accounts."""
    ours = TierModel.objects.filter(name__in=[preset.name for preset in PRESETS.values()])
    return {str(TierModel._meta.verbose_name_plural): TierModel.objects.count() - ours.count()}


def clear(keep_user_id: int | None) -> Counts:
    """Empty the tables of tiers and put the drafts of a new installation back."""
    del keep_user_id
    removed = present()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(f"TRUNCATE {', '.join(_TABLES)}")
    ensure_default_models()
    return removed


def _groups() -> list[Account]:
    rows = Account.objects.filter(current_parent=None, current_lead__isnull=False)
    return list(rows.select_related("figure").order_by("-figure__net_12m", "pk"))


def _rate(request: DemoRequest) -> None:
    """The larger a group the better it is known: most ratings above, some in the middle."""
    rows = []
    for place, group in enumerate(_groups()[:_RATED_BY_SOME]):
        measures = list(RatedMeasure)
        dice = Dice(request.seed, "rates", group.name)
        if place >= _RATED_BY_MOST:
            measures = [RatedMeasure.STRATEGIC_FIT, RatedMeasure.RELATIONSHIP_STAGE]
        turn = _TURNS.get(place, 0)
        for measure in measures:
            level = 4.4 - 2.6 * place / _RATED_BY_SOME + dice.between(-1.1, 1.1) - turn
            rows.append(_rating(group, measure, level, request.as_of - _ago(dice, 200, 400), dice))
            if turn or dice.happens(0.2):
                change = 2 * turn or dice.pick((-1, 1))
                day = request.as_of - _ago(dice, 5, 80)
                rows.append(_rating(group, measure, level + change, day, dice))
    TierRating.objects.bulk_create(rows)


def _ago(dice: Dice, least: int, most: int) -> timedelta:
    return timedelta(days=dice.whole(least, most))


def _rating(
    group: Account, measure: RatedMeasure, level: float, day: date, dice: Dice
) -> TierRating:
    return TierRating(
        account=group,
        measure=measure,
        value=min(max(round(level), 1), 5),
        rated_on=day,
        evidence=dice.pick(_EVIDENCE[measure]),
        author_id=group.current_lead_id or 0,
    )


def _decide(model: TierModel, director: User, as_of: date) -> None:
    """One group is a key account before its figures say so."""
    row = (
        model.assignments.filter(tier__code="growth", valid__contains=as_of)
        .select_related("account")
        .order_by("-score", "pk")
        .first()
    )
    if row is not None:
        set_override(
            account=row.account,
            tier=Tier.objects.get(model=model, code="key"),
            reason="Opens 40 stores next year and has asked us to supply them from the first day.",
            approver=director,
            from_date=as_of,
            until=as_of + timedelta(days=180),
            as_of=as_of,
        )


PART = DemoPart(key="tiers", order=12, load=load, clear=clear, present=present, added=added)
