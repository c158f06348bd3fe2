"""How an account decides by category, its own calendar, and what we require of coverage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypedDict, Unpack

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.models import (
    Account,
    CustomerDate,
    DecisionStep,
    Position,
    ProductCategory,
    RelationshipSettings,
)
from accounts.services import people_problems as problems
from accounts.services import tree
from kam.core.problems import RefusedError, explained


class StepFacts(TypedDict, total=False):
    """What is known of a step of deciding."""

    category: ProductCategory | None
    number: int
    name: str
    place: str
    position: Position | None
    note: str


class DateFacts(TypedDict, total=False):
    """What is known of a date of the customer's calendar."""

    category: ProductCategory | None
    kind: str
    title: str
    starts_on: date
    ends_on: date | None
    remind_days: int | None


@explained()
@transaction.atomic
def add_step(*, account: Account, **facts: Unpack[StepFacts]) -> DecisionStep:
    """Add a step of deciding, after the last of its category unless it has a number.

    Raises RefusedError for a number that is taken and for somebody of another customer.
    """
    tree.refuse_merged(account)
    step = DecisionStep(account=account, **facts)
    if not step.number:
        rows = DecisionStep.objects.filter(account=account, category=step.category)
        step.number = (rows.aggregate(last=Max("number"))["last"] or 0) + 1
    _check_step(step)
    step.save()
    return step


@explained()
@transaction.atomic
def update_step(*, step: DecisionStep, **facts: Unpack[StepFacts]) -> DecisionStep:
    """Change a step of deciding; what is not named stays."""
    for name, value in facts.items():
        setattr(step, name, value)
    _check_step(step)
    step.save()
    return step


def _check_step(step: DecisionStep) -> None:
    step.name = " ".join(step.name.split())
    position = step.position
    if position is None or position.account_id == step.account_id:
        return
    if position.account.current_group_id != step.account.current_group_id:
        raise problems.OtherCustomerError(
            _("This person stands at another customer."), field="position"
        )


@transaction.atomic
def remove_step(*, step: DecisionStep) -> None:
    """Take a step away; the history keeps it."""
    step.delete()


@explained()
@transaction.atomic
def add_date(*, account: Account, **facts: Unpack[DateFacts]) -> CustomerDate:
    """Note a date of the customer's calendar. Raises RefusedError for an end before the start."""
    tree.refuse_merged(account)
    entry = CustomerDate(account=account, **facts)
    _check_days(entry)
    entry.save()
    return entry


@explained()
@transaction.atomic
def update_date(*, entry: CustomerDate, **facts: Unpack[DateFacts]) -> CustomerDate:
    """Change a date of the customer's calendar; what is not named stays."""
    for name, value in facts.items():
        setattr(entry, name, value)
    _check_days(entry)
    entry.save()
    return entry


def _check_days(entry: CustomerDate) -> None:
    if entry.ends_on is not None and entry.ends_on < entry.starts_on:
        raise RefusedError(_("The last day is before the first."), field="ends_on")


@transaction.atomic
def remove_date(*, entry: CustomerDate) -> None:
    """Take a date away; the history keeps it."""
    entry.delete()


@explained()
@transaction.atomic
def change_settings(
    *,
    required_functions: Sequence[str],
    has_blind_first_rating: bool,
    half_life_days: int,
    window_days: int,
    strong_from: int,
) -> RelationshipSettings:
    """Say what coverage needs and how ratings are given, for the whole organisation."""
    values = {
        "required_functions": list(dict.fromkeys(required_functions)),
        "has_blind_first_rating": has_blind_first_rating,
        "half_life_days": half_life_days,
        "window_days": window_days,
        "strong_from": strong_from,
    }
    row, _made = RelationshipSettings.objects.update_or_create(pk=1, defaults=values)
    return row
