"""The Celery application and the schedule, kept in code."""

from __future__ import annotations

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kam.settings")

app = Celery("kam")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "send waiting jobs": {
        "task": "core.redispatch_jobs",
        "schedule": 15.0,
        "options": {"expires": 14},
    },
    "forget sessions that are over": {
        "task": "identity.forget_sessions",
        "schedule": crontab(hour="3", minute="30"),
    },
    "forget old idempotency keys": {
        "task": "core.forget_idempotency_keys",
        "schedule": crontab(hour="3", minute="20"),
    },
    "forget old job runs": {
        "task": "core.forget_job_runs",
        "schedule": crontab(hour="3", minute="40"),
    },
    "forget files that nobody imported": {
        "task": "imports.forget_abandoned",
        "schedule": crontab(hour="3", minute="50"),
    },
    "mails that wait": {
        "task": "notifications.send_again",
        "schedule": 300.0,
        "options": {"expires": 290},
    },
    "daily digests, by the hour": {
        "task": "notifications.ask_for_digests",
        "schedule": crontab(minute="5"),
    },
    "forget old notifications": {
        "task": "notifications.forget_old",
        "schedule": crontab(hour="3", minute="35"),
    },
    "concerns near their targets": {
        "task": "interactions.look_at_concerns",
        "schedule": crontab(minute="*/15"),
        "options": {"expires": 890},
    },
    "what company costs are shared out by": {
        "task": "accounts.look_at_pool_weights",
        "schedule": crontab(minute="*/15"),
        "options": {"expires": 890},
    },
    "nightly revenue concentration": {
        "task": "core.start_job",
        "schedule": crontab(hour="2", minute="10"),
        "kwargs": {"name": "accounts.recompute_concentration"},
    },
    "nightly account figures": {
        "task": "core.start_job",
        "schedule": crontab(hour="1", minute="40"),
        "kwargs": {"name": "accounts.refresh_accounts"},
    },
    "nightly tiers": {
        "task": "core.start_job",
        "schedule": crontab(hour="2", minute="30"),
        "kwargs": {"name": "accounts.rescore_tiers"},
    },
    "nightly health": {
        "task": "core.start_job",
        "schedule": crontab(hour="2", minute="50"),
        "kwargs": {"name": "accounts.rescore_health"},
    },
    "nightly overdue receivables": {
        "task": "core.start_job",
        "schedule": crontab(hour="2", minute="0"),
        "kwargs": {"name": "settlements.flag_overdue"},
    },
    "nightly exposure and credit scores": {
        "task": "core.start_job",
        "schedule": crontab(hour="3", minute="20"),
        "kwargs": {"name": "settlements.rescore_credit"},
    },
    "nightly check of the sums of sales reports": {
        "task": "core.start_job",
        "schedule": crontab(hour="4", minute="10"),
        "kwargs": {"name": "settlements.check_report_sums"},
    },
    "nightly renewals and ends of agreements": {
        "task": "core.start_job",
        "schedule": crontab(hour="1", minute="10"),
        "kwargs": {"name": "settlements.renew_agreements"},
    },
    "rebates of the month before": {
        "task": "core.start_job",
        "schedule": crontab(day_of_month="1", hour="4", minute="20"),
        "kwargs": {"name": "settlements.accrue_rebates"},
    },
    "nightly plans that begin": {
        "task": "core.start_job",
        "schedule": crontab(hour="0", minute="15"),
        "kwargs": {"name": "plans.activate_plans"},
    },
    "nightly overdue actions of plans": {
        "task": "core.start_job",
        "schedule": crontab(hour="3", minute="10"),
        "kwargs": {"name": "plans.tell_overdue_actions"},
    },
    "nightly reviews of plans": {
        "task": "core.start_job",
        "schedule": crontab(hour="3", minute="15"),
        "kwargs": {"name": "plans.tell_reviews"},
    },
    "nightly notices of price rounds": {
        "task": "core.start_job",
        "schedule": crontab(hour="3", minute="25"),
        "kwargs": {"name": "plans.tell_price_rounds"},
    },
    "nightly old files of plans": {
        "task": "core.start_job",
        "schedule": crontab(hour="4", minute="0"),
        "kwargs": {"name": "plans.forget_papers"},
    },
    "nightly overdue contacts": {
        "task": "core.start_job",
        "schedule": crontab(hour="3", minute="0"),
        "kwargs": {"name": "interactions.flag_overdue_touches"},
    },
}
