"""A ZIP file that is sent while it is made: memory holds one member at a time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator


class _Pipe(io.RawIOBase):
    """A file that is only written, and hands over what it got."""

    def __init__(self) -> None:
        super().__init__()
        self._held: list[bytes] = []

    def writable(self) -> bool:
        """Yes; and it cannot be searched, so sizes are written behind each member."""
        return True

    def write(self, data: object) -> int:
        """Keep a piece."""
        piece = bytes(data)  # type: ignore[call-overload]  # bytes or a view of them
        self._held.append(piece)
        return len(piece)

    def taken(self) -> bytes:
        """Hand over what was kept."""
        data, self._held = b"".join(self._held), []
        return data


def zipped(files: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """Yield a ZIP file of named contents, a member at a time."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files:
            file.writestr(name, content)
            yield pipe.taken()
    yield pipe.taken()
