"""Settlement statements on paper: what they say, in every language, for whom."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation
from reportlab.platypus import Paragraph, Table

from settlements.choices.settling import StatementDisputeReason
from settlements.models import SettlementStatement
from settlements.selectors.settling.reads import whole
from settlements.services.settling.contests import Contest
from settlements.services.settling.issuing import dispute_statement, issue_statement
from settlements.views.settling.paper import statement_paper, story_of
from tests.api import Api
from tests.conftest import People, client_of
from tests.factories.settling import (
    FEES,
    draft,
    make_world,
    report_turnover,
    worked_consignment,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 8, 5)


def words_of(story: list[Any]) -> str:
    """All that stands on a paper, from top to bottom."""
    found = []
    for one in story:
        if isinstance(one, Paragraph):
            found.append(one.getPlainText())
        elif isinstance(one, Table):
            found += [
                " | ".join(cell.getPlainText() if cell else "" for cell in row)
                for row in one._cellvalues
            ]
    return "\n".join(found).replace("\N{NO-BREAK SPACE}", " ")


def disputed(people: People) -> SettlementStatement:
    world = make_world(lead=people.owner, fees=FEES)
    world.account.name = '<b>家乐福 & Đặng <img src="http://evil.example/x.png">'
    world.account.save()
    report_turnover(world, "113000")
    row = issue_statement(statement=draft(world), issued_on=date(2026, 8, 2), issued_by=None)
    line = row.lines.get(label="Promotion")
    contest = Contest(Decimal(2000), StatementDisputeReason.UNAGREED_FEE, line.pk, "Not agreed")
    dispute_statement(statement=row, contests=[contest], raised_on=TODAY, raised_by=None)
    return whole(SettlementStatement.objects.all()).get(pk=row.pk)


def test_who_gets_the_paper(people: People) -> None:
    row = disputed(people)
    url = reverse("settlements:settling-pdf", args=[row.pk])
    address = f"/api/v1/settlement-statements/{row.pk}/pdf/"
    table = {"owner": 200, "teammate": 200, "stranger": 404, "director": 200, "controller": 200,
             "administrator": 200, "auditor": 200}  # fmt: skip
    found = {name: client_of(getattr(people, name)).get(url).status_code for name in table}
    assert found == table
    assert Api(people.stranger).get(address).status_code == 404
    assert url in client_of(people.owner).get(row.get_absolute_url()).content.decode()
    for answer in (client_of(people.owner).get(url), Api(people.owner).get(address)):
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"] == (
            f'attachment; filename="settlement-statement-st-{row.pk:06}-v1.pdf"'
        )
        assert answer.content.startswith(b"%PDF-")


def test_what_it_says(people: People) -> None:
    said = words_of(story_of(disputed(people), issuer="Revonniitty Oy", printed_on=TODAY))
    head, rest = said.split("What | ")
    lines, claims = rest.split("Claimed beside it\n")

    assert "<img src=" in head
    assert "Not agreed" not in said, "notes are our own words"
    assert "\nVersion 1 · Disputed\nIssued: Aug 2, 2026\nPrinted on Aug 5, 2026\n" in head
    assert "Deduction |  | 113,000.00 | 22 | 13 | −24,860.00" in lines
    assert lines.endswith("Without tax | 78,000.00\nTax | 10,140.00\nPayable | 88,140.00\n")
    assert claims == (
        "Card | −678.00\nPromotion | −2,000.00\nUtilities | −500.00\n"
        "Remains to be paid | 84,962.00\nDisputes\n"
        "Open · Aug 5, 2026 · Fee that was not agreed · Promotion | 2,000.00"
    )


def test_paper_in_every_language_fetches_nothing(people: People) -> None:
    row = disputed(people)
    goods, _product = worked_consignment()
    drafted = whole(SettlementStatement.objects.all()).get(pk=draft(goods).pk)
    for language in ("en", "fi", "ro", "vi", "zh-hans"):
        with translation.override(language):
            first = statement_paper(row, printed_on=TODAY)
            assert first == statement_paper(row, printed_on=TODAY)
            assert statement_paper(drafted, printed_on=TODAY).startswith(b"%PDF-")
        assert b"evil.example" not in first
        assert b"/URI" not in first
