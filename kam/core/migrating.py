"""How a new database is made quickly: operations that add render what they add, nothing else.

As delivered, every operation renders anew all models that are related to its own, over any number
of steps. Here everything is related to users and accounts, so some thousand operations render
everything, each time: a new database took more than a minute, nearly all of it in Python.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

ADDING = ("add_model", "add_field", "add_index", "add_constraint")
_alone = "_kam_renders_alone"


def render_only_what_changes() -> None:
    """Patch the migration state, once, from `AppConfig.ready`.

    - What adds a model, field, index or constraint renders that model alone. Its keys find the
      models that stand; what stands does not know of it. No SQL that we write asks the other way.
    - Adding and removing a trigger renders nothing: its SQL stands in the migration.
    - Everything else, which is rare, throws away what is rendered: the next one renders all.
    - Before code of a data migration runs, Django itself renders all, because the state says
      that rendering was put off (`is_delayed`).
    """
    if getattr(ProjectState.reload_model, _alone, False):
        return
    for name in ADDING:
        setattr(ProjectState, name, _rendering_alone(getattr(ProjectState, name)))
    setattr(_reload_model, _alone, True)
    ProjectState.reload_model = _reload_model  # type: ignore[method-assign]
    AddTrigger.state_forwards = _add  # type: ignore[method-assign]
    RemoveTrigger.state_forwards = _remove  # type: ignore[method-assign]


def _rendering_alone(act: Callable[..., None]) -> Callable[..., None]:
    @wraps(act)
    def wrapped(self: ProjectState, *args: Any, **kwargs: Any) -> None:
        setattr(self, _alone, True)
        try:
            act(self, *args, **kwargs)
        finally:
            setattr(self, _alone, False)

    return wrapped


def _reload_model(self: Any, app_label: str, model_name: str, delay: bool = False) -> None:
    del delay
    if "apps" not in self.__dict__:
        return
    if getattr(self, _alone, False):
        self.is_delayed = True
        self._reload({(app_label, model_name.lower())})
    else:
        del self.__dict__["apps"]


def _add(self: Any, app_label: str, state: ProjectState) -> None:
    options = state.models[app_label, self.model_name.lower()].options
    options["triggers"] = [*options.get("triggers", []), self.trigger]


def _remove(self: Any, app_label: str, state: ProjectState) -> None:
    options = state.models[app_label, self.model_name.lower()].options
    options["triggers"] = [one for one in options.get("triggers", []) if one.name != self.name]
