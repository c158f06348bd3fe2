"""How a process starts quickly: a trigger is looked up among the others, not compared with each.

As delivered, each trigger that registers walks all that have registered already, twice. With more
than a thousand triggers that was nearly half of the time in which a process starts: every
command, web process and worker.
"""

from __future__ import annotations

from typing import Any

from pgtrigger.registry import _Registry

_TABLES, _NAMES = "_kam_by_table", "_kam_function_names"


def register_quickly() -> None:
    """Patch the registry, once, before the models are imported; what it refuses stays the same.

    Both indexes are made when they are first asked for, grow with what is added, and are thrown
    away when something is removed, which is rare.
    """
    if _Registry.__dict__["__setitem__"] is _set:
        return
    for name, ours in (
        ("by_db_table", property(_by_table)),
        ("pg_function_names", property(_function_names)),
        ("__setitem__", _set),
        ("__delitem__", _delete),
    ):
        setattr(_Registry, name, ours)


_as_delivered = {
    name: _Registry.__dict__[name]
    for name in ("by_db_table", "pg_function_names", "__setitem__", "__delitem__")
}


def _by_table(self: Any) -> Any:
    if _TABLES not in self.__dict__:
        self.__dict__[_TABLES] = _as_delivered["by_db_table"].fget(self)
    return self.__dict__[_TABLES]


def _function_names(self: Any) -> Any:
    if _NAMES not in self.__dict__:
        self.__dict__[_NAMES] = _as_delivered["pg_function_names"].fget(self)
    return self.__dict__[_NAMES]


def _set(self: Any, key: str, value: Any) -> None:
    _as_delivered["__setitem__"](self, key, value)
    model, trigger = value
    _by_table(self)[model._meta.db_table, trigger.name] = trigger
    _function_names(self).add(trigger.get_pgid(model))


def _delete(self: Any, key: str) -> None:
    _as_delivered["__delitem__"](self, key)
    _forget(self)


def _forget(self: Any) -> None:
    self.__dict__.pop(_TABLES, None)
    self.__dict__.pop(_NAMES, None)
