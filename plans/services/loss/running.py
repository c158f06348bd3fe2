"""Running a scenario: at once where it is light, as a job where it is heavy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kam.core.jobs import enqueue
from kam.core.models import JobRun
from kam.core.problems import explained
from kam.identity.models import User
from kam.notifications.services import notify
from plans.analytics.loss import FORMULA_VERSION
from plans.models import LossResult, LossScenario
from plans.selectors.loss.facts import size_of
from plans.selectors.loss.result import asked_of, compute
from plans.services.loss.problems import ArchivedError
from plans.services.loss.saving import check_day

JOB, DONE = "plans.run_loss_scenario", "plans.loss_computed"
MANY_ACCOUNTS, MANY_ITEMS = 2_000, 20_000
"""From here on a run is a job: a page should not wait for it."""
KEPT = (
    "title", "kind", "starts_on", "notice_days", "horizon_months", "run_off", "lost_share",
    "contribution", "avoidable", "avoidable_lag", "recovery", "default_probability", "extra_days",
    "stock_recoverable", "clawback_days", "fixed_cost", "cash_in_hand", "category_id", "region",
    "currency_id",
)  # fmt: skip


@explained()
def run_scenario(
    *,
    scenario: LossScenario,
    as_of: date,
    by: User | None,
    job: JobRun | None = None,
    report: Callable[[int, int, str], object] | None = None,
) -> LossResult:
    """Compute a scenario on the ledger of a day and keep the result; the one before stays.

    Raises ArchivedError, and CannotRunError in words.
    """
    tell = report or (lambda _done, _total, _words: None)
    if scenario.archived_at is not None:
        raise ArchivedError
    tell(0, 2, _("Reading revenue, open items and agreements"))
    found = compute(scenario, as_of=as_of)
    tell(1, 2, _("Keeping the result"))
    with transaction.atomic():
        row = LossResult.objects.create(
            scenario=scenario,
            as_of=as_of,
            formula=FORMULA_VERSION,
            inputs=inputs_of(scenario),
            result=found,
            job=job,
            author=by,
        )
        LossScenario.objects.filter(pk=scenario.pk).update(as_of=as_of, updated_at=timezone.now())
    tell(2, 2, "")
    return row


def inputs_of(scenario: LossScenario) -> dict[str, object]:
    """Return what a scenario assumes now, as a result keeps it."""
    kept: dict[str, object] = {name: getattr(scenario, name) for name in KEPT}
    rows = scenario.account_rows.select_related("account").order_by("pk")
    return kept | {
        "accounts": [{"id": row.account_id, "name": row.account.name} for row in rows],
        "rates": {f"{row.subject}:{row.key}": row.share for row in scenario.rates.all()},
    }


def is_heavy(scenario: LossScenario, *, as_of: date) -> bool:
    """Whether a run reads so much that a page should not wait for it."""
    accounts, items = size_of(asked_of(scenario, as_of=as_of), enough=MANY_ITEMS)
    return accounts >= MANY_ACCOUNTS or items >= MANY_ITEMS


def run_or_enqueue(*, scenario: LossScenario, as_of: date, by: User) -> LossResult | JobRun:
    """Run a light scenario now; ask for a job where it is heavy. Raises what a run does."""
    if scenario.archived_at is not None:
        raise ArchivedError
    check_day(as_of, field="as_of")
    if not is_heavy(scenario, as_of=as_of):
        return run_scenario(scenario=scenario, as_of=as_of, by=by)
    with transaction.atomic():
        return enqueue(
            JOB,
            requested_by=by,
            key=f"{JOB}:{scenario.pk}:{as_of}",
            scenario=scenario.pk,
            as_of=as_of.isoformat(),
        )


def tell_of_result(result: LossResult, *, to: User) -> None:
    """Tell who asked for a job that its result is there."""
    notify(
        kind=DONE,
        users=[to],
        url=result.scenario.get_absolute_url(),
        dedupe=f"{result.pk}",
        occurred_at=result.computed_at,
        params={"scenario": result.scenario.title, "as_of": result.as_of.isoformat()},
        subject_id=result.scenario_id,
    )
