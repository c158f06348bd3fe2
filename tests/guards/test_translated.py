"""Texts are found by what collects them: it does not look into f-strings."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("kam", "accounts", "interactions", "settlements", "plans")
TRANSLATES = {"_", "gettext", "ngettext", "pgettext", "npgettext"}


def hidden(tree: ast.AST) -> Iterator[int]:
    """The lines on which a text to be translated stands inside an f-string."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            for part in ast.walk(node):
                if isinstance(part, ast.Call) and isinstance(part.func, ast.Name):
                    name = part.func.id.removesuffix("_lazy")
                    if name in TRANSLATES:
                        yield part.lineno


def test_no_text_hides_in_an_f_string() -> None:
    source = "detail = f\"{detail}; {_('no cost kept')}\""
    assert list(hidden(ast.parse(source))) == [1]
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        for line in hidden(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []
