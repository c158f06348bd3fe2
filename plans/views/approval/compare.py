"""What differs between two snapshots of a plan, or between one and today."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kam.identity.decorators import requires, signed_in
from kam.identity.models import User
from plans.analytics.diff import Change
from plans.analytics.documents import Document
from plans.choices.plan import SectionKind
from plans.forms.approval import LIVE, CompareForm, snapshot_words
from plans.models import Plan, PlanSnapshot
from plans.selectors import reading
from plans.selectors import snapshots as reads
from plans.views.plan import common

LONG_TEXT, MOST_WORDS = 60, 4000


@dataclass(frozen=True)
class Line:
    """A difference in words. `words` are the parts of a text: kept, added or removed."""

    where: str
    kind: str
    before: str = ""
    after: str = ""
    difference: str = ""
    words: Sequence[tuple[str, str]] = ()
    node: reading.Node | None = None


@dataclass(frozen=True)
class Part:
    """The differences of a section."""

    title: str
    lines: list[Line] = field(default_factory=list)


@requires("plans.view")
@require_GET
def plan_compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Any two snapshots side by side, or one and the plan as it stands."""
    user, plan = signed_in(request), common.get_plan(request, pk)
    snapshots = list(reads.snapshots_of(plan))
    form = CompareForm(_chosen(request, snapshots), snapshots=snapshots)
    if not form.is_valid():
        raise Http404
    before, after = form.cleaned_data["before"], form.cleaned_data["after"]
    older, newer = _document(plan, user, before), _document(plan, user, after)
    context = {
        "plan": plan,
        "form": form,
        "has_snapshots": bool(snapshots),
        "before": _words(snapshots, before),
        "after": _words(snapshots, after),
        "parts": parts_of(reads.differences(older, newer), older, newer),
        "crumbs": common.plan_crumbs(plan, (_("What changed"), "")),
    }
    return render(request, "plans/plan_compare.html", context)


def _chosen(request: HttpRequest, snapshots: Sequence[PlanSnapshot]) -> dict[str, str]:
    """What is compared: the latest snapshot with today, unless told."""
    latest = str(snapshots[0].number) if snapshots else LIVE
    return {
        "before": request.GET.get("before") or latest,
        "after": request.GET.get("after") or LIVE,
    }


def _document(plan: Plan, user: User, which: str) -> Document:
    if which == LIVE:
        return reads.live_document(plan, user=user, as_of=timezone.localdate())
    snapshot: PlanSnapshot = plan.snapshots.get(number=int(which))
    snapshot.plan = plan
    return reads.frozen_document(snapshot, user=user)


def _words(snapshots: Iterable[PlanSnapshot], which: str) -> str:
    found = next((one for one in snapshots if str(one.number) == which), None)
    return snapshot_words(found) if found else _("As it stands now")


def parts_of(changes: Iterable[Change], before: Document, after: Document) -> list[Part]:
    """Return differences in words by section, in the order of the document."""
    parts: dict[str, Part] = {}
    for change in changes:
        key, rest = _section(change.path)
        title = reading.section_title(key) if key else _("Basic facts of the plan")
        part = parts.setdefault(key, Part(title))
        part.lines.append(_line(change, _where(change.path, rest, before, after)))
    order = ["", *SectionKind.values]
    return [parts[key] for key in sorted(parts, key=order.index)]


def _section(path: Sequence[str]) -> tuple[str, int]:
    """The section that a path is in, and where the rest of the path begins."""
    if path[0] == "sections":
        return path[1].removeprefix("#"), 2
    return "", 1


def _where(path: Sequence[str], rest: int, before: Document, after: Document) -> str:
    """Where a difference is, in words: rows by their names, fields by their labels."""
    found: list[str] = []
    old: Any = _at(before, path[:rest])
    new: Any = _at(after, path[:rest])
    for step in path[rest:]:
        old, new = _step(old, step), _step(new, step)
        if step == "content" or step in SectionKind.values:
            continue
        if step.startswith("#"):
            found.append(_name(new) or _name(old) or step)
        elif not (step == "name" and found):
            found.append(reading.label_of(step))
    return " › ".join(one[:1].upper() + one[1:] for one in found)


def _at(document: Any, path: Sequence[str]) -> Any:
    for step in path:
        document = _step(document, step)
    return document


def _step(value: Any, step: str) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list):
        key = step.removeprefix("#")
        rows = (one for one in value if isinstance(one, dict))
        return next((one for one in rows if str(one.get("id")) == key), None)
    return None


def _name(row: Any) -> str:
    if not isinstance(row, dict):
        return ""
    return reading.name_of(row)


def _line(change: Change, where: str) -> Line:
    key = change.path[-1]
    before, after = change.before, change.after
    one = after if change.kind == "added" else before
    if change.kind != "changed":
        if isinstance(one, dict):
            return Line(where, change.kind, node=reading.node_of(one, is_row=True))
        return Line(where, change.kind, after=reading.spoken(key, one))
    if _is_long(before) or _is_long(after):
        return Line(where, "changed", words=words_of(str(before or ""), str(after or "")))
    return Line(
        where,
        "changed",
        before=_spoken(key, before),
        after=_spoken(key, after),
        difference=reading.difference_words(change.difference, str(change.path[-1])),
    )


def _spoken(key: str, value: Any) -> str:
    if reading.is_group(value):
        return ", ".join(f"{label}: {words}" for label, words in reading.node_of(value).facts)
    return reading.spoken(key, value)


def _is_long(value: Any) -> bool:
    return isinstance(value, str) and len(value) > LONG_TEXT


def words_of(before: str, after: str) -> list[tuple[str, str]]:
    """Return two texts as one: what is kept, removed and added, word by word."""
    old, new = re.findall(r"\S+|\s+", before), re.findall(r"\S+|\s+", after)
    if len(old) + len(new) > MOST_WORDS:
        return [("removed", before), ("added", after)]
    found: list[tuple[str, str]] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for what, first, last, start, end in matcher.get_opcodes():
        if what == "equal":
            found.append(("kept", "".join(new[start:end])))
            continue
        found.append(("removed", "".join(old[first:last])))
        found.append(("added", "".join(new[start:end])))
    return [one for one in found if one[1]]
