"""The signed file of a version: told by its content, under a name of our own."""

from __future__ import annotations

import uuid
from functools import partial

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kam.core import file_kinds
from kam.core.problems import RefusedError, explained
from kam.identity.models import User
from settlements.models import AgreementVersion
from settlements.services.terms.locking import locked_draft

KEPT = frozenset({"pdf", "png", "jpg", "webp", "docx", "eml"})


@explained()
@transaction.atomic
def attach_file(*, version: AgreementVersion, upload: File[bytes], by: User) -> AgreementVersion:
    """Keep the signed file with a draft, in place of the one before.

    Raises RefusedError for one that is too large, empty or of a kind that is not kept, and for a
    version that is no draft.
    """
    row = locked_draft(version, by=by)
    kind = file_kinds.checked(upload)
    if kind not in KEPT:
        words = _("A signed agreement is a PDF, a picture, a Word document or an e-mail.")
        raise RefusedError(words, field="file", code="file_kind")
    digest, former = file_kinds.digest_of(upload), row.file.name or ""
    path = default_storage.save(f"agreements/{uuid.uuid4().hex}", upload)
    row.file.name, row.file_sha256 = path, digest
    row.file_type = file_kinds.CONTENT_TYPES[kind]
    row.file_name = file_kinds.cleaned_name(upload.name or "", kind)
    try:
        row.save()
    except Exception:
        default_storage.delete(path)
        raise
    _forget(former)
    return row


@explained()
@transaction.atomic
def remove_file(*, version: AgreementVersion, by: User) -> AgreementVersion:
    """Take the signed file away from a draft; raises RefusedError for one that is no draft."""
    row = locked_draft(version, by=by)
    former = row.file.name or ""
    row.file.name = row.file_name = row.file_type = row.file_sha256 = ""
    row.save()
    _forget(former)
    return row


def _forget(name: str) -> None:
    """Delete a file once the change is committed."""
    if name:
        transaction.on_commit(partial(default_storage.delete, name))
