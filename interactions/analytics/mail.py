"""An e-mail as its parts: who wrote to whom, when, about what, and its words as plain text.

Whatever comes in, something comes out: odd encodings, broken parts and made-up headers are read
as far as they go. HTML is reduced to its words; nothing of it is ever shown as HTML.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header
from email.message import EmailMessage, Message
from email.utils import getaddresses, parsedate_to_datetime
from html.parser import HTMLParser
from typing import Any

import charset_normalizer

MAX_BYTES = 20 * 1024 * 1024
MAX_PARTS = 200
YEARS = range(1970, 9000)  # a mail of another year has a broken clock
MAX_TEXT = 20_000
MAX_PEOPLE = 200
_SILENT = {"script", "style", "title", "template", "noscript", "object", "svg", "math"}
_BREAKS = {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "hr"}
_ADDRESS = re.compile(r"^[^@\s<>\"]{1,64}@[^@\s<>\"]{1,190}$")


class NotAMailError(Exception):
    """A file that is no e-mail, or too large: `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Part:
    """A file that came with a mail; `number` finds it again in the same mail."""

    number: int
    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail. Addresses are in lower case with names; `sent_at` is None where nobody says."""

    key: str
    subject: str
    text: str
    sent_at: datetime | None
    senders: Sequence[tuple[str, str]]
    recipients: Sequence[tuple[str, str]]
    parts: Sequence[Part]
    was_html: bool
    is_cut: bool


def read_mail(content: bytes) -> Mail:
    """Return what stands in a mail. Raises NotAMailError for what has no header of one."""
    if len(content) > MAX_BYTES:
        raise NotAMailError("too_large")
    message = _parsed(content)
    if not any(message.get(name) for name in ("From", "To", "Date", "Subject", "Message-ID")):
        raise NotAMailError("no_mail")
    text, was_html, parts = _content(message)
    return Mail(
        key=_key(message, content),
        subject=_header(message, "Subject")[:300],
        text=text[:MAX_TEXT],
        sent_at=_sent_at(message),
        senders=_people(message, "From", "Sender"),
        recipients=_people(message, "To", "Cc"),
        parts=parts,
        was_html=was_html,
        is_cut=len(text) > MAX_TEXT,
    )


def text_of_html(html: str) -> str:
    """Return the words of an HTML text, without scripts, styles and tags."""
    reader = _Words()
    try:
        reader.feed(html)
        reader.close()
    except (ValueError, AssertionError, RecursionError):
        return _tidy("".join(reader.found))
    return _tidy("".join(reader.found))


class _Words(HTMLParser):
    """Collects what a reader would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a break, or that what follows is not shown."""
        del attrs
        if tag in _SILENT:
            self.silent.append(tag)
        elif tag in _BREAKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Note a break, or that texts are shown again."""
        if tag in self.silent:
            while self.silent and self.silent.pop() != tag:
                pass
        elif tag in _BREAKS:
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        """Keep a text that is shown."""
        if not self.silent:
            self.found.append(" ".join(data.split("\n")))


def _parsed(content: bytes) -> Message:
    """A message by the policy that knows headers; by the old one where that stumbles."""
    try:
        message: Message = message_from_bytes(content, policy=policy.default)
        for name in ("From", "To", "Date", "Subject", "Message-ID"):
            str(message.get(name, ""))
    except Exception:  # noqa: BLE001,RUF100 - the library raises many kinds on odd headers
        message = message_from_bytes(content, policy=policy.compat32)
    return message


def _key(message: Message, content: bytes) -> str:
    """What it is known by: its Message-ID, else a hash of all of it."""
    known = _header(message, "Message-ID").strip("<> ")
    if known and len(known) <= 250:
        return known
    return "sha256:" + hashlib.sha256(known.encode() or content).hexdigest()


def _header(message: Message, name: str) -> str:
    try:
        value = str(message.get(name, ""))
    except Exception:  # noqa: BLE001,RUF100 - the library raises many kinds on odd headers
        return ""
    if "=?" in value:
        value = _decoded_words(value)
    return _clean(" ".join(value.split()))


def _decoded_words(value: str) -> str:
    try:
        pieces = decode_header(value)
    except Exception:  # noqa: BLE001,RUF100 - the library raises many kinds on odd headers
        return value
    return "".join(
        piece if isinstance(piece, str) else _text(piece, charset or "")
        for piece, charset in pieces
    )


def _people(message: Message, *names: str) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for words, address in (pair for name in names for pair in _pairs(message, name)):
        if _ADDRESS.match(address):
            said = _clean(" ".join(_decoded_words(words).split()))
            found.setdefault(_clean(address.lower()), said[:200])
    return list(found.items())[:MAX_PEOPLE]


def _pairs(message: Message, name: str) -> list[tuple[str, str]]:
    try:
        return getaddresses([str(value) for value in message.get_all(name, [])])
    except Exception:  # noqa: BLE001,RUF100 - the library raises many kinds on odd headers
        return []


def _sent_at(message: Message) -> datetime | None:
    """When it was sent; else when the last server got it."""
    received = _header(message, "Received").rpartition(";")[2]
    for words in (_header(message, "Date"), received):
        try:
            moment = parsedate_to_datetime(words.strip())
            moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
            moment = moment.astimezone(UTC)
        except (TypeError, ValueError, IndexError, OverflowError):
            continue
        if moment.year in YEARS:
            return moment
    return None


def _content(message: Message) -> tuple[str, bool, list[Part]]:
    """The words (plain ones first, else those of HTML), whether they were HTML, and the files."""
    plain: list[str] = []
    html: list[str] = []
    parts: list[Part] = []
    for number, part in enumerate(_walk(message)):
        kind, content = part.get_content_type(), _payload(part)
        name = _file_name(part)
        if name or part.get_content_disposition() == "attachment" or not kind.startswith("text/"):
            if content:
                parts.append(Part(number, name or f"{number}", kind, content))
        elif kind == "text/plain":
            plain.append(_text(content, str(part.get_content_charset() or "")))
        elif kind == "text/html":
            html.append(_text(content, str(part.get_content_charset() or "")))
    words = _tidy("\n".join(plain))
    if words or not html:
        return words, False, parts
    return text_of_html("\n".join(html)), True, parts


def _walk(message: Message) -> Iterator[Any]:
    for number, part in enumerate(message.walk()):
        if number >= MAX_PARTS:
            return
        if not part.is_multipart():
            yield part


def _payload(part: EmailMessage | Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except Exception:  # noqa: BLE001,RUF100 - the library raises many kinds on odd encodings
        return b""
    return content if isinstance(content, bytes) else b""


def _file_name(part: EmailMessage | Message) -> str:
    try:
        return _clean(" ".join(_decoded_words(part.get_filename() or "").split()))[:200]
    except Exception:  # noqa: BLE001,RUF100 - the library raises many kinds on odd headers
        return ""


def _text(content: bytes, charset: str) -> str:
    for name in (charset, "utf-8"):
        try:
            return content.decode(name) if name else content.decode("utf-8")
        except (LookupError, UnicodeError, ValueError):
            continue
    best = charset_normalizer.from_bytes(content[:200_000]).best()
    return content.decode(best.encoding if best is not None else "cp1252", errors="replace")


def _clean(text: str) -> str:
    """Without what a database or a page cannot hold: NUL, other controls, lone surrogates."""
    kept = "".join(char for char in text if char in "\t\n" or ord(char) >= 32)
    return kept.encode("utf-8", errors="replace").decode("utf-8")


def _tidy(text: str) -> str:
    lines = (" ".join(line.split()) for line in _clean(text.replace("\r\n", "\n")).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
