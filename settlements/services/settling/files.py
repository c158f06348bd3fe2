"""The signed file of a statement: told by its content."""

from __future__ import annotations

import uuid

from django.core.files import File
from django.utils.translation import gettext_lazy as _

from kam.core import file_kinds
from settlements.services.settling.issuing import SignedFile
from settlements.services.settling.problems import StatementRefusedError

KEPT = frozenset({"pdf", "png", "jpg", "webp", "docx", "eml"})


def signed_file(upload: File[bytes]) -> SignedFile:
    """Return an upload as a statement keeps it.

    Raises StatementRefusedError for one that is too large, empty or of a kind that is not kept.
    """
    kind = file_kinds.checked(upload)
    if kind not in KEPT:
        words = _("A signed statement is a PDF, a picture, a Word document or an e-mail.")
        raise StatementRefusedError(words, field="file", code="file_kind")
    upload.seek(0)
    return SignedFile(
        name=file_kinds.cleaned_name(upload.name or "", kind),
        content=upload.read(),
        stored_as=uuid.uuid4().hex,
        content_type=file_kinds.CONTENT_TYPES[kind],
    )
