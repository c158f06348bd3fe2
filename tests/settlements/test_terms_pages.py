"""Pages of agreements: who may what, plain words, the editor without scripts, bad input."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.choices import AccountKind
from accounts.models import Account
from settlements.choices.terms import Preset, VersionState
from settlements.models import AgreementVersion, SettlementTerm
from tests.conftest import People, client_of
from tests.factories.accounts import make_account, make_category, make_entry
from tests.factories.reports import add_line, make_report, take_in
from tests.factories.settlements import make_company, make_document
from tests.factories.terms import (
    make_active,
    make_agreement,
    make_condition,
    make_schedule,
    make_term,
    make_version,
    move_on,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def page(name: str, *args: object) -> str:
    return reverse(f"settlements:{name}", args=args)


def of(name: str, version: AgreementVersion, *rest: object) -> str:
    return page(name, version.agreement_id, version.version, *rest)


@pytest.fixture
def account(people: People) -> Account:
    return make_account(name="Kuusipelto", lead=people.owner)


@pytest.fixture
def draft(account: Account, people: People) -> AgreementVersion:
    return make_version(account=account, by=people.owner)


def test_who_may_read_write_and_decide(people: People, account: Account) -> None:
    waiting = make_version(account=account, by=people.owner)
    own = make_version(account=account, by=people.owner)
    move_on(waiting, VersionState.IN_APPROVAL, by=people.owner)
    acts = {
        "read": of("agreement-version", waiting),
        "write": of("agreement-version-edit", own),
        "approve": of("agreement-version-approve", waiting),
        "return": of("agreement-version-return", waiting),
    }
    may: dict[str, set[str]] = {
        "owner": {"read", "write", "return"},
        "teammate": {"read"},
        "stranger": set(),
        "director": set(acts),
        "controller": set(acts),
        "administrator": set(acts),
        "auditor": {"read"},
    }
    for name, allowed in may.items():
        client = client_of(getattr(people, name))
        found = {act for act, url in acts.items() if client.get(url).status_code == 200}
        assert found == allowed, name
        for act in acts.keys() - allowed - {"read"}:
            assert client.post(acts[act], {"note": "x"}).status_code in {404, 405}, (name, act)
    waiting.refresh_from_db()
    assert waiting.state == VersionState.IN_APPROVAL


def test_lists_ask_the_same_for_one_and_three(people: People, account: Account) -> None:
    client = client_of(people.director)
    url = page("agreement-list")

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    make_active(account=account)
    asked()
    one = asked()
    for _n in range(2):
        make_active(account=make_account(lead=people.owner))
    assert asked() == one
    answer = client.get(url, {"export": "csv"})
    assert answer.status_code == 200


def test_what_ends_soon_is_a_filter_of_the_list(people: People, account: Account) -> None:
    today = TODAY()
    start = today - timedelta(days=100)
    soon = make_active(account=account, start=start, days_long=130)
    noticed = make_version(
        agreement=make_agreement(account=account), start=start, end=today + timedelta(days=300),
        notice_days=250,
    )  # fmt: skip
    move_on(noticed)
    later = make_active(account=account, start=start, days_long=500)
    answer = client_of(people.owner).get(page("agreement-list"), {"ends": "90"})
    text = answer.content.decode()
    for version, is_shown in ((soon, True), (noticed, True), (later, False)):
        assert (f">{version.agreement.number}<" in text) is is_shown, version


def test_a_version_reads_in_plain_words(people: People, account: Account) -> None:
    version = make_version(account=account, preset=None, by=people.owner)
    term = make_term(version=version, days=None)
    line = term.payment_lines.get()
    line.operations.create(sequence=1, kind="end_of_month")
    line.operations.create(sequence=2, kind="days", value=45)
    invoice = make_document(
        account=account, company=version.agreement.selling_company, number="R-77",
        on=date(2025, 11, 27), due=[date(2025, 12, 27)],
    )  # fmt: skip
    make_condition(version=version, name="Year-end", value=Decimal("2.5"))
    text = client_of(people.owner).get(version.get_absolute_url()).content.decode()
    words = "They pay 45 days after the end of the month in which we invoice."
    assert words in text
    assert "falls due on Jan 14, 20" in text
    assert invoice.number in text
    assert "Jan 14, 2026" in text
    assert "another day" in text
    assert "2.5% of purchases" in text
    assert "The goods become theirs when they accept them." in text


def test_a_guarantee_is_worked_through_for_a_typed_turnover(
    people: People, account: Account
) -> None:
    version = make_version(account=account, preset=None)
    term = make_term(
        version=version,
        preset=Preset.CONCESSION,
        guarantee={"basis": "sales", "amount": Decimal(150000), "test_period": "month"},
    )
    client = client_of(people.owner)
    for turnover, top_up, pays in (
        ("113000", "8,140.00", "80,000.00"),
        ("150000", "0.00", "117,000.00"),
        ("20000", "28,600.00", "−13,000.00"),
    ):
        url = of("agreement-preview-deduction", version, term.pk)
        text = client.get(url, {"turnover": turnover}).content.decode()
        assert top_up in text, text[text.index("month-") :][:2500]
        assert pays in text, turnover
    assert client.get(url, {"turnover": "NaN"}).status_code == 200
    assert (
        "We guarantee them a turnover of" in client.get(version.get_absolute_url()).content.decode()
    )


def test_the_whole_way_without_scripts(people: People, account: Account) -> None:
    company = make_company()
    owner, director = client_of(people.owner), client_of(people.director)
    answer = owner.post(
        page("agreement-create"),
        {
            "account": f"Kuusipelto #{account.pk}", "selling_company": company.pk,
            "currency": "EUR", "number": "V-1", "name": "Counter in Turku", "start": "2026-01-01",
        },
    )  # fmt: skip
    version = AgreementVersion.objects.get()
    assert answer.status_code == 302
    assert owner.get(answer["Location"]).status_code == 200
    answer = owner.post(answer["Location"] + "?preset=concession", new_term(deduction_percent="22"))
    assert answer.status_code == 302
    term = SettlementTerm.objects.get()
    assert (term.preset, term.deduction_percent) == (Preset.CONCESSION, Decimal(22))
    assert owner.get(of("agreement-version-edit", version)).status_code == 200
    assert owner.get(of("agreement-version-submit", version)).status_code == 200
    owner.post(of("agreement-version-submit", version))
    version.refresh_from_db()
    assert version.state == VersionState.IN_APPROVAL
    assert "Approve" in director.get(version.get_absolute_url()).content.decode()
    director.post(of("agreement-version-approve", version), {"note": "Fine"})
    version.refresh_from_db()
    assert (version.state, version.approved_by) == (VersionState.ACTIVE, people.director)
    owner.post(page("agreement-version-create", version.agreement_id))
    second = AgreementVersion.objects.get(version=2)
    text = owner.get(second.get_absolute_url()).content.decode()
    assert "What changed since version 1" in text
    director.post(
        of("agreement-version-terminate", version),
        {"on": (TODAY() + timedelta(days=9)).isoformat(), "reason": "They closed the store"},
    )
    version.refresh_from_db()
    assert version.state == VersionState.TERMINATED


def new_term(**values: str) -> dict[str, str]:
    """What the page of a new concession sends."""
    axes = {
        "title_transfer": "never", "settlement_basis": "turnover_net", "deduction": "percent",
        "invoicing_party": "supplier", "cycle": "monthly", "coupon_bearer": "customer",
        "negative_handling": "carry_forward", "is_tax_inclusive": "on", **values,
    }  # fmt: skip
    found = {f"axes-{name}": value for name, value in axes.items() if "guarantee" not in name}
    found |= {"guarantee-basis": "sales", "guarantee-proration": "none"}
    found |= {name: value for name, value in values.items() if name.startswith("guarantee-")}
    return found | payment("payment", [{"kind": "remainder", "step_1": "days", "number_1": "30"}])


def payment(prefix: str, rows: list[dict[str, str]], event: str = "invoice_date") -> dict[str, str]:
    """The fields of a payment term."""
    found = {
        f"{prefix}-base_event": event,
        f"{prefix}-lines-TOTAL_FORMS": str(len(rows)),
        f"{prefix}-lines-INITIAL_FORMS": str(len(rows)),
    }
    for place, row in enumerate(rows):
        found |= {f"{prefix}-lines-{place}-{name}": value for name, value in row.items()}
    return found


def test_own_submission_is_not_approved(people: People, account: Account) -> None:
    version = make_version(account=account, by=people.director)
    client = client_of(people.director)
    client.post(of("agreement-version-submit", version))
    assert client.post(of("agreement-version-approve", version), {"note": ""}).status_code == 404
    version.refresh_from_db()
    assert version.state == VersionState.IN_APPROVAL
    text = client.get(version.get_absolute_url()).content.decode()
    assert "You wrote or submitted this version: somebody else approves it." in text


def test_bad_payment_stands_at_its_row_and_is_not_lost(
    people: People, draft: AgreementVersion
) -> None:
    term = draft.terms.get()
    client = client_of(people.owner)
    url, prefix = of("agreement-term-save", draft, term.pk, "payment"), f"payment-{term.pk}"
    cases = [
        ([{"kind": "remainder"}, {"kind": "remainder"}], 0, "kind"),
        ([{"kind": "percent_of_total", "value": "30"}], 0, "kind"),
        ([{"kind": "percent_of_total", "value": "130"}, {"kind": "remainder"}], 0, "value"),
        ([{"kind": "remainder", "step_1": "days", "number_1": "9999"}], 0, "number_1"),
        ([{"kind": "remainder", "step_1": "days"}], 0, "number_1"),
        ([{"value": "12"}], 0, "kind"),
    ]
    for rows, place, name in cases:
        for extra in ({}, {"HTTP_HX_REQUEST": "true"}):
            answer = client.post(url, payment(prefix, rows), **extra)  # type: ignore[arg-type]
            assert answer.status_code == 422, rows
            section = next(
                one for one in answer.context["terms"] if one.term.pk == term.pk
            ) if not extra else answer.context["section"]  # fmt: skip
            assert name in section.payment.lines.forms[place].errors, (rows, section.payment)
    assert term.payment_lines.count() == 1
    answer = client.post(
        url,
        payment(prefix, [{"kind": "remainder", "step_1": "days", "number_1": "45",
                          "step_2": "end_of_month"}]),
        HTTP_HX_REQUEST="true",
    )  # fmt: skip
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "They pay at the end of the month in which the invoice is 45 days old." in text
    kinds = term.payment_lines.get().operations.values_list("kind", flat=True)
    assert list(kinds.order_by("sequence")) == ["days", "end_of_month"]


def test_payment_media_are_typed_read_and_told_as_a_change(
    people: People, account: Account
) -> None:
    first = make_active(account=account, preset=Preset.CONCESSION)
    client = client_of(people.owner)
    client.post(page("agreement-version-create", first.agreement_id))
    draft = AgreementVersion.objects.get(agreement=first.agreement, version=2)
    term = draft.terms.get()
    url = of("agreement-term-save", draft, term.pk, "media")

    def typed(*rows: tuple[str, str, str]) -> dict[str, str]:
        prefix = f"media-{term.pk}"
        found = {f"{prefix}-TOTAL_FORMS": str(len(rows) + 1), f"{prefix}-INITIAL_FORMS": "0"}
        for place, row in enumerate(rows):
            for name, value in zip(("medium", "rule", "percent"), row, strict=True):
                found[f"{prefix}-{place}-{name}"] = value
        return found

    bad: dict[tuple[tuple[str, str, str], ...], str] = {
        (("CARD", "own", ""),): "percent",
        (("GIFT", "none", "5"),): "percent",
        (("", "own", "5"),): "medium",
        (("CARD", "own", "5"), ("card", "none", "")): "medium",
    }
    for rows, name in bad.items():
        answer = client.post(url, typed(*rows), HTTP_HX_REQUEST="true")
        assert answer.status_code == 422, rows
        assert name in answer.context["section"].media.rows.forms[len(rows) - 1].errors, rows
    assert client.post(url, typed(("card", "own", "5"), ("gift", "none", ""))).status_code == 302
    media = term.media.order_by("medium").values_list("medium", "is_counted", "percent")
    assert list(media) == [("CARD", True, 5), ("GIFT", False, None)]
    text = client.get(draft.get_absolute_url()).content.decode()
    assert text.count("Of what is paid by CARD they keep 5% instead.") == 2
    assert "Payment media" in text  # among what changed


def test_both_orders_of_steps_are_shown_while_typing(
    people: People, draft: AgreementVersion
) -> None:
    steps = {"kind": "remainder", "step_1": "end_of_month", "step_2": "days", "number_2": "45"}
    answer = client_of(people.owner).post(
        of("agreement-preview-due", draft) + "?prefix=payment", payment("payment", [steps])
    )
    rows = {row.base: (row.due, row.other) for row in answer.context["due"]["rows"]}
    november = next(day for day in rows if (day.month, day.day) == (11, 27))
    year = november.year
    assert rows[november] == ((date(year + 1, 1, 14),), (date(year + 1, 1, 31),))


def test_bad_bands_guarantees_and_conditions(people: People, draft: AgreementVersion) -> None:
    client = client_of(people.owner)

    def bands(*rows: tuple[str, str, str]) -> Any:
        data = {"schedule-name": "Tiers", "schedule-bands-TOTAL_FORMS": str(len(rows)),
                "schedule-bands-INITIAL_FORMS": "0"}  # fmt: skip
        for place, row in enumerate(rows):
            for name, value in zip(("lower", "upper", "rate"), row, strict=True):
                data[f"schedule-bands-{place}-{name}"] = value
        return client.post(of("agreement-bands-create", draft), data)

    overlap = bands(("0", "100", "25"), ("90", "", "20"))
    assert "in two bands" in str(overlap.context["editor"].rows.forms[1].errors)
    gap = bands(("0", "100", "25"), ("110", "", "20"))
    assert "in no band" in str(gap.context["editor"].rows.forms[1].errors)
    assert bands(("0", "100", "25")).status_code == 422
    assert not draft.schedules.exists()
    assert bands(("0", "100000", "25"), ("100000", "", "20")).status_code == 302
    assert draft.schedules.get().bands.count() == 2

    term = draft.terms.get()
    url = of("agreement-term-save", draft, term.pk, "guarantee")
    typed = {"basis": "sales", "amount": "100", "proration": "none"}
    data = {f"guarantee-{term.pk}-{name}": value for name, value in typed.items()}
    answer = client.post(url, data)
    assert answer.status_code == 422
    assert "over which period" in answer.content.decode()
    answer = client.post(url, data | {f"guarantee-{term.pk}-test_period": "month"})
    assert "A guarantee is tested on a turnover." in answer.content.decode()

    answer = client.post(
        of("agreement-condition-create", draft),
        {"kind": "rebate", "name": "R", "calculation": "percent_of_purchases", "value": "101",
         "channel": "set_off", "conditionality": "target", "measured_at": "account"},
    )  # fmt: skip
    assert set(answer.context["form"].errors) == {"value", "basis", "cycle", "payout", "target"}
    assert not draft.conditions.exists()


def test_sections_and_parts_are_saved_one_by_one(people: People, draft: AgreementVersion) -> None:
    client = client_of(people.owner)
    start = {"header-start": "2026-02-01", "header-last": "2026-12-31", "header-renewal": "silent"}
    answer = client.post(of("agreement-period-save", draft), start)
    assert answer.status_code == 422
    answer = client.post(
        of("agreement-period-save", draft),
        start | {"header-renewal_months": "12", "header-notice_days": "90"},
    )
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert (draft.valid.upper, draft.notice_by) == (date(2027, 1, 1), date(2026, 10, 2))
    form = client.get(of("agreement-version-edit", draft)).context["bearers"].rows
    data = {"bearers-TOTAL_FORMS": str(len(form.forms)), "bearers-INITIAL_FORMS": "0"}
    for place, one in enumerate(form.forms):
        data[f"bearers-{place}-subject"] = one.initial["subject"]
    bad = client.post(of("agreement-bearers-save", draft), data | {"bearers-1-bearer": "shared"})
    assert "our_share" in bad.context["bearers"].rows.forms[1].errors
    client.post(of("agreement-bearers-save", draft), data | {"bearers-1-bearer": "us"})
    assert list(draft.responsibilities.values_list("subject", "bearer")) == [("damage", "us")]
    client.post(
        of("agreement-condition-create", draft),
        {"kind": "fee", "fee_type": "card", "name": "Cards", "calculation": "percent_of_turnover",
         "value": "0.6", "channel": "set_off", "conditionality": "unconditional",
         "measured_at": "account", "last": "2026-06-30"},
    )  # fmt: skip
    row = draft.conditions.get()
    assert (row.value, row.valid.upper) == (Decimal("0.6"), date(2026, 7, 1))
    assert client.get(of("agreement-condition-edit", draft, row.pk)).status_code == 200
    schedule = make_schedule(version=draft, bands=[("0", None, "3")])
    assert client.get(of("agreement-bands-edit", draft, schedule.pk)).status_code == 200
    for name, part in (
        ("agreement-condition-remove", row.pk),
        ("agreement-bands-remove", schedule.pk),
        ("agreement-term-remove", draft.terms.get().pk),
    ):
        url = of(name, draft, part)
        assert client.get(url).status_code == 200
        assert client.post(url).status_code == 302
    for rows in (draft.conditions, draft.schedules, draft.terms):
        assert not rows.exists()


def test_a_bearer_of_something_unknown_is_refused(people: People, draft: AgreementVersion) -> None:
    data = {"bearers-TOTAL_FORMS": 1, "bearers-INITIAL_FORMS": 1, "bearers-0-subject": "<b>"}
    answer = client_of(people.owner).post(of("agreement-bearers-save", draft), data)
    assert answer.status_code == 422
    assert b"<b>" not in answer.content


def test_the_signed_file_is_a_download(people: People, draft: AgreementVersion) -> None:
    client = client_of(people.owner)
    upload = SimpleUploadedFile("Signed.pdf", b"%PDF-1.7 signed")
    client.post(of("agreement-file-add", draft), {"file": upload})
    answer = client.get(of("agreement-version-file", draft))
    assert answer["Content-Disposition"] == 'attachment; filename="Signed.pdf"'
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer.getvalue().startswith(b"%PDF")
    assert client_of(people.stranger).get(of("agreement-version-file", draft)).status_code == 404
    page_ = SimpleUploadedFile("page.html", b"<html><script>1</script></html>")
    client.post(of("agreement-file-add", draft), {"file": page_})
    draft.refresh_from_db()
    assert draft.file_name == "Signed.pdf"


def test_methods_are_compared_and_kept(people: People, draft: AgreementVersion) -> None:
    client = client_of(people.owner)
    url = of("agreement-version-compare", draft)
    assert client.get(url).context["form"].initial["month_sales"] is None
    given = {
        "month_sales": "10000", "cost_percent": "60", "markup_percent": "40",
        "unsold_percent": "10", "shrink_percent": "1", "stock_days": "30", "delay_days": "5",
        "capital_percent": "8", "loss_percent": "1", "credit_days": "30", "term_days": "30",
        "statement_days": "20", "rate": "25", "retailer_shrink": "0",
    }  # fmt: skip
    answer = client.get(url, given)
    rows = {str(row.title): [cell.value for cell in row.cells]
            for row in answer.context["comparison"].rows}  # fmt: skip
    assert rows["Days from delivery to cash"] == [Decimal(35), Decimal(85), Decimal(85)]
    assert rows["Revenue"][2] == Decimal("126000.00")
    assert answer.context["chart"] is not None
    unknown = client.get(url, given | {"markup_percent": ""}).context["comparison"]
    assert unknown.rows[0].cells[2].value is None
    assert "their price over ours" in unknown.rows[0].cells[2].why
    assert client.get(url, given | {"unsold_percent": "100"}).status_code == 422
    assert client.post(url, given).status_code == 302
    draft.refresh_from_db()
    assert draft.comparison is not None
    assert "Methods compared" in client.get(draft.get_absolute_url()).content.decode()


def test_the_panel_tells_what_holds_here_and_further_up(people: People, account: Account) -> None:
    store = make_account(name="Turku", lead=people.owner, parent=account)
    version = make_active(account=account)
    client = client_of(people.owner)
    for pk, inherited in ((account.pk, False), (store.pk, True)):
        text = client.get(page("panel-terms", pk)).content.decode()
        assert "They pay 30 days after the date of the invoice." in text
        assert ("agreed further up" in text) is inherited
    assert version.agreement.name in text
    assert client_of(people.stranger).get(page("panel-terms", account.pk)).status_code == 404


def test_every_page_of_a_draft_answers(people: People, draft: AgreementVersion) -> None:
    client: Client = client_of(people.owner)
    for name in (
        "agreement-version-edit", "agreement-version-submit", "agreement-version-compare",
        "agreement-term-create", "agreement-bands-create", "agreement-condition-create",
        "agreement-version-discard",
    ):  # fmt: skip
        assert client.get(of(name, draft)).status_code == 200, name
    for preset in Preset.values:
        url = of("agreement-term-create", draft)
        assert client.get(url, {"preset": preset}).status_code == 200, preset
    assert client.get(page("agreement-detail", draft.agreement_id)).status_code == 200
    assert client.get(page("agreement-edit", draft.agreement_id)).status_code == 200
    assert client.get(page("agreement-create")).status_code == 200
    client.post(of("agreement-version-discard", draft))
    assert not AgreementVersion.objects.exists()


def test_a_cumulative_guarantee_is_taken_in_the_month_that_is_worked_through(
    people: People, account: Account
) -> None:
    version = make_version(account=account, preset=None)
    guarantee = {"basis": "sales", "amount": Decimal(150000), "test_period": "cumulative"}
    term = make_term(version=version, preset=Preset.CONCESSION, guarantee=guarantee)

    url = of("agreement-preview-deduction", version, term.pk)
    text = client_of(people.owner).get(url, {"turnover": "113000"}).content.decode()
    assert "8,140.00" in text
    assert "80,000.00" in text, "as the month's statement says it"
    assert "given back by the statement of the year" in text


def test_the_month_worked_through_is_what_their_reports_say(
    people: People, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_args: date(2026, 9, 12))
    version = make_version(account=account, preset=None)
    make_term(version=version, preset=Preset.CONCESSION)
    company = version.agreement.selling_company
    store = make_account(kind=AccountKind.STORE, parent=account)
    for month, amount in ((6, 100), (7, 140)):
        days = DateRange(date(2026, month, 1), date(2026, month + 1, 1))
        report = make_report(account=account, kind="turnover", selling_company=company, period=days)
        add_line(report, store=store, category=make_category(), gross_amount=Decimal(amount))
        take_in(report)
    make_entry(account=account, amount="99999", booked_on=date(2026, 6, 5))

    text = client_of(people.owner).get(version.get_absolute_url()).content.decode()
    assert "as their sales reports say" in text
    assert "120.00" in text
