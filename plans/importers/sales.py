"""The sales plan from a file: a line a category and month, for plans that are drafts."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.importers import lookups
from accounts.models import Account
from kam.core.problems import RefusedError
from kam.identity.models import User
from kam.imports.columns import Column, ColumnType
from kam.imports.engine import changes
from kam.imports.engine.importer import UndoRefusedError, UndoReport
from kam.imports.engine.notices import register_reasons
from kam.imports.engine.run import Run
from kam.imports.registry import importers
from plans.importers import sales_sql as sql
from plans.importers.work import _PLAN as PLAN
from plans.importers.work import _OfPlans as OfPlans
from plans.models import Plan
from plans.services.sales.amounts import everything_else
from plans.services.writing import written_by

LINE, MONTH = "plans_salesline", "plans_salesmonth"
REASONS = {
    "sales plan not a draft": _("A sales plan changes in a draft alone"),
    "month outside the plan": _("The month lies outside the plan's period"),
    "negative sales": _("Planned sales are zero or more"),
    "other currency than the plan": _("Amounts of a plan are in its currency"),
}


class SalesPlanImporter(OfPlans):
    """Planned net revenue by category and month; a second file updates what it names."""

    key = "sales_plan"
    title = _("Sales plans")
    summary = _("Planned net revenue, and volume, by category and month of plans in draft.")
    icon = "chart-bar"
    order = 92
    has_amounts = True
    found_by = ("month_id", "plan_id")
    columns = (
        *PLAN,
        Column(name="category", label=_("Category"), max_length=200, example="Bakery",
               help=_("Code or name; empty: everything that has no line of its own."),
               synonyms=("product category", "product group")),
        Column(name="month", label=_("Month"), type=ColumnType.MONTH, required=True,
               example="2026-03", synonyms=("date",)),
        Column(name="amount", label=_("Net revenue"), type=ColumnType.NUMBER, required=True,
               example="25000", synonyms=("amount", "target", "plan", "sales", "budget")),
        Column(name="volume", label=_("Volume"), type=ColumnType.NUMBER, example="1200",
               synonyms=("quantity", "units")),
        Column(name="currency", label=_("Currency"), max_length=3, example="EUR",
               help=_("Empty: that of the plan."), synonyms=("currency code",)),
    )  # fmt: skip

    def writable(self, user: User) -> QuerySet[Plan]:
        """Figures are for who sees the account by scope."""
        return super().writable(user).filter(account__in=Account.objects.visible_to(user))

    def resolve(self, run: Run) -> None:
        """Find plans and categories, and judge the rows."""
        self.find_plans(run)
        lookups.find_categories(run)
        run.execute(sql.ROWS, {"rest": everything_else()})

    def apply(self, run: Run) -> None:
        """Write lines and months under the locks of their drafts."""
        for plan in Plan.objects.filter(pk__in=run.ids(sql.TOUCHED)).order_by("pk"):
            written_by(plan, run.batch.created_by)
        last = int(run.value(f"SELECT COALESCE(max(id), 0) FROM {LINE}"))
        run.execute(sql.INSERT_LINES)
        changes.note_created(run, LINE, f"SELECT id FROM {LINE} WHERE id > {last:d}")
        changes.note_before(run, MONTH, "SELECT month_id FROM import_rows WHERE action = 'u'")
        run.execute(sql.UPDATE_MONTHS)
        last = int(run.value(f"SELECT COALESCE(max(id), 0) FROM {MONTH}"))
        run.execute(sql.INSERT_MONTHS)
        changes.note_created(run, MONTH, f"SELECT id FROM {MONTH} WHERE id > {last:d}")

    def undo(self, run: Run) -> UndoReport:
        """Take back what it made and put the others as they were, while their plans are drafts."""
        changes.refuse_when_built_upon(run)
        for plan in Plan.objects.filter(pk__in=run.ids(sql.PLANS_OF)).order_by("pk"):
            try:
                with transaction.atomic():
                    written_by(plan, None)
            except RefusedError as problem:
                raise UndoRefusedError(f"{plan}: {problem}") from problem
        restored = changes.put_back(run, MONTH)
        removed = changes.remove_created(run, MONTH)
        run.execute(sql.EMPTY_LINES)
        changes.forget(run)
        return UndoReport(removed=removed, restored=restored)


def register() -> None:
    """Offer the kind on the import pages, the command line and the API."""
    importers.register(SalesPlanImporter())
    register_reasons(REASONS)
