"""What the content security policy would kill, and texts that nobody could translate."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))

FORBIDDEN = {
    "an inline script": re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE
    ),
    "an inline style block": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "an event handler attribute": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "hx-on": re.compile(r"\bhx-on\b", re.IGNORECASE),
    "js: values": re.compile(r"hx-(?:vals|headers)\s*=\s*[\"']\s*js:", re.IGNORECASE),
    "a trigger filter in brackets": re.compile(r"hx-trigger\s*=\s*[\"'][^\"']*\[", re.IGNORECASE),
    "an address outside": re.compile(r"(?:src|href)\s*=\s*[\"']https?://", re.IGNORECASE),
}
NOT_TEXT = re.compile(
    r"{%\s*comment\b.*?{%\s*endcomment\s*%}|{#.*?#}|{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}"
    r"|{%\s*verbatim.*?endverbatim\s*%}|<script\b.*?</script>|<code\b.*?</code>|<pre\b.*?</pre>"
    r"|<kbd\b.*?</kbd>|<svg\b.*?</svg>|{%.*?%}|{{.*?}}|<[^>]*>|&[a-z#0-9]+;",
    re.DOTALL | re.IGNORECASE,
)
ENGLISH_ALONE = "gallery"  # the debug-only page for those who build pages
ALLOWED_WORDS = {"kam", "JavaScript", "CSV", "XLSX", "API", "JSON", "SHA"}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_nothing_that_the_policy_kills(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(text)] == []


@pytest.mark.parametrize(
    "path", [path for path in TEMPLATES if not path.stem.startswith(ENGLISH_ALONE)], ids=_name
)
def test_texts_are_marked_for_translation(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    bare = NOT_TEXT.sub(" ", text)
    words = set(re.findall(r"[^\W\d_]{2,}", bare)) - ALLOWED_WORDS
    assert words == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_spoken_attributes_are_marked_for_translation(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    spoken = re.findall(r"\s(?:title|aria-label|placeholder|alt)=\"([^\"{]+)\"", text)
    assert [value for value in spoken if re.search(r"[^\W\d_]{2,}", value)] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=_name)
def test_scripts_evaluate_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"\beval\(|new Function\(|document\.write|\.cssText\s*=", text) == []
    assert len(text.splitlines()) < 150, "a module holds one behaviour in under 150 lines"
