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
    `is_filled(plan)` says whether there is anything, for completeness.
    """

    key: str
    order: int = 100
    content: Callable[[Plan, User | None, date], Content] | None = None
    template: str = ""
    page: Callable[[Plan, User, date], Mapping[str, Any]] | None = None
    is_filled: Callable[[Plan], bool] | None = None


section_sources: Registry[SectionSource] = Registry()
