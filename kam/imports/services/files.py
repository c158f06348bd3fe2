"""Files on their way in: stored privately under names of our own, never served as they are."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from kam.imports.mapping import ColumnMapping
from kam.imports.models import ImportBatch
from kam.imports.reading import Table, UnreadableFile, open_table


def store(upload: File[bytes], year_and_month: str) -> str:
    """Write a file to the private storage and return its name there."""
    return default_storage.save(f"imports/{year_and_month}/{uuid.uuid4().hex}", upload)


def digest(upload: File[bytes]) -> str:
    """Return the SHA-256 of a file's bytes."""
    sha = hashlib.sha256()
    for chunk in upload.chunks():
        sha.update(chunk)
    upload.seek(0)
    return sha.hexdigest()


@contextmanager
def kept_only_on_success(name: str) -> Iterator[Path]:
    """Give the path of a stored file, which is deleted when the block fails."""
    try:
        yield Path(default_storage.path(name))
    except BaseException:
        default_storage.delete(name)
        raise


def read_whole(table: Table) -> None:
    """Read a table to its end: a broken line anywhere raises BrokenFile with all of them."""
    for _row in table.rows():
        pass


def table_of(batch: ImportBatch, mapping: ColumnMapping) -> Table:
    """Open a batch's file as a table. Raises UnreadableFile, also when there is no file."""
    if not batch.file:
        raise UnreadableFile(_("There is no file to read."))
    return open_table(
        Path(batch.file.path),
        encoding=mapping.encoding,
        delimiter=mapping.delimiter,
        sheet=mapping.sheet,
        decimal=mapping.decimal,
    )


def delete(name: str) -> None:
    """Remove a stored file; one that is gone already is no error."""
    default_storage.delete(name)
