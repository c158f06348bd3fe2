"""Files kept with contacts: told by their content, under names of our own, a few of each."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from functools import partial

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from interactions.models import Attachment, Interaction
from interactions.services import problems
from interactions.services.changing import is_in_time
from kam.core import file_kinds
from kam.core.problems import RefusedError, explained
from kam.identity.models import User

MOST = 10


@explained()
@transaction.atomic
def attach(*, interaction: Interaction, upload: File[bytes], by: User) -> Attachment:
    """Keep a file with a contact.

    Raises RefusedError for one that is too large, empty or of a kind that is not kept, for the
    same file again, and for more than ten.
    """
    Interaction.objects.select_for_update(no_key=True, of=("self",)).get(pk=interaction.pk)
    kept = Attachment.objects.filter(interaction=interaction)
    if kept.count() >= MOST:
        raise RefusedError(_("A contact keeps at most 10 files."), field="file", code="too_many")
    kind, digest = file_kinds.checked(upload), file_kinds.digest_of(upload)
    if kept.filter(sha256=digest).exists():
        words = _("This file is kept with the contact already.")
        raise RefusedError(words, field="file", code="attachment_once")
    path = default_storage.save(f"contacts/{uuid.uuid4().hex}", upload)
    row = Attachment(interaction=interaction, uploaded_by=by, size=upload.size, sha256=digest)
    row.file.name, row.content_type = path, file_kinds.CONTENT_TYPES[kind]
    row.name = file_kinds.cleaned_name(upload.name or "", kind)
    try:
        row.save()
    except Exception:
        default_storage.delete(path)
        raise
    return row


def attach_all(*, interaction: Interaction, uploads: Iterable[File[bytes]], by: User) -> None:
    """Keep files with a contact, all of them or none: files of a row that goes back go too.

    Raises what `attach` does.
    """
    kept: list[Attachment] = []
    try:
        kept.extend(attach(interaction=interaction, upload=one, by=by) for one in uploads)
    except BaseException:
        for row in kept:
            default_storage.delete(row.file.name or "")
        raise


@explained()
@transaction.atomic
def remove_attachment(*, attachment: Attachment, by: User, now: datetime) -> None:
    """Remove a file that was kept by mistake, while its contact's author may change the contact.

    Raises TimeIsUpError later; whoever uploaded it may remove it as well in that time.
    """
    contact = attachment.interaction
    if by.pk not in {attachment.uploaded_by_id, contact.author_id}:
        raise problems.TimeIsUpError
    if not is_in_time(contact, now):
        raise problems.TimeIsUpError
    name = attachment.file.name or ""
    attachment.delete()
    transaction.on_commit(partial(default_storage.delete, name))
