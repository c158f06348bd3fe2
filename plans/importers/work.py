"""Actions and targets of plans from files: what goes in, what is refused, by line and column."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.importers import lookups
from kam.core.locks import lock_names
from kam.core.problems import RefusedError
from kam.identity.models import User
from kam.imports.columns import Column, ColumnType
from kam.imports.engine import changes
from kam.imports.engine.importer import Importer, UndoRefusedError, UndoReport
from kam.imports.engine.notices import register_reasons
from kam.imports.engine.run import Run
from kam.imports.registry import importers
from plans.choices.work import ActionState, Direction
from plans.importers import work_sql as sql
from plans.models import Plan
from plans.selectors.metrics.registry import metrics
from plans.services.writing import worked_on, written_by

REASONS = {
    "plan or account": _("Say which plan: by its number, or by the account"),
    "unknown plan": _("There is no such plan that you may write"),
    "several plans": _("The account has several plans: say which, or a day of its period"),
    "plan not open": _("The plan waits for approval or is over"),
    "plan not a draft": _("Targets change in a draft alone"),
    "unknown initiative": _("The plan has no such initiative"),
    "several initiatives": _("Several initiatives of the plan go by this"),
    "unknown owner": _("No active user has the owner's e-mail address"),
    "owner may not read the plan": _("The owner may not read the plan"),
    "day outside the plan": _("The day lies outside the plan's period"),
    "weight out of range": _("A weight is above zero and below 10,000"),
    "percent out of range": _("A percent is between 0 and 100"),
    "done without a day": _("What is done has a day"),
    "done in the future": _("The day it was done is still to come"),
    "unknown measure": _("The system knows no such measure"),
    "measure or name": _("Say the measure of the system, or a name"),
    "unknown objective": _("The plan has no such objective"),
    "several objectives": _("Several objectives of the plan are called this"),
    "target of zero": _("A target of zero cannot be measured against"),
    "target beyond the measure": _("The measure is never at this figure"),
    "target on the wrong side": _("The target lies on the wrong side of its baseline"),
}
ACTION, TARGET = "plans_planaction", "plans_kpitarget"
_STATES = {
    **{value: value for value in ActionState.values},
    **dict.fromkeys(("", "new", "in progress", "todo", "to do"), ActionState.OPEN),
    **dict.fromkeys(("closed", "completed", "finished", "yes"), ActionState.DONE),
    **dict.fromkeys(("cancelled", "canceled"), ActionState.DROPPED),
}
_DIRECTIONS = {
    **{value: value for value in Direction.values},
    **dict.fromkeys(("higher", "increase", "more"), Direction.UP),
    **dict.fromkeys(("lower", "decrease", "less"), Direction.DOWN),
}


def _state(text: str) -> str | None:
    return _STATES.get(" ".join(text.casefold().split()))


def _direction(text: str) -> str | None:
    return _DIRECTIONS.get(" ".join(text.casefold().split()))


_PLAN = (
    Column(name="plan", label=_("Plan"), max_length=20, example="", help=_("Its number."),
           synonyms=("plan id", "plan number")),
    Column(name="account", label=_("Account"), example="C-1042",
           help=_("External id or exact name, instead of the plan."),
           synonyms=("customer", "customer id", "account id")),
    Column(name="period", label=_("Day of the period"), type=ColumnType.DATE, example="2026-01-01",
           help=_("Any day of the plan's period; empty: the only open plan of the account."),
           synonyms=("plan period", "from", "plan start")),
)  # fmt: skip


class _OfPlans(Importer):
    """What both have in common: whose plan a line is about."""

    capability = "plans.edit"
    alternatives = (frozenset({"plan"}), frozenset({"account"}))

    def lock(self, run: Run) -> None:
        """One file of a kind at a time."""
        lock_names(f"plans:{self.key}")

    def writable(self, user: User) -> QuerySet[Plan]:
        """The plans that a file of this user may name."""
        found: QuerySet[Plan] = Plan.objects.editable_by(user)
        return found

    def find_plans(self, run: Run) -> None:
        """Find the plan of each line among those that who imports may write."""
        by: User | None = run.batch.created_by
        editable = [] if by is None else list(self.writable(by).values_list("pk"))
        lookups.find_accounts(run)
        values: dict[str, Any] = {"everyone": by is None}
        run.execute(sql.PLANS, values | {"editable": [pk for (pk,) in editable]})


class ActionsImporter(_OfPlans):
    """What is to be done in plans, known again by its key."""

    key = "plan_actions"
    title = _("Actions of plans")
    summary = _("What is to be done in plans: by whom, until when; known again by a key.")
    icon = "checkbox"
    order = 90
    found_by = ("action_id", "plan_id, key")
    columns = (
        *_PLAN,
        Column(name="key", label=pgettext_lazy("of a row", "Key"),
               required=True, max_length=100, example="A-17",
               help=_("What your system calls this action; a second file updates by it."),
               synonyms=("id", "external id", "action id")),
        Column(name="title", label=pgettext_lazy("of a plan", "Action"), required=True,
               max_length=300, example="Agree the spring range",
               synonyms=("action", "task", "subject")),
        Column(name="objective", label=_("Objective"), example="More shelf space",
               help=_("Its title, where several initiatives are called the same.")),
        Column(name="initiative", label=_("Initiative"), example="Listing round",
               help=_("Its title; empty: beside the objectives.")),
        Column(name="owner", label=_("Owner"), max_length=254, example="anna@example.com",
               help=_("E-mail address."), synonyms=("owner email", "assignee", "responsible")),
        Column(name="due", label=_("Due on"), type=ColumnType.DATE, example="2026-05-31",
               synonyms=("due date", "deadline", "due on")),
        Column(name="weight", label=_("Weight"), type=ColumnType.NUMBER, example="1"),
        Column(name="percent", label=_("Progress, percent"), type=ColumnType.NUMBER, example="40",
               synonyms=("progress", "complete", "percent complete")),
        Column(name="state", label=_("State"), example="open", read=_state,
               help=_("open, done or dropped; empty: open."), synonyms=("status",)),
        Column(name="done", label=_("Done on"), type=ColumnType.DATE, example="",
               help=_("Needed where it is done."), synonyms=("done on", "completed on")),
        Column(name="note", label=_("Note"), max_length=2000, example="",
               synonyms=("description", "comment", "notes")),
    )  # fmt: skip

    def resolve(self, run: Run) -> None:
        """Find plans, initiatives and owners, and judge the rows."""
        self.find_plans(run)
        run.execute(sql.OWNERS)
        bad = _strangers(run.rows(sql.PAIRS))
        run.execute(
            sql.STRANGERS,
            {"owners": [one for one, _plan in bad], "plans": [plan for _one, plan in bad]},
        )
        run.execute(sql.ACTIONS)

    def apply(self, run: Run) -> None:
        """Create and update actions under the locks of their plans."""
        for plan in Plan.objects.filter(pk__in=run.ids(sql.TOUCHED)).order_by("pk"):
            worked_on(plan, run.batch.created_by)
        changes.note_before(run, ACTION, "SELECT action_id FROM import_rows WHERE action = 'u'")
        run.execute(sql.UPDATE_ACTIONS)
        run.execute(sql.INSERT_ACTIONS, {"author": run.batch.created_by_id})
        changes.note_created(run, ACTION, sql.MADE_ACTIONS)

    def undo(self, run: Run) -> UndoReport:
        """Take back what it made and put the others as they were, while their plans are open."""
        return _undone(run, ACTION, worked_on)


def _strangers(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return owners with plans that they may not read: two statements for each owner."""
    found: list[tuple[int, int]] = []
    for owner in User.objects.filter(pk__in={one for one, _plan in pairs}).order_by("pk"):
        plans = {plan for one, plan in pairs if one == owner.pk}
        seen = Plan.objects.visible_to(owner).filter(pk__in=plans).values_list("pk", flat=True)
        found += [(owner.pk, plan) for plan in sorted(plans - set(seen))]
    return found


class PlanTargetsImporter(_OfPlans):
    """Targets of measures in drafts, known again by the measure or their name."""

    key = "plan_targets"
    title = _("Targets of plans")
    summary = _("Targets of measures in plans that are drafts, with their baselines.")
    icon = "target-arrow"
    order = 91
    found_by = ("kpi_id", "plan_id, title")
    columns = (
        *_PLAN,
        Column(name="metric", label=_("Measure of the system"), max_length=40, example="health",
               help=_("Its key; empty: a measure of the plan's own."), synonyms=("measure", "kpi")),
        Column(name="title", label=_("Name"), max_length=200, example="Depots delivered",
               help=_("Needed for a measure of the plan's own."), synonyms=("kpi name",)),
        Column(name="unit", label=_("Unit"), max_length=20, example="depots"),
        Column(name="direction", label=_("Direction"), example="up", read=_direction,
               help=_("up or down; empty: up.")),
        Column(name="baseline", label=_("Baseline"), type=ColumnType.NUMBER, example="3",
               synonyms=("start", "start value")),
        Column(name="target", label=_("Target"), type=ColumnType.NUMBER, required=True,
               example="5", help=_("Shares as 0.25."), synonyms=("target value", "goal")),
        Column(name="objective", label=_("Objective"), example="", help=_("Its title.")),
    )  # fmt: skip

    def resolve(self, run: Run) -> None:
        """Find plans and measures, and judge the rows."""
        self.find_plans(run)
        known = list(metrics)
        run.execute(
            sql.METRICS,
            {
                "keys": [one.key for one in known],
                "titles": [str(one.title) for one in known],
                "directions": [str(one.direction) for one in known],
                "grow": [one.grows for one in known],
                "least": [one.least for one in known],
                "most": [one.most for one in known],
            },
        )
        run.execute(sql.TARGETS)

    def apply(self, run: Run) -> None:
        """Create and update targets under the locks of their drafts."""
        for plan in Plan.objects.filter(pk__in=run.ids(sql.TOUCHED)).order_by("pk"):
            written_by(plan, run.batch.created_by)
        changes.note_before(run, TARGET, "SELECT kpi_id FROM import_rows WHERE action = 'u'")
        run.execute(sql.UPDATE_TARGETS)
        last = int(run.value(f"SELECT COALESCE(max(id), 0) FROM {TARGET}"))
        run.execute(sql.INSERT_TARGETS)
        changes.note_created(
            run,
            TARGET,
            f"SELECT t.id FROM {TARGET} t JOIN import_rows r ON r.action = 'c'"
            f" AND r.plan_id = t.plan_id AND r.title = t.title WHERE t.id > {last:d}",
        )

    def undo(self, run: Run) -> UndoReport:
        """Take back what it made and put the others as they were, while their plans are drafts."""
        return _undone(run, TARGET, written_by)


_PLANS_OF = """
SELECT DISTINCT t.plan_id FROM {table} t JOIN imports_importchange c
    ON c.row_id = t.id AND c."table" = '{table}' AND c.batch_id = %(batch)s ORDER BY 1
"""


def _undone(run: Run, table: str, opened: Any) -> UndoReport:
    changes.refuse_when_built_upon(run)
    for plan in Plan.objects.filter(pk__in=run.ids(_PLANS_OF.format(table=table))).order_by("pk"):
        try:
            with transaction.atomic():
                opened(plan, None)
        except RefusedError as problem:
            raise UndoRefusedError(f"{plan}: {problem}") from problem
    restored = changes.put_back(run, table)
    removed = changes.remove_created(run, table)
    changes.forget(run)
    return UndoReport(removed=removed, restored=restored)


def register() -> None:
    """Offer the kinds on the import pages, the command line and the API."""
    importers.register(ActionsImporter(), PlanTargetsImporter())
    register_reasons(REASONS)
