"""Bringing a tier model into force, from a day on."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import TierModelStatus
from accounts.models import TierModel
from accounts.services.tiers.drafts import draft_of, problems_of
from accounts.services.tiers.rescoring import LOCK
from kam.core.jobs import enqueue
from kam.core.locks import lock_names
from kam.core.models import JobRun
from kam.core.problems import RefusedError, explained, refuse
from kam.identity.models import User

JOB = "accounts.rescore_tiers"


@explained()
@transaction.atomic
def publish_model(*, model: TierModel, effective_on: date, by: User, as_of: date) -> TierModel:
    """Publish a draft: from the day on accounts are scored by it, and it never changes again.

    The past keeps the tiers it had, so the day is today or later. Where it is today the
    rescoring is asked for at once. Raises RefusedError for a model with problems, an earlier
    day, or a day on which another model begins.
    """
    lock_names(LOCK)
    locked: TierModel = TierModel.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=model.pk
    )
    if not locked.is_draft:
        raise RefusedError(_("This model is published already."), code="published")
    if effective_on < as_of:
        words = _("The past keeps its tiers: choose today or a later day.")
        raise RefusedError(words, field="effective_on", code="in_the_past")
    refuse(problems_of(draft_of(locked)))
    last = TierModel.objects.aggregate(last=Max("version"))["last"] or 0
    locked.version, locked.status = last + 1, TierModelStatus.PUBLISHED
    locked.effective_on, locked.published_by = effective_on, by
    locked.published_at = timezone.now()
    locked.save()
    if effective_on == as_of:
        ask_to_rescore(by=by)
    return locked


@explained()
@transaction.atomic
def withdraw_model(*, model: TierModel, as_of: date) -> TierModel:
    """Take back a published model before its day has come; raises RefusedError afterwards."""
    lock_names(LOCK)
    locked: TierModel = TierModel.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=model.pk
    )
    if locked.status != TierModelStatus.PUBLISHED or not locked.effective_on:
        raise RefusedError(_("Only a published model can be withdrawn."), code="not_published")
    if locked.effective_on <= as_of:
        words = _("It has come into force. Publish another version instead.")
        raise RefusedError(words, code="in_force")
    locked.status = TierModelStatus.RETIRED
    locked.save(update_fields=["status", "updated_at"])
    return locked


@transaction.atomic
def ask_to_rescore(*, by: User | None) -> JobRun:
    """Ask for the computed tiers to be brought up to date; while one waits, that one answers."""
    return enqueue(JOB, requested_by=by, key=JOB)
