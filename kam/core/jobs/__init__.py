"""Long work: asked for in a transaction, sent on commit, visible as a `JobRun`, safe to repeat.

- `registry`: a function becomes a job by `@job("app.verb_noun", title=…)` in an app's `tasks.py`;
  it gets a `Progress` and the run's keyword arguments.
- `outbox`: `enqueue` writes the `JobRun` in the caller's transaction; on commit the broker gets
  it. What the broker did not take or has lost, and what a dead worker left, `redispatch` sends.
- `running`: a worker holds a lock on a connection of its own while it runs a job; when its process
  dies the lock goes with it. A job may be run more than once, so it must be idempotent.
"""

from kam.core.jobs.outbox import enqueue, forget_runs, keeping_back, redispatch, retry, send
from kam.core.jobs.registry import (
    Job,
    JobError,
    UnknownJobError,
    job,
    job_of,
    registered_jobs,
)
from kam.core.jobs.running import Progress, execute, run_here
from kam.core.locks import LOCK_SPACE

__all__ = [
    "LOCK_SPACE",
    "Job",
    "JobError",
    "Progress",
    "UnknownJobError",
    "enqueue",
    "execute",
    "forget_runs",
    "job",
    "job_of",
    "keeping_back",
    "redispatch",
    "registered_jobs",
    "retry",
    "run_here",
    "send",
]
