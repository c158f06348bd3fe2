"""What was agreed for the shelves, and how far it is."""

from __future__ import annotations

from datetime import date
from typing import TypedDict, Unpack

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from accounts.choices import PlacementKind, PlacementStage
from accounts.models import (
    Account,
    Person,
    Placement,
    PlacementStep,
    Position,
    Product,
    ProductCategory,
)
from accounts.services import tree
from kam.core.problems import RefusedError, explained, register_constraint
from kam.identity.models import User

COUNTED = (PlacementKind.FACINGS, PlacementKind.SECOND_PLACEMENT)

register_constraint(
    "placement_step_in_order",
    _(
        "Steps follow one another: take the next one.",
    ),
    field="stage",
)
register_constraint(
    "placement_step_in_time",
    _("The step before was reached later than this day."),
    field="reached_on",
)
register_constraint(
    "placement_step_back_has_evidence", _("Say why it falls back."), field="evidence"
)


class PlacementFacts(TypedDict, total=False):
    """What is agreed."""

    product: Product | None
    category: ProductCategory | None
    kind: str
    quantity: int | None
    shelf: str
    valid_from: date
    valid_until: date | None
    agreed_by: Person | None
    note: str


@explained()
@transaction.atomic
def add_placement(*, account: Account, **facts: Unpack[PlacementFacts]) -> Placement:
    """Note what an account is to carry, show or promote; it begins as a proposal.

    Raises RefusedError for a number or shelf where none fits, a period that is empty, somebody of
    another customer, and the same thing twice in a period.
    """
    tree.refuse_merged(account)
    placement = Placement(account=account)
    _set(placement, facts)
    placement.save()
    return placement


@explained()
@transaction.atomic
def update_placement(*, placement: Placement, **facts: Unpack[PlacementFacts]) -> Placement:
    """Change what is agreed; what is not named stays, and so do the steps reached.

    What store checks have looked at keeps its product, category and kind: raises RefusedError.
    """
    locked: Placement = Placement.objects.select_for_update(no_key=True).get(pk=placement.pk)
    before = (locked.product_id, locked.category_id, locked.kind)
    _set(locked, facts)
    if before != (locked.product_id, locked.category_id, locked.kind):
        _refuse_when_checked(locked)
    locked.save()
    return locked


def _refuse_when_checked(placement: Placement) -> None:
    if placement.check_lines.exists():
        raise RefusedError(
            _("Store checks have looked for this already: end it and agree on a new one."),
            code="placement_checked",
        )


def _set(placement: Placement, facts: PlacementFacts) -> None:
    """Write what was said onto the row and judge it."""
    values = dict(facts)
    if {"valid_from", "valid_until"} & values.keys():
        old = placement.valid or DateRange(None, None)
        start = values.pop("valid_from", old.lower)
        placement.valid = _period(start, values.pop("valid_until", old.upper))  # type: ignore[arg-type]
    for name, value in values.items():
        setattr(placement, name, value)
    placement.note = " ".join(placement.note.split())
    _check_fit(placement)
    if placement.agreed_by is not None:
        _check_person(placement)


def _period(start: date | None, until: date | None) -> DateRange:
    if start is None:
        raise RefusedError(_("Say from when it is agreed."), field="valid_from")
    if until is not None and until <= start:
        raise RefusedError(
            _("It has to end after it begins."), field="valid_until", code="placement_period_begins"
        )
    return DateRange(start, until)


def _check_fit(placement: Placement) -> None:
    if (placement.product is None) == (placement.category is None):
        raise RefusedError(
            _("Choose a product or a category, not both."),
            field="product",
            code="placement_of_product_or_category",
        )
    if placement.kind not in PlacementKind.values:
        raise RefusedError(_("There is no such kind of placement."), field="kind")
    if placement.kind == PlacementKind.FACINGS and not placement.quantity:
        raise RefusedError(
            _("Say how many facings."), field="quantity", code="placement_facings_say_how_many"
        )
    if placement.quantity is not None and placement.kind not in COUNTED:
        raise RefusedError(
            _("Only facings and second placements have a number."),
            field="quantity",
            code="placement_quantity_where_it_fits",
        )
    if (placement.kind == PlacementKind.SHELF_POSITION) != bool(placement.shelf):
        raise RefusedError(
            _("A shelf position says which shelf; others have none."),
            field="shelf",
            code="placement_shelf_where_it_fits",
        )


def _check_person(placement: Placement) -> None:
    """Only somebody who stands, or stood, at this customer agreed with us."""
    group = placement.account.current_group_id
    rows = Position.objects.filter(person=placement.agreed_by, account__current_group=group)
    if not rows.exists():
        raise RefusedError(_("This person stands at another customer."), field="agreed_by")


@explained()
@transaction.atomic
def end_placement(*, placement: Placement, last_day: date) -> Placement:
    """Let it hold up to and including a day. Raises RefusedError before it begins."""
    day_after = date.fromordinal(last_day.toordinal() + 1)
    return update_placement(placement=placement, valid_until=day_after)


@explained()
@transaction.atomic
def reach_step(
    *,
    placement: Placement,
    stage: int,
    reached_on: date,
    as_of: date,
    author: User | None,
    evidence: str = "",
) -> PlacementStep:
    """Record that a placement reached the next step, or fell back to an earlier one.

    Raises RefusedError for a step that is skipped or stands already, a day in the future or
    before the former step, and a return without evidence.
    """
    locked: Placement = Placement.objects.select_for_update(no_key=True).get(pk=placement.pk)
    evidence = " ".join(evidence.split())
    _check_step(locked, stage, evidence)
    if reached_on > as_of:
        raise RefusedError(
            _("A step is recorded when it is reached, not before."), field="reached_on"
        )
    step: PlacementStep = PlacementStep.objects.create(
        placement=locked, stage=stage, reached_on=reached_on, evidence=evidence, author=author
    )
    placement.refresh_from_db(fields=["stage", "stage_on", "updated_at"])
    return step


def _check_step(placement: Placement, stage: int, evidence: str) -> None:
    if stage not in PlacementStage.values:
        raise RefusedError(_("There is no such step."), field="stage")
    if stage == placement.stage:
        raise RefusedError(
            _("It has reached this step already."), field="stage", code="placement_step_in_order"
        )
    if stage > placement.stage + 1:
        nearest = PlacementStage(placement.stage + 1).label
        words = str(_("Steps follow one another. Next is: %s.")) % nearest
        raise RefusedError(words, field="stage", code="placement_step_in_order")
    if stage < placement.stage and not evidence:
        raise RefusedError(
            _("Say why it falls back."), field="evidence", code="placement_step_back_has_evidence"
        )
