"""Guards for compressed input: nothing is unpacked before its size is known to be harmless."""

import gzip
import io
import zipfile
import zlib
from pathlib import Path
from typing import IO, cast

from django.utils.translation import gettext as _

from kam.imports.reading.errors import UnreadableFile

MAX_UNPACKED = 100 * 1024 * 1024
MAX_RATIO = 100
MAX_ENTRIES = 1_000
SMALL_ENTRY = 1024 * 1024
GZIP_MAX_UNPACKED = 4 * 1024 * 1024 * 1024


def check_zip(path: Path) -> None:
    """Refuse an archive that is encrypted, has too many entries or unpacks to too much.

    The declared sizes are binding: `zipfile` never reads an entry past the size it declares.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError) as error:
        raise UnreadableFile(_("The file is not a readable workbook (%s).") % error) from error
    if len(entries) > MAX_ENTRIES:
        raise UnreadableFile(_("The workbook has too many parts (%d).") % len(entries))
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableFile(_("The workbook is protected by a password."))
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise UnreadableFile(
            _("The workbook unpacks to more than 100 MB. Send a file of this size as CSV.")
        )
    for entry in entries:
        _check_ratio(entry)


def _check_ratio(entry: zipfile.ZipInfo) -> None:
    packed = max(entry.compress_size, 1)
    if entry.file_size > SMALL_ENTRY and entry.file_size > MAX_RATIO * packed:
        raise UnreadableFile(_("The workbook is packed more than 100 to 1, as no real one is."))


class GuardedGzip(io.RawIOBase):
    """A gzip stream that stops when it grows out of proportion to what is stored."""

    def __init__(self, path: Path) -> None:
        self._packed = path.stat().st_size
        self._stream = cast("IO[bytes]", gzip.open(path, "rb"))  # noqa: SIM115 - closed in close()
        self._read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        try:
            data = self._stream.read(len(view))
        except (OSError, EOFError, ValueError, zlib.error) as error:
            raise UnreadableFile(_("The compressed file is damaged (%s).") % error) from error
        self._read += len(data)
        if self._read > GZIP_MAX_UNPACKED or self._read > MAX_UNPACKED + MAX_RATIO * self._packed:
            raise UnreadableFile(_("The compressed file unpacks to more than can be read."))
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()
