"""What accounts get from us: the catalogue, and each account's own items."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.choices import RatingBasis
from accounts.models import Account, ProgrammeElement, ProgrammeItem
from accounts.models.programme import SWITCHING_SCALE
from accounts.services.tree import checked_period, refuse_merged
from kam.core.models import Currency
from kam.core.problems import RefusedError, explained

# What a new installation begins with; the first ones are price alone.
DEFAULTS: tuple[tuple[str, str, bool], ...] = (
    ("volume-discount", gettext_noop("Volume discount"), True),
    ("rebate", gettext_noop("Rebate"), True),
    ("priority-ordering", gettext_noop("Priority ordering"), False),
    ("dedicated-ordering", gettext_noop("Dedicated access to ordering"), False),
    ("private-label", gettext_noop("Private label or customised product"), False),
    ("own-units", gettext_noop("Own units of sale"), False),
    ("guarantees", gettext_noop("Guarantees"), False),
    ("maintenance", gettext_noop("Maintenance and repair"), False),
    ("information", gettext_noop("Information and reports"), False),
    ("service", gettext_noop("Service"), False),
    ("one-contact", gettext_noop("One administrative contact"), False),
    ("integrated-delivery", gettext_noop("Integrated delivery"), False),
    ("fulfilment", gettext_noop("Fulfilment"), False),
    ("reorder-points", gettext_noop("Re-order points"), False),
    ("stock-invoicing", gettext_noop("Stock and invoicing"), False),
    ("joint-teams", gettext_noop("Joint teams"), False),
    ("service-levels", gettext_noop("Service levels"), False),
)


def ensure_default_elements() -> None:
    """Put the elements of a new installation into an empty catalogue."""
    if ProgrammeElement.objects.exists():
        return
    ProgrammeElement.objects.bulk_create(
        ProgrammeElement(code=code, name=name, is_price=is_price, place=10 * place)
        for place, (code, name, is_price) in enumerate(DEFAULTS, 1)
    )


class ElementFacts(TypedDict, total=False):
    """What an element of the catalogue says of itself."""

    name: str
    what: str
    is_price: bool
    is_active: bool
    place: int


@explained()
@transaction.atomic
def save_element(
    *, element: ProgrammeElement | None = None, **facts: Unpack[ElementFacts]
) -> ProgrammeElement:
    """Add an element to the catalogue or change one; accounts that get it keep it.

    Raises RefusedError without a name, and where another one has it already.
    """
    row = ProgrammeElement() if element is None else _locked_element(element)
    for name, value in facts.items():
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    if not row.name:
        words = _("An element has a name.")
        raise RefusedError(words, field="name", code="programme_element_has_a_name")
    if not row.code:
        row.code = _free_code(row.name)
    row.save()
    return row


def _locked_element(element: ProgrammeElement) -> ProgrammeElement:
    rows = ProgrammeElement.objects.select_for_update(no_key=True)
    found: ProgrammeElement = rows.get(pk=element.pk)
    return found


def _free_code(name: str) -> str:
    start = slugify(name)[:30] or "element"
    taken = set(
        ProgrammeElement.objects.filter(code__startswith=start).values_list("code", flat=True)
    )
    candidates = (start, *(f"{start}-{number}" for number in range(2, len(taken) + 3)))
    return next(code for code in candidates if code not in taken)


class ItemFacts(TypedDict, total=False):
    """What an account gets, by what it costs, saves and is worth in a year."""

    since: date | None
    until: date | None
    detail: str
    currency: Currency
    cost: Decimal | None
    saving: Decimal | None
    worth: Decimal | None
    is_confirmed: bool
    worth_evidence: str
    switching: int | None
    switching_evidence: str


@explained()
@transaction.atomic
def save_item(
    *,
    account: Account,
    element: ProgrammeElement,
    item: ProgrammeItem | None = None,
    **facts: Unpack[ItemFacts],
) -> ProgrammeItem:
    """Give an account an element of the catalogue, or change what is noted of it.

    Raises RefusedError for a period that is empty or meets another one, an amount below zero, a
    worth that is confirmed without evidence, and a switching cost outside 0 to 5 or without it.
    """
    refuse_merged(account)
    row = ProgrammeItem() if item is None else _locked(item)
    row.account, row.element = account, element
    row.valid = checked_period(facts.get("since"), facts.get("until"))
    row.detail = facts.get("detail", "").strip()
    row.currency = facts["currency"]
    for name in ("cost", "saving", "worth"):
        setattr(row, name, facts.get(name))
    is_confirmed = facts.get("is_confirmed", False)
    row.worth_basis = RatingBasis.CONFIRMED if is_confirmed else RatingBasis.ASSUMED
    row.worth_evidence = facts.get("worth_evidence", "").strip()
    row.switching = facts.get("switching")
    row.switching_evidence = facts.get("switching_evidence", "").strip()
    _check(row)
    row.save()
    return row


def _locked(item: ProgrammeItem) -> ProgrammeItem:
    rows = ProgrammeItem.objects.select_for_update(no_key=True, of=("self",))
    found: ProgrammeItem = rows.get(pk=item.pk)
    return found


def _check(row: ProgrammeItem) -> None:
    for name in ("cost", "saving", "worth"):
        amount = getattr(row, name)
        if amount is not None and amount < 0:
            words = _("An amount is zero or more.")
            raise RefusedError(words, field=name, code=f"programme_item_{name}_not_negative")
    if row.worth_basis == RatingBasis.CONFIRMED:
        if row.worth is None:
            words = _("Say what is confirmed: the worth itself is missing.")
            raise RefusedError(words, field="worth", code="no_worth")
        if not row.worth_evidence:
            words = _("What is confirmed needs evidence: say what shows it.")
            raise RefusedError(words, field="worth_evidence", code="no_evidence")
    _check_rating(row)


def _check_rating(row: ProgrammeItem) -> None:
    low, high = SWITCHING_SCALE
    if row.switching is None:
        if row.switching_evidence:
            words = _("Rate the switching cost that this is about.")
            raise RefusedError(words, field="switching", code="no_rating")
        return
    if not low <= row.switching <= high:
        words = _("A switching cost is 0 to 5.")
        raise RefusedError(words, field="switching", code="switching_out_of_scale")
    if not row.switching_evidence:
        words = _("Say what the rating rests on.")
        raise RefusedError(words, field="switching_evidence", code="no_evidence")


@explained()
@transaction.atomic
def end_item(*, item: ProgrammeItem, on: date) -> None:
    """Let an account get something no longer from a day on; what was stays known.

    Raises RefusedError for a day that is not after it began, and where it is over by then.
    """
    row = _locked(item)
    if row.valid.lower is not None and on <= row.valid.lower:
        words = _("It has to end after it begins.")
        raise RefusedError(words, field="on", code="programme_item_period_not_empty")
    if row.valid.upper is not None and row.valid.upper <= on:
        raise RefusedError(_("It is over by then already."), field="on", code="over")
    row.valid = DateRange(row.valid.lower, on)
    row.save(update_fields=["valid", "updated_at"])


@transaction.atomic
def remove_item(*, item: ProgrammeItem) -> None:
    """Remove what was noted by mistake; its history stays."""
    item.delete()
