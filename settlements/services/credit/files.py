"""Papers of credit applications: told by their content, kept under names of our own."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import partial

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kam.core import file_kinds
from kam.core.problems import RefusedError, explained
from kam.identity.models import User
from settlements.choices.credit import ApplicationFileKind, ApplicationState
from settlements.models import ApplicationFile, CreditApplication
from settlements.services.credit import problems

MOST = 20
OPEN = (ApplicationState.DRAFT, ApplicationState.SUBMITTED)


@explained()
@transaction.atomic
def keep_file(
    *,
    application: CreditApplication,
    upload: File[bytes],
    kind: ApplicationFileKind,
    title: str = "",
    by: User,
) -> ApplicationFile:
    """Keep a paper with an application that is not decided yet.

    Raises RefusedError for one that is too large, empty or of a kind that is not kept, for the
    same file again, for more than twenty, and once it was decided on or withdrawn.
    """
    row = _locked(application)
    if row.state not in OPEN:
        raise RefusedError(problems.DECIDED, code="application_state")
    kept = ApplicationFile.objects.filter(application=row)
    if kept.count() >= MOST:
        words = _("An application keeps at most 20 files.")
        raise RefusedError(words, field="file", code="too_many")
    told, digest = file_kinds.checked(upload), file_kinds.digest_of(upload)
    if kept.filter(sha256=digest).exists():
        words = _("This file is kept with the application already.")
        raise RefusedError(words, field="file", code="application_file_once")
    path = default_storage.save(f"credit/{uuid.uuid4().hex}", upload)
    made = ApplicationFile(application=row, kind=kind, title=title.strip(), uploaded_by=by)
    made.file.name, made.size, made.sha256 = path, upload.size, digest
    made.name = file_kinds.cleaned_name(upload.name or "", told)
    made.content_type = file_kinds.CONTENT_TYPES[told]
    try:
        made.save()
    except Exception:
        default_storage.delete(path)
        raise
    return made


def keep_files(
    *,
    application: CreditApplication,
    uploads: Sequence[File[bytes]],
    kind: ApplicationFileKind,
    title: str = "",
    by: User,
) -> list[ApplicationFile]:
    """Keep several papers of one kind, all of them or none; a refusal names its file."""
    made: list[ApplicationFile] = []
    try:
        with transaction.atomic():
            made.extend(
                _named(one, application=application, kind=kind, title=title, by=by)
                for one in uploads
            )
    except BaseException:
        for row in made:
            default_storage.delete(row.file.name or "")
        raise
    return made


def _named(upload: File[bytes], **facts: object) -> ApplicationFile:
    try:
        return keep_file(upload=upload, **facts)  # type: ignore[arg-type]
    except RefusedError as problem:
        problem.message = f"{upload.name}: {problem}"
        raise


@explained()
@transaction.atomic
def remove_file(*, file: ApplicationFile) -> None:
    """Remove a paper from a draft. Raises RefusedError from the submission on."""
    row = _locked(file.application)
    if row.state != ApplicationState.DRAFT:
        raise RefusedError(problems.DECIDED, code="application_state")
    name = file.file.name or ""
    file.delete()
    transaction.on_commit(partial(default_storage.delete, name))


def _locked(application: CreditApplication) -> CreditApplication:
    rows = CreditApplication.objects.select_for_update(no_key=True, of=("self",))
    found: CreditApplication = rows.get(pk=application.pk)
    return found
