"""What two documents differ in: by field, rows matched by their id, amounts as differences.

A path leads to a value: keys of dicts, and `#id` for a row of a list. Rows that only stand
elsewhere do not differ. `diff(b, a)` is `diff(a, b)` turned round.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from plans.analytics.documents import canonical, number

type Kind = Literal["added", "removed", "changed"]
type Path = tuple[str, ...]

MONEY = frozenset({"amount", "currency"})
_DECIMAL = re.compile(r"-?\d{1,30}(\.\d{1,30})?")
_TURNED: dict[Kind, Kind] = {"added": "removed", "removed": "added", "changed": "changed"}
_MISSING = object()


@dataclass(frozen=True, kw_only=True)
class Change:
    """One difference; `difference` is after minus before where both are numbers or one money."""

    path: Path
    kind: Kind
    before: Any = None
    after: Any = None
    difference: Any = None

    def turned(self) -> Change:
        """Return the change that undoes this one."""
        return replace(
            self,
            kind=_TURNED[self.kind],
            before=self.after,
            after=self.before,
            difference=_negative(self.difference),
        )


def diff(before: Any, after: Any) -> list[Change]:
    """Return what `after` has otherwise than `before`, ordered by path. Both are plain data."""
    return sorted(_between((), before, after), key=_place)


def is_money(value: Any) -> bool:
    """Whether a value is an amount with its currency."""
    return isinstance(value, dict) and value.keys() == MONEY


def is_number(value: Any) -> bool:
    """Whether a value is a whole number, or a decimal as documents hold it."""
    if isinstance(value, str):
        return _DECIMAL.fullmatch(value) is not None
    return isinstance(value, int) and not isinstance(value, bool)


def _place(change: Change) -> tuple[Path, str, str, str]:
    # The same whichever side is first, so that the order of a turned difference is the same.
    low, high = sorted([canonical(change.before), canonical(change.after)])
    return (change.path, low, high, "" if change.kind == "changed" else "one-sided")


def _between(path: Path, before: Any, after: Any) -> Iterator[Change]:
    before, after = _matched(before, after), _matched(after, before)
    if isinstance(before, dict) and isinstance(after, dict) and not is_money(before | after):
        yield from _dicts(path, before, after)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _lists(path, before, after)
    elif canonical(before) != canonical(after):
        yield _changed(path, before, after)


def _matched(value: Any, other: Any) -> Any:
    """Nothing is the same as an empty list, and as an empty dict."""
    if value is None and isinstance(other, list):
        return []
    if value == {} and not isinstance(other, dict):
        return None
    return value


def _dicts(path: Path, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    for key in sorted(before.keys() | after.keys()):
        # A field that one side has not is the same as one of which nothing is known.
        yield from _between((*path, key), before.get(key), after.get(key))


def _lists(path: Path, before: list[Any], after: list[Any]) -> Iterator[Change]:
    if not (_are_rows(before) and _are_rows(after)):
        yield from _values(path, before, after)
        return
    old, new = _by_id(before), _by_id(after)
    for key in sorted(old.keys() | new.keys()):
        here = (*path, f"#{key}")
        if key not in old:
            yield Change(path=here, kind="added", after=new[key])
        elif key not in new:
            yield Change(path=here, kind="removed", before=old[key])
        else:
            yield from _dicts(here, old[key], new[key])


def _are_rows(values: Sequence[Any]) -> bool:
    """Whether a list holds rows that their ids tell apart."""
    if not all(isinstance(one, dict) and one.get("id") is not None for one in values):
        return False
    return len({str(one["id"]) for one in values}) == len(values)


def _by_id(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {str(row["id"]): row for row in rows}


def _values(path: Path, before: list[Any], after: list[Any]) -> Iterator[Change]:
    """Values without an id: those that one side has more often than the other."""
    old = Counter(canonical(one) for one in before)
    new = Counter(canonical(one) for one in after)
    texts = {canonical(one): one for one in (*before, *after)}
    for text in sorted((old - new).elements()):
        yield Change(path=path, kind="removed", before=texts[text])
    for text in sorted((new - old).elements()):
        yield Change(path=path, kind="added", after=texts[text])


def _changed(path: Path, before: Any, after: Any) -> Change:
    return Change(
        path=path,
        kind="changed",
        before=before,
        after=after,
        difference=_difference(path, before, after),
    )


def _difference(path: Path, before: Any, after: Any) -> Any:
    if is_money(before) and is_money(after):
        if before["currency"] != after["currency"]:
            return None
        amount = _difference(("amount",), before["amount"], after["amount"])
        return None if amount is None else {"amount": amount, "currency": after["currency"]}
    if path and (path[-1] == "id" or path[-1].endswith("_id")):
        return None
    if is_number(before) and is_number(after):
        return number(Decimal(after) - Decimal(before))
    return None


def _negative(difference: Any) -> Any:
    if difference is None:
        return None
    if isinstance(difference, dict):
        return {**difference, "amount": _negative(difference["amount"])}
    return number(-Decimal(difference))
