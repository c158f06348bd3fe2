"""Several acts at the same moment, each over a connection of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection

PATIENCE = 30.0


def at_once(*calls: Callable[[], Any], patience: float = PATIENCE) -> list[BaseException | None]:
    """Start all calls together; answer what each raised.

    Calls that have not ended after so many seconds fail the test instead of holding it up.
    """
    gate = threading.Barrier(len(calls))
    raised: list[BaseException | None] = [None] * len(calls)

    def run(index: int) -> None:
        try:
            gate.wait(timeout=10)
            calls[index]()
        except BaseException as error:
            raised[index] = error
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=[index], daemon=True) for index in range(len(calls))
    ]
    for thread in threads:
        thread.start()
    until = time.monotonic() + patience
    for thread in threads:
        thread.join(timeout=max(until - time.monotonic(), 0))
    stuck = [place for place, thread in enumerate(threads) if thread.is_alive()]
    assert not stuck, f"calls {stuck} of {len(calls)} have not ended after {patience:g} seconds"
    return raised
