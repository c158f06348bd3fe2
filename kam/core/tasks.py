from celery import shared_task
from django.utils import timezone

from kam.core import jobs
from kam.core.jobs.schedule import start_overdue, start_scheduled
from kam.core.services import idempotency


@shared_task(name="core.redispatch_jobs", ignore_result=True)
def redispatch_jobs() -> None:
    """Send waiting and abandoned jobs, ask for those that the schedule missed (every 15 s)."""
    jobs.redispatch()
    start_overdue(timezone.now())


@shared_task(name="core.forget_idempotency_keys", ignore_result=True)
def forget_idempotency_keys() -> None:
    """Forget answers that nobody repeats any more (nightly)."""
    idempotency.forget_keys(now=timezone.now())


@shared_task(name="core.forget_job_runs", ignore_result=True)
def forget_job_runs() -> None:
    """Forget runs that ended long ago (nightly)."""
    jobs.forget_runs(now=timezone.now())


@shared_task(name="core.start_job")
def start_job(name: str) -> None:
    """Ask for a scheduled job, once while it waits."""
    start_scheduled(name)
