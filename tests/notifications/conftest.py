from __future__ import annotations

from collections.abc import Iterator

import pytest

from kam.notifications.choices import Mail
from kam.notifications.registry import kinds
from tests.factories.notifications import make_kind


@pytest.fixture(autouse=True)
def _kinds() -> Iterator[None]:
    """Two kinds about accounts: one in the digest, one at once; and one about the reader alone."""
    kinds.register(
        make_kind(),
        make_kind("test.urgent", title="Urgent probes", mail=Mail.AT_ONCE),
        make_kind("test.own", visible=None),
    )
    yield
    for key in ("test.probe", "test.urgent", "test.own"):
        kinds.unregister(key)
