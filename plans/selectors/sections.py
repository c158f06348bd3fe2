"""What each topic brings to the sections of a plan: its document for snapshots, and its page.

The plan page, the API, snapshots, differences and printed documents all read the same content.
A topic registers from `plans.apps`; a section without one shows its text alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kam.core.registry import Registry
from kam.identity.models import User
from plans.models import Plan

type Content = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class SectionSource:
    """What the system says in a section, beside the text that people wrote.

    `key` is a `SectionKind`. `content(plan, user, as_of)` returns JSON-like data: dicts, lists,
    text, numbers, `Decimal`, `date`, None for what is not known; money as
    `{"amount": Decimal, "currency": code}`. Lists hold dicts with an `id` that stays, so that a
    difference finds a row again. What the user may not see is left out; `None` as user means
    whoever may read the plan as a whole (a snapshot).
    `page(plan, user, as_of)` returns the context of `template`, rendered inside the section.
    `part` names the rows at the plan that fill the section, as `objectives`: lists and
    completeness read them for many plans at once. `is_live` sections show what the system knows
    and are never empty. `is_apart`: the page loads the section from its own address, because it
    asks for much; the others share the page's 30 statements.
    """

    key: str
    order: int = 100
    content: Callable[[Plan, User | None, date], Content] | None = None
    template: str = ""
    page: Callable[[Plan, User, date], Mapping[str, Any]] | None = None
    part: str = ""
    is_live: bool = False
    is_apart: bool = False


section_sources: Registry[SectionSource] = Registry()
