"""Filters of the lists of receivables. An id that is not for the caller finds nothing."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from kam.core.filters import ChoicesFilter, CodesFilter, IdFilter, UpdatedSince
from settlements.choices import (
    FIRST_DAY,
    LAST_DAY,
    DocumentKind,
    GapOutcome,
    Side,
    WorkRole,
    WorkState,
)
from settlements.models import (
    AccountingPeriod,
    AccountMove,
    Allocation,
    ControllerAssignment,
    Document,
    ExtractGap,
    LedgerItem,
    Position,
    WorkItem,
)

SIDES = [("debit", _("Owed to us")), ("credit", _("In the customer's favour"))]


class DayFilter(django_filters.DateFilter):
    """A day of business; a day that no ledger has finds nothing."""

    def filter(self, qs: QuerySet[Any], value: date | None) -> QuerySet[Any]:
        """The rows; none at all where the day is out of reach."""
        if value is not None and not FIRST_DAY <= value < LAST_DAY:
            return qs.none()
        return super().filter(qs, value)


class Scoped(django_filters.FilterSet):
    """Filters that look rows up in the caller's scope."""

    @property
    def user(self) -> Any:
        """Who asks."""
        return cast("Any", self.request).user

    def seen_accounts(self, pk: Any) -> QuerySet[Any]:
        """The account, if the caller may see it."""
        return Account.objects.visible_to(self.user).filter(pk=int(pk))

    def seen_items(self, pk: Any) -> QuerySet[Any]:
        """The item, if the caller may see it."""
        return LedgerItem.objects.visible_to(self.user).filter(pk=int(pk))

    def by_branch(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """Rows of an account and of everything below it today."""
        found = rows.filter(account__path__contains=[int(pk)])
        return found.filter(Exists(self.seen_accounts(pk)))

    def by_party(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """Rows of a payer."""
        return rows.filter(party__in=self.seen_accounts(pk))


class LedgerFilter(Scoped):
    """What documents and items have in common."""

    account = IdFilter(field_name="account_id", help_text=_("Of this very account."))
    within = IdFilter(method="by_branch", help_text=_("This account and all below it today."))
    party = IdFilter(method="by_party", help_text=_("Who owes and pays, by id."))
    selling_company = CodesFilter(field_name="selling_company__code", lookup_expr="in")
    kind = ChoicesFilter(choices=DocumentKind, lookup_expr="in")
    currency = CodesFilter(field_name="currency_id", lookup_expr="in")
    posted_from = DayFilter(
        field_name="posting_date", lookup_expr="gte", help_text=_("First day of posting.")
    )
    posted_before = DayFilter(
        field_name="posting_date", lookup_expr="lt", help_text=_("Day after the last.")
    )


def _moved_since(moment: Any) -> Q:
    """Rows of accounts that took over the ledger of another one."""
    moves = AccountMove.objects.filter(moved_at__gte=moment)
    return Q(account__in=moves.values("to_account")) | Q(party__in=moves.values("to_account"))


class DocumentFilter(LedgerFilter):
    """Filters of documents."""

    number = CodesFilter(lookup_expr="in")
    reference = django_filters.CharFilter()
    source = CodesFilter(field_name="source__code", lookup_expr="in")
    source_key = django_filters.CharFilter()
    batch = IdFilter(field_name="batch_id", help_text=_("Posted by this import."))
    corrects = IdFilter(field_name="corrects_id", help_text=_("Corrections of this document."))
    reversed = django_filters.BooleanFilter(
        field_name="reversed_by", lookup_expr="isnull", exclude=True
    )
    updated_since = django_filters.IsoDateTimeFilter(
        method="by_change",
        help_text=_("Recorded, or taken over in a merge, at or after this moment (ISO 8601)."),
    )

    class Meta:
        model = Document
        fields: list[str] = []

    def by_party(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """Documents of a payer, found by their items, which repeat who pays."""
        items = LedgerItem.objects.visible_to(self.user).filter(party__in=self.seen_accounts(pk))
        return rows.filter(pk__in=items.values("document"))

    def by_change(self, rows: QuerySet[Any], _name: str, moment: Any) -> QuerySet[Any]:
        """Documents recorded since."""
        return rows.filter(Q(recorded_at__gte=moment) | _moved_since(moment))


class ReceiptFilter(DocumentFilter):
    """Filters of receipts."""

    kind = None  # type: ignore[assignment]  # every one is a receipt
    unapplied = django_filters.BooleanFilter(
        method="by_unapplied", help_text=_("With something that no allocation has taken.")
    )

    def by_unapplied(self, rows: QuerySet[Any], _name: str, wanted: bool) -> QuerySet[Any]:
        """Receipts with cash left, or with none."""
        seen = LedgerItem.objects.visible_to(self.user).open_now()
        left = Exists(seen.filter(document=OuterRef("pk")))
        return rows.filter(left) if wanted else rows.filter(~left)


class ItemFilter(LedgerFilter):
    """Filters of items. `open` and `overdue` are as of `as_of`, today where it is left out."""

    as_of = django_filters.DateFilter(
        method="nothing", help_text=_("Items posted by this day, `open` as it was on it.")
    )
    open = django_filters.BooleanFilter(
        method="nothing", help_text=_("With something open on the day.")
    )
    overdue = django_filters.BooleanFilter(
        method="nothing", help_text=_("Owed to us, something open, due before the day.")
    )
    document = IdFilter(field_name="document_id")
    number = CodesFilter(field_name="document__number", lookup_expr="in")
    side = django_filters.ChoiceFilter(choices=SIDES, method="by_side")
    due_from = DayFilter(field_name="due_date", lookup_expr="gte", help_text=_("First due date."))
    due_before = DayFilter(
        field_name="due_date", lookup_expr="lt", help_text=_("Day after the last due date.")
    )
    has_due_date = django_filters.BooleanFilter(
        field_name="due_date", lookup_expr="isnull", exclude=True
    )
    updated_since = django_filters.IsoDateTimeFilter(
        method="by_change",
        help_text=_(
            "Recorded, allocated or taken over in a merge at or after this moment (ISO 8601)."
        ),
    )

    class Meta:
        model = LedgerItem
        fields: list[str] = []

    def nothing(self, rows: QuerySet[Any], _name: str, _value: Any) -> QuerySet[Any]:
        """These three are read together, below."""
        return rows

    def by_side(self, rows: QuerySet[Any], _name: str, side: str) -> QuerySet[Any]:
        """Debits or credits."""
        return rows.filter(side=Side.DEBIT if side == "debit" else Side.CREDIT)

    def by_change(self, rows: QuerySet[Any], _name: str, moment: Any) -> QuerySet[Any]:
        """Items posted since, or of which something was allocated or taken back since."""
        made = Allocation.objects.visible_to(self.user).filter(recorded_at__gte=moment)
        return rows.filter(
            Q(recorded_at__gte=moment)
            | Q(pk__in=made.values("debit_item"))
            | Q(pk__in=made.values("credit_item"))
            | _moved_since(moment)
        )

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The other filters, then what is open on the day."""
        rows: Any = super().filter_queryset(queryset)
        asked = self.form.cleaned_data
        day = day_of(asked)
        if day is None:
            return rows  # type: ignore[no-any-return]
        if not FIRST_DAY <= day < LAST_DAY:
            return rows.none()  # type: ignore[no-any-return]
        rows = rows.with_open_amount(day)
        late = Q(side=Side.DEBIT, due_date__lt=day, open_amount__gt=0)
        for name, condition in (("open", Q(open_amount__gt=0)), ("overdue", late)):
            if asked[name] is not None:
                rows = rows.filter(condition) if asked[name] else rows.exclude(condition)
        return rows  # type: ignore[no-any-return]


def day_of(asked: dict[str, Any]) -> date | None:
    """The day that a list of items is about; None: whatever the dates of allocations."""
    day: date | None = asked["as_of"]
    if day is None and not (asked["open"] is None and asked["overdue"] is None):
        return timezone.localdate()
    return day


class AllocationFilter(Scoped):
    """Filters of allocations."""

    item = IdFilter(method="by_item", help_text=_("Of this item, on whichever side."))
    document = IdFilter(method="by_document", help_text=_("Of any item of this document."))
    party = IdFilter(method="by_party", help_text=_("Who owes and pays, by id."))
    currency = CodesFilter(field_name="currency_id", lookup_expr="in")
    effective_from = DayFilter(field_name="effective_date", lookup_expr="gte")
    effective_before = DayFilter(
        field_name="effective_date", lookup_expr="lt", help_text=_("Day after the last.")
    )
    standing = django_filters.BooleanFilter(
        method="by_standing", help_text=_("Neither reversed nor a reversal.")
    )
    match_group = django_filters.UUIDFilter()
    updated_since = django_filters.IsoDateTimeFilter(
        field_name="recorded_at",
        lookup_expr="gte",
        help_text=_("Recorded at or after this moment (ISO 8601)."),
    )

    class Meta:
        model = Allocation
        fields: list[str] = []

    def by_item(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """Allocations of an item that the caller may see."""
        mine = self.seen_items(pk)
        return rows.filter(Q(debit_item__in=mine) | Q(credit_item__in=mine))

    def by_document(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """Allocations of a document that the caller may see."""
        mine = LedgerItem.objects.visible_to(self.user).filter(document=int(pk))
        return rows.filter(Q(debit_item__in=mine) | Q(credit_item__in=mine))

    def by_standing(self, rows: Any, _name: str, wanted: bool) -> QuerySet[Any]:
        """What counts, or what was taken back with what took it back."""
        gone = Q(reversal_of__isnull=False) | Q(reversed_by__isnull=False)
        return rows.standing() if wanted else rows.filter(gone)  # type: ignore[no-any-return]


class PositionFilter(Scoped):
    """Filters of positions."""

    party = IdFilter(method="by_party", help_text=_("Who owes and pays, by id."))
    within = IdFilter(method="by_branch", help_text=_("Payers at or below this account today."))
    currency = CodesFilter(field_name="currency_id", lookup_expr="in")
    overdue = django_filters.BooleanFilter(
        method="by_overdue", help_text=_("With something overdue.")
    )
    updated_since = django_filters.IsoDateTimeFilter(
        field_name="computed_at",
        lookup_expr="gte",
        help_text=_("Computed at or after this moment (ISO 8601)."),
    )

    class Meta:
        model = Position
        fields: list[str] = []

    def by_branch(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """Payers that stand at or below an account."""
        found = rows.filter(party__path__contains=[int(pk)])
        return found.filter(Exists(self.seen_accounts(pk)))

    def by_overdue(self, rows: QuerySet[Any], _name: str, wanted: bool) -> QuerySet[Any]:
        """Payers with something overdue, or without."""
        return rows.filter(overdue__gt=0) if wanted else rows.filter(overdue=0)


class WorkFilter(PositionFilter):
    """Filters of work; without `state` what is done is left out."""

    overdue = None  # type: ignore[assignment]  # all work is about that
    updated_since = None  # type: ignore[assignment]  # the overdue run keeps it up to date
    role = ChoicesFilter(choices=WorkRole, lookup_expr="in")
    state = ChoicesFilter(choices=WorkState, lookup_expr="in")
    user = IdFilter(field_name="user_id", help_text=_("Whose work, by user id."))
    queue = django_filters.BooleanFilter(
        field_name="user", lookup_expr="isnull", help_text=_("Nobody's: in the default queue.")
    )

    class Meta:
        model = WorkItem
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """What waits, unless states are named."""
        rows: Any = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data["state"] else rows.not_done()  # type: ignore[no-any-return]


class GapFilter(Scoped):
    """Filters of items missing from an extract."""

    party = IdFilter(method="by_party", help_text=_("Who owes and pays, by id."))
    batch = IdFilter(field_name="batch_id", help_text=_("Missing from this import."))
    source = CodesFilter(field_name="batch__source__code", lookup_expr="in")
    answered = django_filters.BooleanFilter(method="by_answer")
    outcome = ChoicesFilter(choices=GapOutcome, lookup_expr="in")

    class Meta:
        model = ExtractGap
        fields: list[str] = []

    def by_answer(self, rows: QuerySet[Any], _name: str, wanted: bool) -> QuerySet[Any]:
        """What somebody said what became of, or what waits for review."""
        return rows.exclude(outcome="") if wanted else rows.filter(outcome="")


class ControllerFilter(UpdatedSince):
    """Filters of assignments."""

    account = IdFilter(field_name="account_id", help_text=_("Of this very account."))
    user = IdFilter(field_name="user_id", help_text=_("Whose assignments, by user id."))
    at = DayFilter(field_name="valid", lookup_expr="contains", help_text=_("In force on this day."))

    class Meta:
        model = ControllerAssignment
        fields: list[str] = []


class PeriodFilter(UpdatedSince):
    """Filters of periods."""

    selling_company = CodesFilter(field_name="selling_company__code", lookup_expr="in")
    closed = django_filters.BooleanFilter(
        field_name="closed_at", lookup_expr="isnull", exclude=True
    )
    at = DayFilter(field_name="valid", lookup_expr="contains", help_text=_("Holds this day."))

    class Meta:
        model = AccountingPeriod
        fields: list[str] = []
