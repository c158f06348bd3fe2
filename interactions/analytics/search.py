"""What somebody typed into a search box, as terms, and where they stand in a text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from kam.core.text import search_key

MOST_TERMS = 12
LONGEST_TERM = 100
_PIECE = re.compile(r'(-?)"([^"]*)"?|(\S+)')
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# A run of Chinese characters, or a word with the marks that may follow its letters.
_TOKEN = re.compile(rf"[{_HAN}]+|(?:(?![{_HAN}])[^\W_])(?:(?![{_HAN}])[\w\u0300-\u036f])*")
_UNSAFE = re.compile("[\x00\ud800-\udfff]")

type Kind = Literal["word", "prefix", "phrase", "not"]


@dataclass(frozen=True, slots=True)
class Term:
    """A word, the beginning of one, a phrase, or what must not be there."""

    text: str
    kind: Kind


def parse(typed: str) -> list[Term]:
    """Return the terms of what was typed; any text at all is understood somehow.

    Words must all be there, "phrases" as they stand, -words not. The last word may go on, unless
    a blank follows it. What has neither letter nor digit is no term; the first twelve count.
    """
    text = _UNSAFE.sub(" ", typed)
    terms = [term for piece in _PIECE.finditer(text) if (term := _term(piece))]
    if terms and terms[-1].kind == "word" and not text[-1:].isspace():
        terms[-1] = Term(terms[-1].text, "prefix")
    return terms[:MOST_TERMS]


def _term(piece: re.Match[str]) -> Term | None:
    minus, phrase, word = piece.groups()
    said = (word if phrase is None else phrase)[:LONGEST_TERM]
    if not any(char.isalnum() for char in said):
        return None
    if minus or (phrase is None and said.startswith("-")):
        return Term(said.lstrip("-"), "not")
    return Term(said, "word" if phrase is None else "phrase")


def tokens(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where each word and each Chinese run stands, and its key for searching."""
    for match in _TOKEN.finditer(text):
        yield match.start(), match.end(), search_key(match.group())


def initials(terms: Collection[Term]) -> set[str]:
    """Return the first letters of everything wanted: only such words can be meant."""
    wanted = (term for term in terms if term.kind != "not")
    return {key[:1] for term in wanted for _start, _end, key in tokens(term.text)}


def is_han(text: str) -> bool:
    """Tell whether a text begins with a Chinese character."""
    return bool(re.match(f"[{_HAN}]", text))


def spans(text: str, terms: Collection[Term], words: Collection[str]) -> list[tuple[int, int]]:
    """Return where what was searched stands in a text: half-open, in order, without overlap.

    `words` are the keys of words known to match in some form. Chinese is found by its runs.
    """
    runs = {
        key
        for term in terms
        if term.kind != "not"
        for _start, _end, key in tokens(term.text)
        if is_han(key)
    }
    found = []
    for start, end, key in tokens(text):
        if key in words:
            found.append((start, end))
        elif is_han(key):
            found += [
                (start + place.start(), start + place.end())
                for run in runs
                for place in re.finditer(re.escape(run), text[start:end])
            ]
    return _joined(sorted(found))


def _joined(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in found:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def excerpt(text: str, marks: list[tuple[int, int]], length: int = 240) -> tuple[int, int]:
    """Return the part of a text to show, around the first mark, not through a word."""
    if len(text) <= length:
        return 0, len(text)
    first = marks[0][0] if marks else 0
    start = max(0, min(first - length // 4, len(text) - length))
    if start:
        blank = text.find(" ", start, start + 20)
        start = blank + 1 if 0 <= blank < first else start
    end = min(len(text), start + length)
    blank = text.rfind(" ", max(start + 1, end - 20), end)
    return start, (blank if end < len(text) and blank > first else end)
