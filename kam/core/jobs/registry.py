"""Which jobs there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from celery import shared_task

from kam.core.formats import Text

type Outcome = Mapping[str, Any] | None
type JobFunction = Callable[..., Outcome]


class UnknownJobError(LookupError):
    """No app registered a job of this name."""


class JobError(Exception):
    """Raised by a job for a reason that its user should read; the run ends as failed."""


@dataclass(frozen=True)
class Job:
    """A kind of long work: what people call it, and which capability asks for it once more."""

    name: str
    title: Text
    function: JobFunction
    capability: str = ""


_registered: dict[str, Job] = {}


def job(
    name: str, *, title: Text = "", capability: str = ""
) -> Callable[[JobFunction], JobFunction]:
    """Register a function as the job `name` (`app.verb_noun`) and as a Celery task.

    `title` is what the page calls it; `capability` is what retrying a failed run demands.
    """

    def register(function: JobFunction) -> JobFunction:
        _registered[name] = Job(name, title or _spoken(name), function, capability)

        @shared_task(name=name, acks_late=True)
        def task(job_run_id: int) -> None:
            from kam.core.jobs.running import execute

            execute(job_run_id)

        return function

    return register


def job_of(name: str) -> Job:
    """The job of a name; raises UnknownJobError for one that nobody registered."""
    try:
        return _registered[name]
    except KeyError:
        raise UnknownJobError(name) from None


def title_of(name: str) -> Text:
    """What people call a job, also one that this version no longer has."""
    found = _registered.get(name)
    return found.title if found else _spoken(name)


def registered_jobs() -> frozenset[str]:
    """Names of all jobs that can be enqueued."""
    return frozenset(_registered)


def _spoken(name: str) -> str:
    return name.rpartition(".")[2].replace("_", " ").capitalize()
