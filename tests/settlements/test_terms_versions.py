"""The life of a version: drafts, four eyes, what follows what, ends and renewals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Account
from kam.core.problems import RefusedError
from kam.notifications.models import Notification
from settlements.choices.terms import Deduction, Preset, Renewal, SettlementBasis, VersionState
from settlements.models import AgreementVersion, TradingAgreement
from settlements.selectors.terms.rules import term_in_force
from settlements.services.terms import agreements, parts, versions
from settlements.services.terms.copying import draft_of
from settlements.services.terms.drafts import (
    BandDraft,
    ConditionDraft,
    GuaranteeDraft,
    HeaderDraft,
    LineDraft,
    OperationDraft,
    ResponsibilityDraft,
    ScheduleDraft,
    TermDraft,
    VersionDraft,
)
from settlements.services.terms.files import attach_file, remove_file
from settlements.services.terms.presets import PRESETS, preset_of
from settlements.services.terms.problems import problems_of
from settlements.services.terms.renewing import renew
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.settlements import make_company
from tests.factories.terms import (
    make_agreement,
    make_condition,
    make_term,
    make_version,
    move_on,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
TODAY = NOW.date()
START = date(2026, 1, 1)
CONCESSION = replace(
    PRESETS[Preset.GUARANTEED],
    deduction=Deduction.TIERED_INCREMENTAL,
    schedule="Turnover",
    guarantee=GuaranteeDraft(basis="sales", amount=Decimal(150000), test_period="month"),
)
WHOLE = VersionDraft(
    header=HeaderDraft(start=START, end=date(2027, 1, 1), notice_days=90, note="As agreed."),
    schedules=(
        ScheduleDraft(
            name="Turnover",
            bands=(
                BandDraft(lower=Decimal(0), upper=Decimal(100000), rate=Decimal(25)),
                BandDraft(lower=Decimal(100000), upper=None, rate=Decimal(22)),
            ),
        ),
    ),
    terms=(CONCESSION,),
    conditions=(
        ConditionDraft(
            kind="fee",
            name="Spring display",
            calculation="fixed",
            channel="set_off",
            fee_type="display",
            value=Decimal(500),
            start=date(2026, 3, 1),
            end=date(2026, 6, 1),
        ),
    ),
    responsibilities=(
        ResponsibilityDraft(subject="freight", bearer="shared", our_share=Decimal(40)),
    ),
)


def begin(account: Account, by: Any, **header: Any) -> AgreementVersion:
    agreement = make_agreement(account=account, by=by)
    values = {"start": START, **header}
    return versions.draft_version(agreement=agreement, header=HeaderDraft(**values), by=by)


def refusal(call: Any, *args: Any, **kwargs: Any) -> tuple[str, str]:
    with pytest.raises(RefusedError) as caught:
        call(*args, **kwargs)
    return caught.value.code, caught.value.field


def test_a_whole_version_is_written_read_back_copied_and_approved(people: People) -> None:
    account = make_account(lead=people.owner)
    draft = begin(account, people.owner)
    parts.save_whole(version=draft, draft=WHOLE, by=people.owner)
    assert draft_of(AgreementVersion.objects.get(pk=draft.pk)) == WHOLE
    versions.submit_version(version=draft, by=people.owner, at=NOW)
    versions.approve_version(version=draft, by=people.director, at=NOW, note="Good")
    draft.refresh_from_db()
    assert (draft.state, draft.approved_by) == (VersionState.ACTIVE, people.director)
    rules = term_in_force(account, TODAY)
    assert rules is not None
    assert [band.rate for band in rules.bands] == [25, 22]
    header = versions.next_header(draft, as_of=TODAY)
    assert header.start == date(2027, 1, 1)
    second = versions.draft_version(
        agreement=draft.agreement, header=header, by=people.owner, copy_of=draft
    )
    assert second.version == 2
    assert replace(draft_of(second), header=WHOLE.header) == WHOLE
    versions.discard_draft(version=second, by=people.owner)
    assert list(draft.agreement.versions.all()) == [draft]


def test_who_wrote_or_submitted_does_not_approve(people: People) -> None:
    draft = begin(make_account(lead=people.owner), people.owner)
    parts.save_term(version=draft, draft=PRESETS[Preset.OUTRIGHT_CREDIT], by=people.director)
    versions.submit_version(version=draft, by=people.teammate, at=NOW)
    for one in (people.owner, people.director, people.teammate):
        told = refusal(versions.approve_version, version=draft, by=one, at=NOW)
        assert told[0] == "agreement_approved_by_another"
    told = refusal(
        parts.save_term, version=draft, draft=PRESETS[Preset.OUTRIGHT_CASH], by=people.owner
    )
    assert told[0] == "in_approval"
    code, field = refusal(
        versions.return_version, version=draft, note=" ", by=people.controller, at=NOW
    )
    assert (code, field) == ("no_note", "note")
    versions.return_version(version=draft, note="30 days", by=people.controller, at=NOW)
    draft.refresh_from_db()
    assert (draft.state, draft.decision_note) == (VersionState.DRAFT, "30 days")
    versions.submit_version(version=draft, by=people.owner, at=NOW)
    versions.approve_version(version=draft, by=people.controller, at=NOW)
    told = refusal(versions.approve_version, version=draft, by=people.controller, at=NOW)
    assert told[0] == "not_in_approval"


def test_the_version_before_ends_where_the_next_begins(people: People) -> None:
    agreement = make_agreement(account=make_account(lead=people.owner))
    first = make_version(agreement=agreement, state=VersionState.ACTIVE, start=START)
    second = make_version(
        agreement=agreement, state=VersionState.IN_APPROVAL, start=date(2026, 7, 1)
    )
    versions.approve_version(version=second, by=people.controller, at=NOW)
    first.refresh_from_db()
    assert (first.state, first.valid.upper) == (VersionState.SUPERSEDED, date(2026, 7, 1))
    third = make_version(agreement=agreement, state=VersionState.DRAFT, start=date(2026, 3, 1))
    blockers = problems_of(third).blockers
    assert [(one.code, one.field) for one in blockers] == [
        ("agreement_versions_in_force_apart", "header.start")
    ] * 2
    assert str(blockers[1].message) == "Version 2 holds from Jul 1, 2026: the days overlap."


def test_termination_says_why_and_leaves_the_past(people: People) -> None:
    version = make_version(
        account=make_account(lead=people.owner), state=VersionState.ACTIVE, end=date(2027, 1, 1)
    )
    act: dict[str, Any] = {"version": version, "by": people.controller, "as_of": TODAY, "at": NOW}
    cases = [
        (TODAY, " ", ("no_reason", "reason")),
        (TODAY - timedelta(days=1), "Late payers", ("in_the_past", "on")),
        (date(2027, 1, 2), "Late payers", ("after_its_end", "on")),
    ]
    for on, reason, expected in cases:
        assert refusal(versions.terminate_version, on=on, reason=reason, **act) == expected
    versions.terminate_version(on=date(2026, 10, 1), reason="Late payers", **act)
    version.refresh_from_db()
    assert (version.state, version.valid.upper) == (VersionState.TERMINATED, date(2026, 10, 1))
    assert (version.end_reason, version.ended_by) == ("Late payers", people.controller)
    assert refusal(versions.terminate_version, on=TODAY, reason="x", **act)[0] == "not_active"


def test_a_second_draft_and_anothers_parts_are_refused(people: People) -> None:
    first = begin(make_account(lead=people.owner), people.owner)
    other = begin(make_account(lead=people.owner), people.owner)
    header = HeaderDraft(start=START)
    told = refusal(
        versions.draft_version, agreement=first.agreement, header=header, by=people.owner
    )
    assert told[0] == "agreement_one_draft"
    credit = PRESETS[Preset.OUTRIGHT_CREDIT]
    term = parts.save_term(version=other, draft=credit, by=people.owner)
    told = refusal(parts.save_term, version=first, draft=credit, by=people.owner, term=term)
    assert told[0] == "not_here"
    parts.save_term(version=first, draft=credit, by=people.owner)
    told = refusal(parts.save_term, version=first, draft=credit, by=people.owner)
    assert told[0] == "settlement_term_category_once"


def test_each_problem_names_its_field_and_row(people: People) -> None:
    version = begin(make_account(lead=people.owner), people.owner)
    net = PRESETS[Preset.OUTRIGHT_CREDIT]
    consigned = PRESETS[Preset.CONSIGNMENT]
    half = LineDraft(kind="percent_of_total", value=Decimal(50))
    far = LineDraft(operations=[OperationDraft(kind="days", value=5000)])
    terms: list[tuple[TermDraft, tuple[str, str]]] = [
        (replace(net, lines=[]), ("no_lines", "lines")),
        (replace(net, lines=[half]), ("last_not_remainder", "lines.0.kind")),
        (replace(net, lines=[half, far]), ("operation_range", "lines.1.operations.0.value")),
        (replace(net, lines=[replace(half, value=Decimal(100)), LineDraft()]),
         ("percent_above_100", "lines.0.value")),
        (replace(net, lines=[LineDraft(kind="fixed", value=Decimal("1.005")), LineDraft()]),
         ("too_many_decimals", "lines.0.value")),
        (replace(net, title_transfer="some day"), ("unknown_choice", "title_transfer")),
        (replace(net, deduction_percent=Decimal(5)), ("deduction_percent", "deduction_percent")),
        (replace(net, deduction="percent", deduction_percent=Decimal(5)),
         ("deduction_without_turnover", "deduction")),
        (replace(net, rent=Decimal(5)), ("rent", "rent")),
        (replace(net, discount_percent=Decimal(2)), ("discount_whole", "discount_days")),
        (replace(net, tax_rate=Decimal(101)), ("percent_range", "tax_rate")),
        (replace(net, rent=Decimal("NaN")), ("too_large", "rent")),
        (consigned, ("shrink_bearer", "shrink_bearer")),
        (replace(consigned, shrink_bearer="shared"), ("tolerance_missing", "shrink_tolerance")),
        (PRESETS[Preset.CONCESSION], ("deduction_percent", "deduction_percent")),
        (replace(CONCESSION, schedule="Other"), ("unknown_schedule", "schedule")),
        (PRESETS[Preset.LEASE], ("rent", "rent")),
    ]  # fmt: skip
    for draft, expected in terms:
        told = refusal(parts.save_term, version=version, draft=draft, by=people.owner)
        assert told == expected, draft
    guaranteed = replace(CONCESSION, deduction="percent", schedule="")
    for guarantee, expected in [
        (GuaranteeDraft(basis="sales", amount=Decimal(0), test_period="month"),
         ("guarantee_negative", "guarantee.amount")),
        (GuaranteeDraft(basis="sales", amount=Decimal(1), test_period=""),
         ("no_test_period", "guarantee.test_period")),
        (GuaranteeDraft(basis="commission", amount=Decimal(1), test_period="year",
                        excess_rate=Decimal(18)), ("excess_needs_sales", "guarantee.excess_rate")),
    ]:  # fmt: skip
        draft = replace(guaranteed, deduction_percent=Decimal(22), guarantee=guarantee)
        told = refusal(parts.save_term, version=version, draft=draft, by=people.owner)
        assert told == expected
    bands: dict[str, tuple[list[tuple[str, str | None]], str]] = {
        "no_bands": ([], "bands"),
        "gap": ([("0", "10"), ("20", None)], "bands.1.lower"),
        "overlap": ([("0", "10"), ("5", None)], "bands.1.lower"),
        "not_from_zero": ([("1", None)], "bands.0.lower"),
        "not_open_ended": ([("0", "10")], "bands.0.upper"),
    }
    for code, (pairs, field) in bands.items():
        rows = [
            BandDraft(lower=Decimal(a), upper=Decimal(b) if b else None, rate=Decimal(2))
            for a, b in pairs
        ]
        schedule = ScheduleDraft(name="Bonus", bands=rows)
        told = refusal(parts.save_schedule, version=version, draft=schedule, by=people.owner)
        assert told == (code, field)
    assert problems_of(version).blockers[0].code == "agreement_version_whole"
    told = refusal(versions.submit_version, version=version, by=people.owner, at=NOW)
    assert told == ("agreement_version_whole", "terms")


def test_cautions_are_dated_and_stop_nothing(people: People) -> None:
    version = make_version(account=make_account(), preset=None)
    net = PRESETS[Preset.OUTRIGHT_CREDIT]
    late = [LineDraft(operations=[OperationDraft(kind="days", value=61)])]
    parts.save_term(version=version, draft=replace(net, lines=late), by=people.owner)
    make_condition(version=version, name="Bonus")
    found = problems_of(version)
    assert not found.blockers
    cautions = {one.code: str(one.message) for one in found.cautions}
    assert set(cautions) == {"no_file", "longer_than_60_days", "unconditional_rebate"}
    assert "Nov 22, 2026" in cautions["longer_than_60_days"]
    assert cautions["longer_than_60_days"].startswith("It is paid up to 61 days")


def test_who_cuts_a_month_is_told_what_is_counted_twice() -> None:
    guarantee = {"basis": "sales", "amount": Decimal(150_000), "test_period": "month"}
    told = []
    for end in (date(2026, 8, 1), date(2026, 8, 16)):
        version = make_version(account=make_account(), end=end, preset=None)
        make_term(version=version, preset=Preset.CONCESSION, guarantee=guarantee)
        fee = {"kind": "fee", "fee_type": "flyer", "basis": "", "payout": "", "value": Decimal(9)}
        make_condition(version=version, calculation="fixed", channel="set_off", **fee)
        told.append({one.code for one in problems_of(version).cautions})
    assert told[1] - told[0] == {"guarantee_of_part_months", "fees_of_part_months"}


def test_silent_renewals_go_on_and_ends_are_told_once(people: People) -> None:
    account = make_account(lead=people.owner)
    silent: dict[str, Any] = {"renewal": Renewal.SILENT, "renewal_months": 12}
    first = make_version(
        account=account, state=VersionState.ACTIVE, start=date(2024, 1, 1),
        end=date(2025, 1, 1), notice_days=30, **silent,
    )  # fmt: skip
    ending = make_version(
        account=account, state=VersionState.ACTIVE, end=date(2026, 7, 1),
        renewal=Renewal.NEGOTIATED,
    )  # fmt: skip
    given = make_version(
        account=account, state=VersionState.TERMINATED, end=date(2026, 5, 1), **silent
    )
    Notification.objects.all().delete()
    done = renew(as_of=TODAY, at=NOW)
    assert (done.renewed, done.told) == (1, 1)
    first.refresh_from_db()
    given.refresh_from_db()
    assert first.valid.upper == date(2027, 1, 1)
    assert given.valid.upper == date(2026, 5, 1)
    assert renew(as_of=TODAY, at=NOW).told == 0
    note = Notification.objects.get()
    assert (note.user, note.params["what"], note.params["day"]) == (
        people.owner, "end", "2026-06-30",
    )  # fmt: skip
    assert renew(as_of=date(2026, 6, 23), at=NOW).told == 1
    assert renew(as_of=date(2026, 11, 2), at=NOW).told == 1  # notice until 1 December
    assert ending.state == VersionState.ACTIVE


def test_an_agreement_keeps_its_number_once_a_version_was_approved(people: People) -> None:
    account, company = make_account(lead=people.owner), make_company()
    values: dict[str, Any] = {
        "account": account, "selling_company": company, "currency": "EUR", "by": people.owner,
    }  # fmt: skip
    one = agreements.create_agreement(number=" K  1 ", name="Frame", **values)
    assert one.number == "K 1"
    create = agreements.create_agreement
    assert refusal(create, number="K 1", name="x", **values)[0] == "agreement_number_once"
    assert refusal(create, number=" ", name="x", **values) == ("missing", "number")
    agreements.update_agreement(agreement=one, number="K 2", name="Frame 2026")
    move_on(make_version(agreement=one))
    told = refusal(agreements.update_agreement, agreement=one, number="K 3")
    assert told == ("agreement_fixed_once_approved", "number")
    agreements.update_agreement(agreement=one, note="Renewed by hand")
    assert refusal(agreements.delete_agreement, agreement=one)[0] == "agreement_in_use"
    other = agreements.create_agreement(number="K 9", name="Mistake", **values)
    agreements.delete_agreement(agreement=other)
    assert not TradingAgreement.objects.filter(pk=other.pk).exists()


def test_the_signed_file_is_told_by_its_content(people: People) -> None:
    draft = begin(make_account(lead=people.owner), people.owner)
    fake = SimpleUploadedFile("contract.pdf", b"MZ not a pdf")
    assert refusal(attach_file, version=draft, upload=fake, by=people.owner)[1] == "file"
    good = SimpleUploadedFile("../contract.doc", b"%PDF-1.7 signed")
    kept = attach_file(version=draft, upload=good, by=people.owner)
    assert (kept.file_name, kept.file_type) == ("contract.doc.pdf", "application/pdf")
    assert len(kept.file_sha256) == 64
    assert "no_file" not in {one.code for one in problems_of(draft).cautions}
    assert not remove_file(version=draft, by=people.owner).file


def test_the_six_presets_have_the_axes_of_their_trade_names() -> None:
    axes = {
        key: (one.title_transfer, one.settlement_basis, one.deduction, one.base_event)
        for key, one in PRESETS.items()
    }
    confirmed = "statement_confirmed"
    assert axes == {
        "outright_cash": ("on_receipt", "received_net", "none", "delivery"),
        "outright_credit": ("on_receipt", "received_net", "none", "invoice_date"),
        "consignment": ("on_sell_through", "sold_net", "none", confirmed),
        "concession": ("never", "turnover_net", "percent", confirmed),
        "guaranteed": ("never", "turnover_net", "percent", confirmed),
        "lease": ("never", "fixed_rent", "none", "period_end"),
    }
    assert PRESETS[Preset.GUARANTEED].guarantee is not None
    assert all(not one.shrink_bearer for one in PRESETS.values())  # never told by the method
    assert PRESETS[Preset.CONSIGNMENT].settlement_basis == SettlementBasis.SOLD_NET


def test_a_preset_follows_its_axes() -> None:
    """Another preset's axes give its name; where two share them, the term's own stays."""
    concession, guaranteed = PRESETS[Preset.CONCESSION], PRESETS[Preset.GUARANTEED]
    cash = PRESETS[Preset.OUTRIGHT_CASH]
    assert preset_of(replace(concession, guarantee=guaranteed.guarantee)) == Preset.GUARANTEED
    assert preset_of(replace(guaranteed, guarantee=None)) == Preset.CONCESSION
    assert preset_of(cash) == Preset.OUTRIGHT_CASH
    assert preset_of(replace(cash, preset=Preset.CONSIGNMENT)) == Preset.OUTRIGHT_CREDIT
    assert preset_of(replace(cash, title_transfer="never")) == Preset.OWN
