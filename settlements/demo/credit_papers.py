"""Papers of the demo's credit application: a registry extract, accounts, what suppliers say."""

from __future__ import annotations

from datetime import date

from django.core.files.base import ContentFile
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer, Table

from kam.core import formats, paper
from kam.identity.models import User
from settlements.choices.credit import ApplicationFileKind
from settlements.models import CreditApplication
from settlements.services.credit.files import keep_file

REFERENCES = """From: Credit control, Lahti Dairy Cooperative
Subject: Reference

They have bought from us since 2014, about 40 deliveries a month on 30 days.
Paid within term in nine cases of ten, the rest within a week.
No claims are open today.
"""


def keep_papers(*, application: CreditApplication, by: User, on: date) -> None:
    """Keep three papers with a draft, as a customer would send them."""
    for kind, name, title, content in (
        (ApplicationFileKind.REGISTRY, "trade-register.pdf", "Trade register extract",
         _registry(application, on)),
        (ApplicationFileKind.FINANCES, "annual-accounts.pdf", "Annual accounts, two years",
         _accounts(application, on)),
        (ApplicationFileKind.REFERENCES, "reference.txt", "", REFERENCES.encode()),
    ):  # fmt: skip
        upload = ContentFile(content, name=name)
        keep_file(application=application, upload=upload, kind=kind, title=title, by=by)


def _registry(row: CreditApplication, on: date) -> bytes:
    registered = formats.date(row.registered_on) if row.registered_on else "–"
    facts = (
        ("Name", row.registered_name),
        ("Number", row.registry_number),
        ("Registered on", registered),
        ("State", "In business, no insolvency proceedings"),
    )
    return _paper(row, "Trade register extract", on, [list(fact) for fact in facts])


def _accounts(row: CreditApplication, on: date) -> bytes:
    years = row.statements.order_by("-year")
    cells = [["Year", "Turnover", "Equity", "Result"]]
    cells += [
        [str(one.year), *(formats.money(figure) if figure is not None else "–"
                          for figure in (one.turnover, one.equity, one.result))]
        for one in years
    ]  # fmt: skip
    return _paper(row, f"Annual accounts, {row.currency_id}", on, cells)


def _paper(row: CreditApplication, title: str, on: date, cells: list[list[str]]) -> bytes:
    head = paper.head(
        issuer="Example for the demo company", title=title, subject=row.registered_name,
        below=[], printed_on=on,
    )  # fmt: skip
    shown = [[paper.cell(words) for words in line] for line in cells]
    story: list[Flowable] = [*head, Spacer(1, 6 * mm), Table(shown, style=paper.ruled())]
    return paper.pdf(story, title=title, author=row.registered_name)
