"""Photos of shelves: told by their content, kept privately under names of our own."""

from __future__ import annotations

import uuid
from functools import partial

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import StoreCheckLine
from kam.core.problems import RefusedError

MAX_BYTES = 10 * 1024 * 1024
CONTENT_TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


def kind_of(start: bytes) -> str:
    """Return what a file is by its first bytes; empty for what is no photo we keep."""
    if start.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return "webp"
    return ""


def checked_kind(upload: File[bytes]) -> str:
    """Return what an uploaded photo is. Raises RefusedError for others and for what is too large.

    The name and the type that the sender claims count for nothing.
    """
    if upload.size > MAX_BYTES:
        raise RefusedError(_("A photo is at most 10 MB."), field="photo", code="photo_too_large")
    upload.seek(0)
    kind = kind_of(upload.read(16))
    upload.seek(0)
    if not kind:
        raise RefusedError(
            _("This is no photo: JPEG, PNG and WebP can be kept."), field="photo", code="no_photo"
        )
    return kind


def put(line: StoreCheckLine, upload: File[bytes], *, keeps_former: bool = False) -> None:
    """Keep a photo with a line, unsaved; the former one goes when the change is committed.

    A correction keeps the former one: the line's history names it.
    """
    kind = checked_kind(upload)
    former = line.photo.name
    name = default_storage.save(f"store-checks/{uuid.uuid4().hex}", upload)
    line.photo.name, line.photo_kind = name, kind
    if former and not keeps_former:
        transaction.on_commit(partial(default_storage.delete, former))
