"""The demo company in parts: each app brings its own, and all come and go together.

An app registers a `DemoPart` in `AppConfig.ready`. Loading runs the parts in order, clearing in
reverse, each in one transaction under a lock on the organisation, whose `is_demo` says which of
the two states holds. Real data and the demo never mix: see the errors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from kam.core.models import Organisation
from kam.core.registry import Registry

type Counts = Mapping[str, int]
"""Rows by the plural name of what they are, as a page shows it."""


@dataclass(frozen=True, kw_only=True)
class DemoRequest:
    """What to load: the company as it stands at the start of `as_of`.

    `password` is what the demo's people sign in with; without one nobody can.
    """

    as_of: date
    seed: int
    scale: int = 1
    password: str | None = None


@dataclass(frozen=True, kw_only=True)
class DemoSignIn:
    """Somebody of the demo company whom a visitor may sign in as."""

    name: str
    title: str
    email: str
    password: str

    def __str__(self) -> str:
        return f"{self.email}  {self.password}  ({self.title})"


@dataclass(frozen=True, kw_only=True)
class DemoPart:
    """An app's share of the demo.

    `load` writes it; `clear` empties the app's business tables and gets the id of a user to keep;
    both return what they wrote or removed. `present` counts business rows of any origin, `added`
    those that the demo did not bring. `sign_ins` are the people with a well-known password.
    """

    key: str
    load: Callable[[DemoRequest], Counts]
    clear: Callable[[int | None], Counts]
    present: Callable[[], Counts]
    added: Callable[[], Counts]
    sign_ins: Callable[[], Sequence[DemoSignIn]] = tuple
    order: int = 100


demo_parts: Registry[DemoPart] = Registry()


class DemoError(Exception):
    """The demo cannot be loaded or cleared as things stand."""


class DemoPresentError(DemoError):
    """The demo company is loaded already."""


class NoDemoError(DemoError):
    """There is no demo company to clear."""


class RealDataError(DemoError):
    """There is data that the demo did not bring: `counts` says how much of what."""

    def __init__(self, counts: Counts) -> None:
        self.counts = counts
        super().__init__(", ".join(f"{count} {name}" for name, count in counts.items()))


def load_demo(request: DemoRequest) -> dict[str, int]:
    """Load all parts in one transaction and return what was written.

    Raises DemoPresentError when the demo is there, RealDataError when anything else is.
    """
    with transaction.atomic():
        organisation = _locked_organisation()
        if organisation.is_demo:
            raise DemoPresentError("The demo company is loaded already.")
        if present := _counted(part.present() for part in demo_parts):
            raise RealDataError(present)
        Organisation.objects.filter(pk=organisation.pk).update(is_demo=True)
        return _counted(_loaded(part, request) for part in demo_parts)


# A small sample says enough, in a tenth of the time.
_LOOK_ROUGHLY = """SET LOCAL default_statistics_target = 10; ANALYZE;
SET LOCAL default_statistics_target TO DEFAULT"""


def _loaded(part: DemoPart, request: DemoRequest) -> Counts:
    """Load a part, and let the planner know what later parts will read."""
    counts = part.load(request)
    with connection.cursor() as cursor:
        cursor.execute(_LOOK_ROUGHLY)
    return counts


def clear_demo(*, keep_user_id: int | None = None, including_added: bool = False) -> dict[str, int]:
    """Remove the demo company in one transaction and return what was removed.

    `keep_user_id` stays even when it is one of the demo's people: who asks is not thrown out.
    Raises NoDemoError when the data is not the demo's, and RealDataError when something was added
    to it since (an import, an account typed in), unless `including_added` says that it goes too.
    """
    with transaction.atomic():
        organisation = _locked_organisation()
        if not organisation.is_demo:
            raise NoDemoError("There is no demo company here.")
        added = added_to_demo()
        if added and not including_added:
            raise RealDataError(added)
        removed = _counted(part.clear(keep_user_id) for part in reversed(list(demo_parts)))
        Organisation.objects.filter(pk=organisation.pk).update(is_demo=False, name="kam")
        return removed


def sign_ins() -> list[DemoSignIn]:
    """Return whom a visitor may sign in as; nobody once the data is real."""
    if not Organisation.objects.filter(is_demo=True).exists():
        return []
    return [sign_in for part in demo_parts for sign_in in part.sign_ins()]


def added_to_demo() -> dict[str, int]:
    """Return what stands beside the demo's own rows, so that a page can name what would go."""
    return _counted(part.added() for part in demo_parts)


def _locked_organisation() -> Organisation:
    return Organisation.objects.select_for_update(of=("self",), no_key=True).get()


def _counted(counts: Iterable[Counts]) -> dict[str, int]:
    total: dict[str, int] = {}
    for part in counts:
        for name, count in part.items():
            if count:
                total[name] = total.get(name, 0) + count
    return total
