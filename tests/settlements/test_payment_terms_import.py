"""Files of payment terms: what codes mean, drafts and versions made, refusals, undo, approval."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from kam.imports.engine.notices import reason_text
from kam.imports.models import ImportBatch, ImportReject
from kam.imports.options import Options
from kam.imports.services import running, undoing
from settlements.importers.payment_terms import _terms, term_of
from settlements.models import AgreementVersion, SettlementTerm, TradingAgreement
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.imports import TODAY, csv_text, ready_batch, send
from tests.factories.settlements import make_company
from tests.factories.terms import make_version

pytestmark = pytest.mark.django_db
HEAD = ("account", "selling_company", "terms", "valid_from", "last_day", "currency", "number")
JULY = "2026-07-01"


def row(account: str = "C-1", terms: str | None = "30", **more: Any) -> tuple[Any, ...]:
    values: dict[str, Any] = {"account": account, "terms": terms, "valid_from": JULY}
    return tuple((values | more).get(name) for name in HEAD)


@pytest.mark.parametrize(
    ("text", "event", "steps", "discount"),
    [
        ("30", "invoice_date", [("days", 30)], (None, None)),
        ("NET 30", "invoice_date", [("days", 30)], (None, None)),
        ("n60", "invoice_date", [("days", 60)], (None, None)),
        ("45 Days", "invoice_date", [("days", 45)], (None, None)),
        ("2/10 net 30", "invoice_date", [("days", 30)], (Decimal(2), 10)),
        ("2,5 % / 14, 60", "invoice_date", [("days", 60)], (Decimal("2.5"), 14)),
        ("30 EOM", "invoice_date", [("end_of_month", None), ("days", 30)], (None, None)),
        ("EOM+0", "invoice_date", [("end_of_month", None)], (None, None)),
        ("0", "invoice_date", [], (None, None)),
        ("COD", "delivery", [], (None, None)),
        ("Prepaid", "order_date", [], (None, None)),
    ],
)
def test_what_codes_mean(
    text: str, event: str, steps: list[tuple[str, int | None]], discount: tuple[Any, Any]
) -> None:
    code = _terms(text)
    assert code is not None
    term = term_of(code)
    (line,) = term.lines
    assert (term.base_event, [(one.kind, one.value) for one in line.operations]) == (event, steps)
    assert (term.discount_percent, term.discount_days) == discount


def test_what_is_no_code() -> None:
    for text in ("Z030", "366", "2/40 net 30", "0/10 net 30", "30 days 8", "-5", "1.5"):
        assert _terms(text) is None, text


def test_terms_become_drafts_that_somebody_else_approves(people: People) -> None:
    company = make_company()
    first, second = (
        make_account(external_id=f"C-{n}", lead=people.owner, currency="EUR") for n in (1, 2)
    )
    month = row("C-2", "30 EOM", last_day="2026-12-31")
    rows = [row(terms="2/10 net 30"), month, month]
    batch = ready_batch("payment_terms", csv_text(HEAD, *rows))
    ImportBatch.objects.filter(pk=batch.pk).update(created_by=people.owner)
    summary = running.commit(batch_id=batch.pk, as_of=TODAY)
    assert (summary.created, summary.unchanged, summary.rejected) == (2, 1, 0)
    made = list(AgreementVersion.objects.order_by("pk"))
    assert [(one.agreement.account, one.state, one.writer_ids) for one in made] == [
        (first, "draft", [people.owner.pk]),
        (second, "draft", [people.owner.pk]),
    ]
    assert (made[0].valid.lower, made[1].valid.upper) == (date(2026, 7, 1), date(2027, 1, 1))
    agreement = made[0].agreement
    assert (agreement.number, agreement.selling_company) == (f"PT-{first.pk}", company)
    assert send("payment_terms", csv_text(HEAD, *rows), source="again").counts == (0, 0, 3, 0)

    own, finance = client_of(people.owner), client_of(people.controller)
    ids = {"ids": [one.agreement_id for one in made]}
    listed: Any = own.get(reverse("settlements:agreement-list"), {"work": "draft"})
    assert {one.pk for one in listed.context["table"].page.rows} == set(ids["ids"])
    own.post(reverse("settlements:agreement-submit-many"), ids)
    assert own.post(reverse("settlements:agreement-approve-many"), ids).status_code == 404
    finance.post(reverse("settlements:agreement-approve-many"), ids)
    assert set(AgreementVersion.objects.values_list("state", "approved_by")) == {
        ("active", people.controller.pk)
    }
    assert send("payment_terms", csv_text(HEAD, *rows), source="third").counts == (0, 0, 3, 0)

    later = [row(terms="45", valid_from="2026-10-01"), row("C-2", "45", valid_from="2027-01-01")]
    sent = send("payment_terms", csv_text(HEAD, *later), source="later")
    assert sent.counts == (2, 0, 0, 0)
    assert TradingAgreement.objects.count() == 2
    term = SettlementTerm.objects.filter(version__version=2).order_by("pk")[0]
    steps = [one.value for line in term.payment_lines.all() for one in line.operations.all()]
    assert (steps, term.discount_percent, term.preset) == ([45], None, "outright_credit")
    undoing.undo(batch_id=sent.batch.pk, as_of=TODAY)
    assert set(AgreementVersion.objects.values_list("version", flat=True)) == {1}
    report = undoing.undo(batch_id=batch.pk, as_of=TODAY)
    assert (report.removed, len(report.stays)) == (0, 1)


def test_a_house_without_a_selling_company_is_told_what_to_do_first(people: People) -> None:
    make_account(external_id="C-1", lead=people.owner)
    options = Options(accept_rejects=True)
    batch = ready_batch("payment_terms", csv_text(HEAD, row(), row(terms="Z030")), options=options)
    running.commit(batch_id=batch.pk, as_of=TODAY)
    found = ImportReject.objects.filter(batch=batch).order_by("line")
    assert [reason_text(one.reason) for one in found] == [
        "There is no selling company yet: add one in the settings",
        "These payment terms cannot be read",
    ]


def test_bad_rows_are_refused_with_their_line(people: People) -> None:
    make_company(code="FI01")
    other = make_company(code="SE01")
    for n in range(1, 5):
        make_account(external_id=f"C-{n}", lead=people.owner, currency="EUR")
    make_account(external_id="C-9", lead=people.stranger)
    draft = make_version(account=make_account(external_id="C-5", lead=people.owner)).agreement
    more = make_version(
        account=make_account(external_id="C-6", lead=people.owner),
        preset="concession",
        state="active",
    ).agreement
    good = {"selling_company": "FI01"}
    code = draft.selling_company.code
    cases = [
        (row("C-0", **good), "unknown account"),
        (row(), "terms which company"),
        (row(selling_company="NO01"), "terms unknown company"),
        (row(terms="Z030", **good), "unknown: terms"),
        (row(terms=None, **good), "missing: terms"),
        (row(last_day="2026-06-30", **good), "terms ends early"),
        (row(currency="XXA", **good), "unknown currency"),
        (row("C-9", **good), "terms account not yours"),
        (row("C-2", number=draft.number, selling_company=code), "terms number taken"),
        (row("C-5", selling_company=code), "terms draft stands"),
        (row("C-6", selling_company=more.selling_company.code), "terms says more"),
        (
            row("C-6", selling_company=more.selling_company.code, currency="USD"),
            "terms other currency",
        ),
        (row("C-3", "30", **good), "same key, other content"),
    ]
    text = csv_text(HEAD, row("C-3", "60", **good), *(one for one, _why in cases))
    batch = ready_batch("payment_terms", text, options=Options(accept_rejects=True))
    ImportBatch.objects.filter(pk=batch.pk).update(created_by=people.owner)
    summary = running.commit(batch_id=batch.pk, as_of=TODAY)
    found = dict(ImportReject.objects.filter(batch=batch).values_list("line", "reason"))
    assert found == {line: why for line, (_row, why) in enumerate(cases, 3)}
    assert (summary.created, summary.rejected) == (1, len(cases))
    assert other.agreements.count() == 0
