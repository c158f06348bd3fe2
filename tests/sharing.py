"""Which worker runs what: files that share something costly stay together, slow ones come first.

Without this a worker would begin the longest browser test when the other one has nothing left.
"""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

TOGETHER = ("tests/demo", "tests/faults")  # one demo company, one kam to kill
SLOW = (
    *TOGETHER,
    "tests/flows",
    "tests/core/test_api_contract.py",
    "tests/core/test_job_faults.py",
)


class Sharing(LoadFileScheduling):
    """Hands out whole files in the order of the collection, and some folders as one file."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return next((folder for folder in TOGETHER if file.startswith(f"{folder}/")), file)


def slow_first(items: list[pytest.Item]) -> None:
    """Order tests: slow folders as they are named, then all others as they were found."""
    items.sort(key=lambda item: _place(item.nodeid))


def _place(nodeid: str) -> int:
    return next((place for place, slow in enumerate(SLOW) if nodeid.startswith(slow)), len(SLOW))


def scheduler(config: pytest.Config, log: Any) -> Sharing | None:
    """Ours where files are handed out whole; it leaves the order alone, as the option would."""
    if config.getoption("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    return Sharing(config, log)
