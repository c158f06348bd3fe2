"""Which encoding a text file is in.

A byte-order mark decides; else UTF-16 shows by its zero bytes; else strict UTF-8; else the lines
that are not ASCII are weighed. Whatever is chosen must decode the *whole* file strictly.
"""

import codecs
import io
import re
from collections.abc import Iterator
from itertools import islice
from typing import IO

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _

from kam.imports.reading.errors import ProblemList, UnreadableFile

CHUNK = 1024 * 1024
SAMPLE = 64 * 1024
MAX_LINE = 8 * 1024 * 1024
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
EASTERN = ("gb18030", "big5", "shift_jis", "euc_jp", "euc_kr", "cp1251")
_MARKS = "€‚„…‘’“”–—™§©«»°±·\xa0®"
ENCODINGS = (
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", *EASTERN,
    "cp1252", "cp1250", "cp1258", "cp1257",
)  # fmt: skip
# The first of equals wins, so Western Europe stands first.
TYPICAL = {
    "cp1252": _MARKS + "àâäáãåæçèéêëìíîïñòóôöõøùúûüýÿœßÀÂÄÁÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÖÕØÙÚÛÜÝŒ¿¡£¥ªº²³½",
    "cp1250": _MARKS + "ąćęłńóśźżĄĆĘŁŃÓŚŹŻăâîşţĂÂÎŞŢáčďéěíňřšťúůýžÁČĎÉĚÍŇŘŠŤÚŮÝŽőűŐŰäöüßÄÖÜôĺľ",
    "cp1258": _MARKS + "àâáăêèéôơưđùúíóÀÂÁĂÊÈÉÔƠƯĐÙÚÍÓ\u0300\u0301\u0303\u0309\u0323₫",
    "cp1257": _MARKS + "āčēģīķļņšūžĀČĒĢĪĶĻŅŠŪŽąęėįųĄĘĖĮŲõäöüÕÄÖÜ",
}
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_UTF8_LETTER = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)


def detect_encoding(stream: IO[bytes]) -> str:
    """Name the encoding of a binary stream, which is read from where it stands."""
    head = stream.read(CHUNK)
    for mark, name in BOMS:
        if head.startswith(mark):
            return name
    if wide := _wide(head):
        return wide
    sample = _high_sample(head, stream)
    if not sample or _is_utf8(sample):
        return "utf-8"
    return _legacy(sample)


def _wide(head: bytes) -> str:
    """Name the UTF-16 without a mark whose zero bytes stand at every other place, if it is one."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if bool(even) == bool(odd):
        return ""
    name = "utf-16-be" if even else "utf-16-le"
    text = head.decode(name, errors="replace")
    return name if "\n" in text or "\r" in text or 4 * (even + odd) > len(head) else ""


def _high_sample(head: bytes, stream: IO[bytes]) -> bytes:
    """Return up to 64 KB of whole lines that hold a byte past ASCII, from anywhere in the file."""
    lines: list[bytes] = []
    size, block = 0, head
    while block and size < SAMPLE:
        chunk = stream.read(CHUNK)
        cut = block.rfind(b"\n") + 1 if chunk else len(block)
        whole, block = block[: cut or len(block)], block[cut or len(block) :] + chunk
        if not whole.isascii():
            lines += islice(_high_lines(whole), SAMPLE // 16)
            size = sum(map(len, lines))
    return b"".join(lines)[: 4 * SAMPLE]


def _high_lines(block: bytes) -> Iterator[bytes]:
    place = 0
    while match := _HIGH_RUN.search(block, place):
        start = block.rfind(b"\n", place, match.start()) + 1 or place
        place = block.find(b"\n", match.end()) + 1 or len(block)
        yield block[start:place]


def _is_utf8(sample: bytes) -> bool:
    """Tell whether the sample is UTF-8, even if a few of its letters are damaged."""
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError:
        good = len(_UTF8_LETTER.findall(sample))
        bad = len(_HIGH_RUN.findall(_UTF8_LETTER.sub(b"", sample)))
        return good >= 4 * bad
    return True


def _legacy(sample: bytes) -> str:
    """Choose between GB18030, the other multi-byte encodings and the single-byte code pages."""
    if _pairs_share(sample) > 0.9 and _decodes(sample, "gb18030"):
        return "gb18030"
    runs = [len(run) for run in _HIGH_RUN.findall(sample)]
    if sum(runs) >= 3 * len(runs):  # whole words past ASCII: no Western text
        best = from_bytes(sample, cp_isolation=[*EASTERN]).best()
        if best is not None:
            return best.encoding
    return max(TYPICAL, key=lambda name: _likeness(sample, name))


def _likeness(sample: bytes, encoding: str) -> float:
    """Return the share of letters past ASCII that texts in this code page usually hold."""
    text = sample.decode(encoding, errors="replace")
    letters = [letter for letter in text if letter > "\x7f"]
    return sum(letter in TYPICAL[encoding] for letter in letters) / max(len(letters), 1)


def _pairs_share(sample: bytes) -> float:
    """Return the share of high bytes that stand in pairs of the common Chinese zone."""
    high = paired = 0
    for run in _HIGH_RUN.findall(sample):
        high += len(run)
        if len(run) % 2 == 0:
            leads, trails = run[0::2], run[1::2]
            paired += 2 * sum(
                0xA1 <= lead <= 0xF7 and trail >= 0xA1
                for lead, trail in zip(leads, trails, strict=True)
            )
    return paired / high if high else 0.0


def _decodes(sample: bytes, encoding: str) -> bool:
    try:
        sample.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def decoded_chunks(stream: IO[bytes], encoding: str) -> Iterator[tuple[str, int]]:
    """Yield the text of a binary stream with the count of bytes taken so far, strictly decoded."""
    newlines = io.IncrementalNewlineDecoder(
        codecs.getincrementaldecoder(encoding)("strict"), translate=True
    )
    taken = 0
    while chunk := stream.read(CHUNK):
        taken += len(chunk)
        yield newlines.decode(chunk), taken
    yield newlines.decode(b"", final=True), taken


def count_lines(stream: IO[bytes], encoding: str) -> int:
    """Decode a whole stream strictly, from its start, and return its number of lines.

    Raises `BrokenFile` for zero characters and for text that the encoding does not allow, with
    the lines; `UnreadableFile` for a line too long to be one and for an unknown encoding.
    """
    if encoding not in ENCODINGS:
        raise UnreadableFile(_("“%s” is not an encoding that can be read.") % encoding)
    problems = ProblemList()
    lines = open_length = 0
    try:
        for text in _decoded(stream, encoding):
            if "\0" in text:
                _list_zeros(text, lines, problems)
            lines += text.count("\n")
            open_length = len(text) - text.rfind("\n") - 1 + (0 if "\n" in text else open_length)
            if open_length > MAX_LINE:
                raise UnreadableFile(_("Line %d is too long: this is no table.") % (lines + 1))
    except UnicodeDecodeError as error:
        _list_undecodable(stream, encoding, problems)
        problems.raise_if_any()
        raise UnreadableFile(_undecodable(encoding, error.reason, lines + 1)) from error
    problems.raise_if_any()
    return lines + bool(open_length)


def _undecodable(encoding: str, reason: str, line: int) -> str:
    text = _(
        "The text is not valid %(encoding)s near line %(line)d (%(reason)s). "
        "Save the file as UTF-8 and send it again."
    )
    return text % {"encoding": encoding.upper(), "line": line, "reason": reason}


def _decoded(stream: IO[bytes], encoding: str) -> Iterator[str]:
    newlines = io.IncrementalNewlineDecoder(
        codecs.getincrementaldecoder(encoding)("strict"), translate=True
    )
    while chunk := stream.read(CHUNK):
        yield newlines.decode(chunk)
    yield newlines.decode(b"", final=True)


def _list_undecodable(stream: IO[bytes], encoding: str, problems: ProblemList) -> None:
    """List the lines that are not valid text; only encodings that keep line ends as bytes."""
    if encoding.startswith(("utf-16", "utf-32")):
        return
    stream.seek(0)
    for number, line in enumerate(stream, start=1):
        try:
            line.decode(encoding)
        except UnicodeDecodeError as error:
            text = _("holds bytes that are not %(encoding)s (%(reason)s)")
            problems.add(number, text % {"encoding": encoding.upper(), "reason": error.reason})


def _list_zeros(text: str, lines_before: int, problems: ProblemList) -> None:
    for number, line in enumerate(text.split("\n"), start=lines_before + 1):
        if "\0" in line:
            problems.add(number, _("holds a zero (NUL) character"))
