"""What a file is by its content: the few kinds that are kept, all else is refused."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zipfile
from pathlib import PurePosixPath
from typing import IO

from django.core.files import File
from django.utils.translation import gettext_lazy as _

from kam.core.problems import RefusedError

MAX_BYTES = 20 * 1024 * 1024
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "txt": "text/plain",
    "csv": "text/csv",
    "eml": "message/rfc822",
}
_MAIN_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx",
               "ppt/presentation.xml": "pptx"}  # fmt: skip
_TYPES = "[Content_Types].xml"
_LIVES = re.compile(r"vbaproject|macro|activex|oleobject|/embeddings/", re.IGNORECASE)
_TYPES_LIMIT, _PARTS_LIMIT = 1024 * 1024, 5000
_TEXT_PROBE = 256 * 1024
_HEADER = re.compile(rb"[!-9;-~]+:[ \t]?[^\r\n]*\r?\n")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
NAME_LENGTH = 200


def kind_of(stream: IO[bytes], name: str) -> str:
    """Return what a file is, one of CONTENT_TYPES; empty for what is not kept.

    Its content decides. Plain text is told apart by the end of its name.
    """
    stream.seek(0)
    start = stream.read(16)
    stream.seek(0)
    if start.startswith(b"%PDF-"):
        return "pdf"
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if start.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return "webp"
    if start.startswith(b"PK\x03\x04"):
        return _office_kind(stream)
    return _text_kind(stream, PurePosixPath(name.lower()).suffix.removeprefix("."))


def _office_kind(stream: IO[bytes]) -> str:
    """An office document without macros or anything else that lives."""
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            if len(parts) > _PARTS_LIMIT or any(_LIVES.search(part.filename) for part in parts):
                return ""
            names = {part.filename for part in parts}
            if _TYPES not in names or archive.getinfo(_TYPES).file_size > _TYPES_LIMIT:
                return ""
            types = archive.read(_TYPES).decode("utf-8", "replace")
    except (zipfile.BadZipFile, OSError, RuntimeError, ValueError, EOFError):
        return ""
    finally:
        stream.seek(0)
    kinds = {kind for main, kind in _MAIN_PARTS.items() if main in names}
    return kinds.pop() if len(kinds) == 1 and not _LIVES.search(types) else ""


def _text_kind(stream: IO[bytes], suffix: str) -> str:
    probe = stream.read(_TEXT_PROBE)
    stream.seek(0)
    if suffix not in {"txt", "csv", "eml"} or not probe.strip() or _CONTROL.search(probe):
        return ""
    if suffix == "eml":
        return "eml" if _HEADER.match(probe.lstrip(b"\xef\xbb\xbf")) else ""
    return suffix


def cleaned_name(name: str, kind: str) -> str:
    """Return a name that is safe to show and to save under, with the ending of what it is."""
    base = re.split(r"[\\/]", name)[-1]
    # No control, format (such as right-to-left marks) or surrogate characters.
    shown = "".join(
        char for char in unicodedata.normalize("NFC", base)
        if unicodedata.category(char)[0] != "C" and char not in '<>:"|?*'
    )  # fmt: skip
    stem = shown.strip(" .")
    ending = {"jpg": (".jpg", ".jpeg")}.get(kind, (f".{kind}",))
    if stem.lower().endswith(ending):
        stem, suffix = stem.rsplit(".", 1)
    else:
        suffix = kind
    stem = stem.strip(" .")[: NAME_LENGTH - len(suffix) - 1] or "file"
    return f"{stem}.{suffix.lower()}"


def checked(upload: File[bytes]) -> str:
    """Return what kind of file it is. Raises RefusedError for what is not kept."""
    if upload.size > MAX_BYTES:
        raise RefusedError(_("A file is at most 20 MB."), field="file", code="file_too_large")
    stream: IO[bytes] = upload.file or upload
    kind = kind_of(stream, upload.name or "")
    if not kind:
        words = _(
            "This file cannot be kept: PDF, pictures, Word, Excel and PowerPoint without macros, "
            "text, CSV and e-mail can."
        )
        raise RefusedError(words, field="file", code="file_kind")
    return kind


def digest_of(upload: File[bytes]) -> str:
    """Return the SHA-256 of a file's content."""
    digest = hashlib.sha256()
    upload.seek(0)
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()
