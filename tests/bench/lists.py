"""The account list: statements and database time of a page of 50, however it is narrowed."""

from __future__ import annotations

from django.test import Client

from accounts.services.figures import refresh_figures
from kam.identity.choices import Role
from kam.identity.models import User
from tests.bench.generate import DAYS, FIRST_DAY, Size
from tests.bench.measure import Report, seconds, watched

VIEWS = {
    "as it opens": "",
    "a country and a channel": "?country=RO&channel=supermarket",
    "by name": "?sort=name",
    "by name, from the end": "?sort=-name",
    "stores only, by revenue": "?kind=store",
    "a text in the name": "?q=account%204711",
}
# The same way of asking with nothing to show: it must cost as many statements. A text costs one
# more, which asks whether it is somebody's identifier.
NOTHING = {"filters": "?status=dormant", "a text": "?q=nobody%20is%20called%20so"}
TIMES = 5


def run(report: Report, size: Size) -> None:
    """Open the list in several views; the best database time of each, and all statement counts."""
    from datetime import timedelta

    took = seconds(lambda: refresh_figures(as_of=FIRST_DAY + timedelta(days=DAYS)))
    report.note(f"figures of {size.accounts:,} accounts refreshed in {took:.1f} s")
    user = User.objects.create_user("bench@kam.test", "-", full_name="B", roles=[Role.AUDITOR])
    client = Client()
    client.force_login(user)
    counts: dict[str, set[int]] = {
        way: {_page(client, f"/accounts/{query}")[0]} for way, query in NOTHING.items()
    }
    for name, query in VIEWS.items():
        runs = [_page(client, f"/accounts/{query}") for _ in range(TIMES)]
        counts["a text" if "q=" in query else "filters"] |= {count for count, _time in runs}
        milliseconds = min(time for _count, time in runs) * 1000
        report.judge(f"account list, {name}: database time", milliseconds, 20, " ms")
    for way, found in counts.items():
        report.judge(f"account list, {way}: statements", max(found), 10, "")
        more = max(found) - min(found)
        report.judge(f"account list, {way}: more statements for more rows", more, 0, "")


def _page(client: Client, path: str) -> tuple[int, float]:
    with watched() as statements:
        response = client.get(path)
    if response.status_code != 200:
        raise AssertionError(f"{path} answered {response.status_code}")
    return statements.count, statements.seconds
