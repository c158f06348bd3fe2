"""Which stores an agreement settles: those below its account without a nearer agreement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from kam.core.id_arrays import id_rows, id_text
from settlements.models import AccountPrice, AgreementVersion, SettlementTerm
from settlements.querysets.terms import APPROVED
from settlements.selectors.settling.jobs import Job

_BELOW = """
SELECT a.id, a.path FROM unnest(%s::bigint[]) AS r(id)
JOIN accounts_account a ON a.path @> ARRAY[r.id]
"""


@dataclass(frozen=True, slots=True)
class Scope:
    """A store's place in a job: `job` is its number, `node` where its prices are agreed."""

    job: int
    store_id: int
    node_id: int


@dataclass(frozen=True, slots=True)
class _Owner:
    agreement_id: int
    company_id: int


def scopes_of(jobs: Sequence[Job], *, with_prices: bool) -> list[Scope]:
    """Return the stores of jobs of one period; three queries at any number.

    By the tree as it stands today, like everything that asks which agreement an account follows.
    A store with prices of its own (or of a node between) is told apart, so that they are used.
    """
    if not jobs:
        return []
    roots = {job.store_id or job.account_id for job in jobs}
    paths = _paths(roots)
    owners = _owners({node for path in paths.values() for node in path}, jobs)
    priced = _priced(paths) if with_prices else set()
    by_root: dict[int, list[int]] = defaultdict(list)
    for place, job in enumerate(jobs):
        by_root[job.store_id or job.account_id].append(place)
    found: list[Scope] = []
    for store, path in paths.items():
        for node in path:
            found += [
                Scope(place, store, _price_node(path, jobs[place], priced))
                for place in by_root.get(node, ())
                if _nearest(path, jobs[place], owners)
            ]
    return found


def _paths(roots: Iterable[int]) -> dict[int, Sequence[int]]:
    """Everything at or below the roots; each root is looked up by itself, in the index of paths."""
    with connection.cursor() as cursor:
        cursor.execute(_BELOW, [id_text(roots)])
        return dict(cursor.fetchall())


def _owners(nodes: Iterable[int], jobs: Sequence[Job]) -> dict[int, list[_Owner]]:
    """Agreements with a version in force on the last day, by the node they are with."""
    day = max(job.last_day for job in jobs)
    rows = AgreementVersion.objects.filter(
        agreement__account__in=id_rows(nodes), state__in=APPROVED, valid__contains=day
    ).values_list("agreement__account_id", "agreement_id", "agreement__selling_company_id")
    found: dict[int, list[_Owner]] = defaultdict(list)
    for node, agreement, company in rows:
        found[node].append(_Owner(agreement, company))
    return found


def other_categories(jobs: Sequence[Job]) -> list[list[int]]:
    """Return for each job the categories that have a term of their own, which it leaves alone.

    Of every agreement with the same account and company that is in force on the job's last day.
    """
    day = max((job.last_day for job in jobs), default=date.max)
    rows = SettlementTerm.objects.filter(
        category__isnull=False,
        version__state__in=APPROVED,
        version__valid__contains=day,
        version__agreement__account__in=id_rows({job.account_id for job in jobs}),
    ).values_list(
        "version__agreement__account_id", "version__agreement__selling_company_id", "category_id"
    )
    taken: dict[tuple[int, int], set[int]] = defaultdict(set)
    for account, company, category in rows:
        taken[account, company].add(category)
    return [
        [] if job.rules.category_id else sorted(taken[job.account_id, job.rules.selling_company_id])
        for job in jobs
    ]


def _nearest(path: Sequence[int], job: Job, owners: dict[int, list[_Owner]]) -> bool:
    """Whether no nearer node has an agreement with the same company."""
    for node in reversed(path):
        if node == job.account_id:
            return True
        if any(one.company_id == job.rules.selling_company_id for one in owners.get(node, ())):
            return False
    return False


def _priced(paths: dict[int, Sequence[int]]) -> set[int]:
    rows = AccountPrice.objects.filter(account__in=id_rows(paths)).order_by()
    return set(rows.values_list("account_id", flat=True).distinct())


def _price_node(path: Sequence[int], job: Job, priced: set[int]) -> int:
    """The nearest node with prices at or below the agreement's account, else that account."""
    for node in reversed(path):
        if node == job.account_id or node in priced:
            return node
    return job.account_id
