"""Papers asked for, made and kept, and gone after a month."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import translation
from django.utils.text import slugify

from kam.core import jobs
from kam.core.models import JobRun
from kam.identity.models import User
from plans.analytics.papers import Paper
from plans.choices.papers import PaperKind
from plans.models import PlanPaper
from plans.selectors.papers.making import JOB, Report, Subject, paper_of, subject_key
from plans.services.papers.document import pdf_of
from plans.services.papers.slides import pptx_of

KEPT = timedelta(days=30)
AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody wants: a format, for whom, in which language, of which day."""

    kind: str
    is_for_customer: bool
    language: str
    as_of: date


@transaction.atomic
def ask_for_paper(*, subject: Subject, wish: Wish, by: User) -> JobRun:
    """Ask for a paper; the same wish of the same person that still waits is one run."""
    key = subject_key(subject)
    words = (key, subject.pk, wish.kind, wish.is_for_customer, wish.language, wish.as_of, by.pk)
    return jobs.enqueue(
        JOB,
        requested_by=by,
        key=f"{JOB}:{':'.join(map(str, words))}",
        subject=key,
        pk=subject.pk,
        kind=wish.kind,
        is_for_customer=wish.is_for_customer,
        language=wish.language,
        as_of=wish.as_of.isoformat(),
    )


def make_paper(
    *,
    subject: Subject,
    wish: Wish,
    by: User,
    now: datetime,
    run: JobRun | None = None,
    report: Report | None = None,
) -> PlanPaper:
    """Make a paper of what the user may read today, in the language wished for, and keep it."""
    with translation.override(wish.language):
        paper = paper_of(
            subject,
            user=by,
            as_of=wish.as_of,
            is_for_customer=wish.is_for_customer,
            report=report,
        )
        draw = pdf_of if wish.kind == PaperKind.PDF else pptx_of
        content = draw(paper, printed_on=wish.as_of)
    name = _name(paper, subject, wish)
    stored = default_storage.save(f"papers/{uuid.uuid4().hex}", ContentFile(content))
    try:
        row: PlanPaper = PlanPaper.objects.create(
            **{subject_key(subject): subject},
            kind=wish.kind,
            is_for_customer=wish.is_for_customer,
            language=wish.language,
            as_of=wish.as_of,
            file=stored,
            name=name,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            job=run,
            made_by=by,
            made_at=now,
        )
    except BaseException:
        default_storage.delete(stored)
        raise
    return row


def _name(paper: Paper, subject: Subject, wish: Wish) -> str:
    """The title and the day; one that is not for the customer says so, lest it is sent."""
    title = slugify(paper.title, allow_unicode=True)[:120].strip("-")
    whose = "" if wish.is_for_customer else "-internal"
    name = title or f"{subject_key(subject)}-{subject.pk}"
    return f"{name}-{wish.as_of}{whose}.{wish.kind}"


@transaction.atomic
def forget_papers(*, now: datetime) -> int:
    """Remove papers that were made a month ago, with their files; answer how many."""
    old = PlanPaper.objects.filter(made_at__lt=now - KEPT).order_by("pk")[:AT_ONCE]
    names = dict(old.values_list("pk", "file"))
    PlanPaper.objects.filter(pk__in=names).delete()
    for name in names.values():
        transaction.on_commit(partial(default_storage.delete, name))
    return len(names)
