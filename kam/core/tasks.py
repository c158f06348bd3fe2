from celery import shared_task

from kam.core import jobs


@shared_task(name="core.redispatch_jobs", ignore_result=True)
def redispatch_jobs() -> None:
    """Send waiting and abandoned jobs (every 15 seconds)."""
    jobs.redispatch()


@shared_task(name="core.start_job")
def start_job(name: str) -> None:
    """Ask for a scheduled job, once while it waits."""
    jobs.enqueue(name, key=f"schedule:{name}")
