"""A text that counts has a singular: "1 rows add up others" is in no language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("kam", "accounts", "interactions", "settlements", "plans")
ONE_FORM = {"_", "gettext", "gettext_lazy", "pgettext", "pgettext_lazy"}
# Words that end in s and are no plural of what is counted, or agree with nothing.
NOT_COUNTED = {"as", "ends", "has", "holds", "is", "less", "pays", "says", "this", "was"}
PYTHON = re.compile(
    r"%\((?:n|all|buyers|count|days|entries|items|known|months|rows|total|units|weeks|years)\)[sd]"
    r" (?P<noun>[a-z]+s|people)\b"
    r"|%[sd] (?:accounts|columns|customers|days|hours|items|months|opportunities|rows|years)\b"
)
TEMPLATE = re.compile(
    r"\{\{ ?(?:n|all|count|days|items|months|removed|rows|total|weeks|years) ?\}\} "
    r"(?P<noun>[a-z]+s|people)\b"
)
BLOCK = re.compile(
    r"\{% blocktranslate(?P<how>[^%]*(?:%[^}][^%]*)*)%\}(?P<text>.*?)\{% end", re.DOTALL
)
# Never one: days and years with a decimal, limits of ours, the largest of several customers.
FRACTIONS_AND_LIMITS = {
    "%s days",
    "%s years",
    "%(days)s days are lateness",
    "%(count)s groups bring %(five)s of revenue; %(largest)s alone brings %(share)s.",
    "%(count)s accounts bring %(five)s of revenue; %(largest)s alone brings %(share)s.",
    "A page has 1 to %s rows.",
    "Send 1 to %s rows; larger files go through imports.",
    "The sheet has more than %d columns.",
    "Nobody looked at these sections for %(n)s months: %(names)s.",
}


def _counts(pattern: re.Pattern[str], text: str) -> bool:
    return any(found["noun"] not in NOT_COUNTED for found in pattern.finditer(text))


def _texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ONE_FORM
            and isinstance(last := node.args[-1] if node.args else None, ast.Constant)
            and isinstance(last.value, str)
        ):
            yield node.lineno, last.value


def test_texts_of_the_code_that_count_have_a_singular() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        for line, text in _texts(ast.parse(path.read_text(encoding="utf-8")))
        if text not in FRACTIONS_AND_LIMITS and _counts(PYTHON, text)
    ]
    assert found == []


def test_texts_of_templates_that_count_have_a_singular() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {block['text']}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for block in BLOCK.finditer(path.read_text(encoding="utf-8"))
        if " count " not in block["how"] and _counts(TEMPLATE, block["text"])
    ]
    assert found == []


def test_what_counts_is_found() -> None:
    assert _counts(PYTHON, "%(rows)s rows add up others")
    assert _counts(PYTHON, "in %s months")
    assert not _counts(PYTHON, "%s was saved")
    assert _counts(TEMPLATE, "{{ days }} days ago")
