"""Health settings and scores in a few words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.models import Account, HealthScore, HealthSettings
from accounts.selectors.health.measures import HealthCap, HealthMeasure, caps, measures
from accounts.services.health.settings import HealthDraft, Weight, choose_settings
from kam.identity.models import User
from tests.factories.accounts import make_account
from tests.factories.identity import make_user

TODAY = date(2026, 6, 15)


def make_settings(
    weights: Mapping[str, tuple[int, int]] | None = None,
    *,
    on: date = TODAY,
    limits: Mapping[str, Decimal | None] | None = None,
    author: User | None = None,
    **levels: Any,
) -> HealthSettings:
    """A version of the settings: measure to weight and days."""
    chosen = weights or {"commercial_trend": (50, 62), "relationships": (50, 180)}
    draft = HealthDraft(
        weights={key: Weight(Decimal(weight), days) for key, (weight, days) in chosen.items()},
        limits=limits or {},
        **levels,
    )
    return choose_settings(draft=draft, author=author or make_user(), as_of=on)


def make_score(
    *,
    account: Account | None = None,
    score: str | int | None = 80,
    level: str = "good",
    confidence: str = "1",
    valid: tuple[date, date | None] = (TODAY, None),
    parts: Sequence[Any] = (),
    caps: Sequence[Any] = (),
    uncapped: str | int | Decimal | None = None,
    details: Mapping[str, Any] | None = None,
) -> HealthScore:
    """A row as the job keeps it; by default one measure brought the whole score."""
    value = None if score is None else Decimal(score)
    before = value if uncapped is None else Decimal(uncapped)
    found: HealthScore = HealthScore.objects.create(
        account=account or make_account(),
        valid=DateRange(*valid),
        score=value,
        uncapped=before,
        confidence=Decimal(confidence),
        level=level,
        parts=list(parts)
        or (
            []
            if before is None
            else [["commercial_trend", float(before), 100, float(before), True]]
        ),
        caps=list(caps),
        details=details or {},
        formula_version="health-1",
        scored_on=valid[0],
    )
    return found


@contextmanager
def offered(*found: HealthMeasure | HealthCap, only: bool = False) -> Iterator[None]:
    """For a while some measures and caps more; `only` takes the others away."""
    kept, kept_caps = [*measures], [*caps]
    if only:
        _replace([], [])
    for item in found:
        if isinstance(item, HealthMeasure):
            measures.register(item)
        else:
            caps.register(item)
    try:
        yield
    finally:
        _replace(kept, kept_caps)


def _replace(found: Sequence[HealthMeasure], held: Sequence[HealthCap]) -> None:
    for one in [*measures]:
        measures.unregister(one.key)
    for cap in [*caps]:
        caps.unregister(cap.key)
    measures.register(*found)
    caps.register(*held)


def made_up(
    key: str, values: Mapping[int, tuple[int, date]], *, weight: int = 10, days: int = 30
) -> HealthMeasure:
    """A measure whose readings are given: account to points and day."""
    rows = " UNION ALL ".join(
        f"SELECT {pk}::bigint AS account_id, {value}::numeric AS value,"
        f" '{day.isoformat()}'::date AS measured_on, '{{}}'::jsonb AS detail"
        for pk, (value, day) in values.items()
    )
    nothing = (
        "SELECT NULL::bigint AS account_id, 0::numeric AS value, NULL::date AS measured_on,"
        " '{}'::jsonb AS detail LIMIT 0"
    )
    return HealthMeasure(
        key=key,
        title=key.title(),
        what=f"What {key} is.",
        missing=f"No {key}.",
        mend=f"Bring {key}.",
        weight=Decimal(weight),
        days=days,
        sql=rows or nothing,
    )
