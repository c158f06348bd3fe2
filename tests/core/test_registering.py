"""Triggers that register quickly are refused for what they were refused for before."""

from __future__ import annotations

from typing import Any

import pgtrigger
import pytest
from pgtrigger.registry import _registry

from kam.core.models import Currency
from kam.core.registering import _as_delivered
from kam.identity.models import SalesTeam


def _trigger(name: str, level: Any = pgtrigger.Row) -> Any:
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        func="RETURN OLD;",
        level=level,
    )


def test_what_is_known_of_all_triggers_is_what_walking_them_tells() -> None:
    assert len(_registry) > 500
    _trigger("probe").register(Currency)
    try:
        assert ("core_currency", "probe") in _registry.by_db_table
        with pytest.raises(KeyError, match="already used for model"):
            _trigger("probe", pgtrigger.Statement).register(Currency)
        _trigger("probe").register(SalesTeam)
        _trigger("probe").unregister(SalesTeam)
    finally:
        _trigger("probe").unregister(Currency)
    for name in ("by_db_table", "pg_function_names"):
        assert getattr(_registry, name) == _as_delivered[name].fget(_registry)
    assert ("core_currency", "probe") not in _registry.by_db_table
