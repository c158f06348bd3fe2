"""What the database itself refuses of agreements; whom a merge, the timeline and My day tell."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.services.merging import merge_accounts, plan_merge
from kam.core.jobs import execute
from kam.core.models import JobRun
from kam.core.timeline import Wanted
from settlements.choices.terms import Preset, VersionState
from settlements.selectors.terms.timeline import agreements
from settlements.selectors.terms.waiting import to_approve, to_mend
from settlements.services.terms.versions import return_version, terminate_version
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.settlements import make_company
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
NOW = datetime(2026, 6, 1, tzinfo=UTC)
BANDS = [("0", "100", "2"), ("100", None, "3")]
FIXED = [
    "UPDATE settlements_agreementversion SET note = 'x' WHERE id = %(version)s",
    "UPDATE settlements_agreementversion SET valid = '[2025-01-01,)' WHERE id = %(version)s",
    "UPDATE settlements_agreementversion SET state = 'draft' WHERE id = %(version)s",
    "UPDATE settlements_agreementversion SET state = 'terminated' WHERE id = %(version)s",
    "DELETE FROM settlements_agreementversion WHERE id = %(version)s",
    "UPDATE settlements_settlementterm SET deduction_percent = 1 WHERE version_id = %(version)s",
    "DELETE FROM settlements_settlementterm WHERE version_id = %(version)s",
    (
        "INSERT INTO settlements_responsibility (created_at, updated_at, version_id, subject,"
        " bearer, note) VALUES (now(), now(), %(version)s, 'freight', 'us', '')"
    ),
    "UPDATE settlements_rateband SET rate = 1 WHERE schedule_id = %(schedule)s",
    (
        "INSERT INTO settlements_rateband (created_at, updated_at, schedule_id, band, rate)"
        " VALUES (now(), now(), %(schedule)s, '[5,6)', 1)"
    ),
    "UPDATE settlements_paymentline SET value = 1, kind = 'fixed' WHERE term_id = %(term)s",
    "UPDATE settlements_paymentoperation SET value = 1",
    "UPDATE settlements_minimumguarantee SET amount = 1 WHERE term_id = %(term)s",
    "UPDATE settlements_mediumrule SET percent = 1 WHERE term_id = %(term)s",
    (
        "INSERT INTO settlements_mediumrule (created_at, updated_at, term_id, medium, is_counted)"
        " VALUES (now(), now(), %(term)s, 'GIFT', false)"
    ),
    "UPDATE settlements_tradecondition SET value = 1 WHERE version_id = %(version)s",
    "UPDATE settlements_tradingagreement SET number = 'x' WHERE id = %(agreement)s",
]
"""What nobody does to a version that was approved or that waits."""


def refused(statement: str, **ids: Any) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, ids)
    except IntegrityError:
        return True
    return False


def test_an_approved_version_and_all_its_parts_are_fixed() -> None:
    version = make_version(account=make_account(), preset=None)
    guarantee = {"basis": "sales", "amount": 5, "test_period": "month"}
    term = make_term(
        version=version,
        preset=Preset.CONCESSION,
        bands=BANDS,
        guarantee=guarantee,
        media=[("CARD", "5")],
    )
    make_condition(version=version)
    ids = {
        "version": version.pk, "term": term.pk, "schedule": term.deduction_schedule_id,
        "agreement": version.agreement_id,
    }  # fmt: skip
    move_on(version, VersionState.IN_APPROVAL)
    back_to_draft, number = FIXED[2], FIXED[-1]
    while_waiting = [one for one in FIXED if one not in (back_to_draft, number)]
    assert [one for one in while_waiting if not refused(one, **ids)] == []
    move_on(version)
    assert [one for one in FIXED if not refused(one, **ids)] == []


def test_periods_bands_and_eyes_are_kept_by_the_database(people: People) -> None:
    first = make_active(account=make_account(), days_long=100)
    other = make_version(agreement=first.agreement, state=VersionState.IN_APPROVAL)
    approved = "UPDATE settlements_agreementversion SET state = 'active', approved_at = now()"
    by = f"{approved}, approved_by_id = %(by)s WHERE id = %(pk)s"
    assert refused(by, by=people.director.pk, pk=other.pk)  # it overlaps the first
    free = make_version(account=make_account(), state=VersionState.IN_APPROVAL, by=people.owner)
    assert refused(by, by=people.owner.pk, pk=free.pk)  # who submitted
    draft = make_version(account=make_account(), preset=None, writer_ids=[people.director.pk])
    schedule = make_schedule(version=draft, bands=BANDS)
    band = "INSERT INTO settlements_rateband (created_at, updated_at, schedule_id, band, rate)"
    row = f"{band} VALUES (now(), now(), %(pk)s, %(band)s, 1)"
    for wrong in ("[50,150)", "(200,300)", "[-1,0)", "[5,5)"):
        assert refused(row, pk=schedule.pk, band=wrong), wrong
    submit = "UPDATE settlements_agreementversion SET state = 'in_approval' WHERE id = %(pk)s"
    assert refused(submit, pk=draft.pk)  # without a term
    make_term(version=draft)
    schedule.bands.filter(rate=2).delete()
    assert refused(submit, pk=draft.pk)  # bands that leave a gap
    media = "INSERT INTO settlements_mediumrule (created_at, updated_at, term_id, medium,"
    media += " is_counted, percent) VALUES (now(), now(), %(term)s, %(medium)s, %(counts)s, %(of)s)"
    term = draft.terms.get().pk
    for medium, counts, of in (("", True, 5), ("A", True, None), ("A", False, 5), ("A", True, 101)):
        assert refused(media, term=term, medium=medium, counts=counts, of=of), (medium, counts, of)
    schedule.delete()
    move_on(draft, VersionState.IN_APPROVAL, by=people.owner)
    assert refused(by, by=people.director.pk, pk=draft.pk)  # who wrote in it
    assert not refused(by, by=people.controller.pk, pk=draft.pk)


def test_a_merge_takes_agreements_along_and_says_where_both_have_one(people: People) -> None:
    keep, drop, company = make_account(), make_account(), make_company()
    make_active(account=keep, company=company)
    moved = make_active(account=drop, company=company)
    plan = plan_merge(keep=keep, drop=drop)
    assert any(str(moved.agreement) in str(line) for line in plan.moves)
    assert "agreements_of_both" in {one.code for one in plan.cautions}
    merge_accounts(keep=keep, drop=drop, as_of=NOW.date())
    moved.agreement.refresh_from_db()
    assert moved.agreement.account == keep


def test_who_is_told_what_waits_and_what_happened(people: People) -> None:
    account = make_account(lead=people.owner)
    agreement = make_agreement(account=account)
    version = make_version(
        agreement=agreement, state=VersionState.IN_APPROVAL, by=people.owner,
        writer_ids=[people.owner.pk],
    )  # fmt: skip
    today = NOW.date()
    expected = {
        "owner": 0, "teammate": 0, "stranger": 0, "director": 1, "controller": 1,
        "administrator": 1, "auditor": 0,
    }  # fmt: skip
    told = {who: len([*to_approve(getattr(people, who), today)]) for who in expected}
    assert told == expected
    return_version(version=version, note="30 days", by=people.director, at=NOW)
    assert [todo.detail for todo in to_mend(people.owner, today)] == ["30 days"]
    active = make_active(account=account, start=date(2026, 1, 1))
    act: dict[str, Any] = {"on": date(2026, 9, 1), "reason": "Sold", "as_of": today, "at": NOW}
    terminate_version(version=active, by=people.director, **act)
    events = agreements(people.owner, Wanted(account_ids=[account.pk]))
    assert sorted(one.strand for one in events) == ["agreements.approved", "agreements.terminated"]
    assert agreements(people.stranger, Wanted(account_ids=[account.pk])) == []


def test_the_nightly_job_lets_versions_go_on(people: People) -> None:
    version = make_active(account=make_account(lead=people.owner), days_long=31)
    assert version.valid == DateRange(date(2026, 1, 1), date(2026, 2, 1))
    run = JobRun.objects.create(
        name="settlements.renew_agreements", arguments={"as_of": "2026-01-20"}
    )
    execute(run.pk)
    run.refresh_from_db()
    assert run.outcome == {"as_of": "2026-01-20", "renewed": 0, "told": 1}
