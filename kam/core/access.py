"""What the platform asks of a user, without knowing the user model (which stands a floor above)."""

from __future__ import annotations

from typing import Any, Protocol


class Viewer(Protocol):
    """A signed-in user as scope rules see one."""

    pk: Any

    @property
    def is_authenticated(self) -> bool: ...

    def can(self, capability: str) -> bool:
        """Whether one of the user's roles grants a capability such as `imports.run`."""
        ...

    def sees_everything(self) -> bool:
        """Whether the user's scope is the whole company."""
        ...

    def scope_user_ids(self) -> list[int]:
        """The user and everyone whose accounts the user may see today."""
        ...
