"""What the mathematics asks of a key: it can be counted once and put in order."""

from typing import Any, Protocol


class Key(Protocol):
    """A hashable, sortable identity such as a primary key, a code or a UUID."""

    def __hash__(self) -> int: ...

    def __lt__(self, other: Any, /) -> bool: ...
