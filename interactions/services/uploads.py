"""Files that somebody looks at before they are taken: kept apart for a day, one's own alone."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from interactions.analytics import ical_reading, mail
from interactions.choices import UploadKind
from interactions.models import Upload
from kam.core.problems import RefusedError
from kam.identity.models import User

KEPT = timedelta(days=1)
MOST = 20
LARGEST = {UploadKind.CALENDAR: ical_reading.MAX_BYTES, UploadKind.MAIL: mail.MAX_BYTES}


@transaction.atomic
def keep_upload(
    *, user: User, kind: str, upload: File[bytes], account: Account | None, now: datetime
) -> Upload:
    """Keep a file until it is taken, for a day at most; older ones of anybody go.

    Raises RefusedError for an empty or too large one and for more than twenty at once.
    """
    drop_old(now=now)
    most = LARGEST[UploadKind(kind)]
    if upload.size > most:
        words = _("This file is too large: at most %(size)s MB.")
        raise RefusedError(words % {"size": most // 1024 // 1024}, field="file")
    if not upload.size:
        raise RefusedError(_("This file is empty."), field="file")
    if Upload.objects.filter(user=user).count() >= MOST:
        raise RefusedError(_("Too many files wait to be looked at. Take or drop some first."))
    row = Upload(user=user, kind=kind, account=account, created_at=now)
    row.name = " ".join((upload.name or "").split())[-200:]
    row.file.name = default_storage.save(f"uploads/{uuid.uuid4().hex}", upload)
    row.save()
    return row


def content_of(upload: Upload) -> bytes:
    """Return what is in the file."""
    with upload.file.open("rb") as stream:
        content: bytes = stream.read()
        return content


@transaction.atomic
def drop_upload(*, upload: Upload) -> None:
    """Forget a file."""
    _remove([upload])


@transaction.atomic
def drop_old(*, now: datetime) -> None:
    """Forget what nobody took within a day."""
    _remove(list(Upload.objects.filter(created_at__lt=now - KEPT)))


def _remove(rows: Sequence[Upload]) -> None:
    for row in rows:
        name = row.file.name
        row.delete()
        if name:
            transaction.on_commit(partial(default_storage.delete, name))
