"""How migrations are kept quick: a trigger changes nothing of the models that they render."""

from __future__ import annotations

from typing import Any

from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger


def render_no_model_for_a_trigger() -> None:
    """Let adding and removing a trigger note it in the state and nothing more.

    As delivered, each of some hundred triggers renders every model anew that is related to its
    own, which here is all of them: a third of the time that a new database takes. What a rendered
    model would know of its triggers is never asked: their SQL stands in the migrations.
    """
    AddTrigger.state_forwards = _add  # type: ignore[method-assign]
    RemoveTrigger.state_forwards = _remove  # type: ignore[method-assign]


def _add(self: Any, app_label: str, state: ProjectState) -> None:
    options = state.models[app_label, self.model_name.lower()].options
    options["triggers"] = [*options.get("triggers", []), self.trigger]


def _remove(self: Any, app_label: str, state: ProjectState) -> None:
    options = state.models[app_label, self.model_name.lower()].options
    options["triggers"] = [one for one in options.get("triggers", []) if one.name != self.name]
