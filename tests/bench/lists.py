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
TIMES = 5


def run(report: Report, size: Size) -> None:
    """Open the list in several views; the best database time of each, and all statement counts."""
    from datetime import timedelta

    took = seconds(lambda: refresh_figures(as_of=FIRST_DAY + timedelta(days=DAYS)))
    report.note(f"figures of {size.accounts:,} accounts refreshed in {took:.1f} s")
    user = User.objects.create_user("bench@kam.test", "-", full_name="B", roles=[Role.AUDITOR])
    client = Client()
    client.force_login(user)
    counts = set()
    for name, query in VIEWS.items():
        runs = [_page(client, f"/accounts/{query}") for _ in range(TIMES)]
        counts |= {count for count, _time in runs}
        milliseconds = min(time for _count, time in runs) * 1000
        report.judge(f"account list, {name}: database time", milliseconds, 20, " ms")
    report.judge("account list: statements", max(counts), 10, "")
    report.judge("account list: difference in statements", max(counts) - min(counts), 0, "")


def _page(client: Client, path: str) -> tuple[int, float]:
    with watched() as statements:
        response = client.get(path)
    if response.status_code != 200:
        raise AssertionError(f"{path} answered {response.status_code}")
    return statements.count, statements.seconds
