"""Several acts on one agreement at the same moment, over connections of their own."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial

import pytest

from kam.core.problems import RefusedError
from settlements.choices.terms import Preset, VersionState
from settlements.models import AgreementVersion
from settlements.services.terms import parts, versions
from settlements.services.terms.drafts import HeaderDraft
from settlements.services.terms.presets import PRESETS
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.terms import make_agreement, make_version
from tests.races import at_once

NOW = datetime(2026, 6, 1, tzinfo=UTC)
HEADER = HeaderDraft(start=date(2026, 7, 1))


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_wins_and_nothing_is_half_done(people: People) -> None:
    agreement = make_agreement(account=make_account(lead=people.owner))
    begin = partial(versions.draft_version, agreement=agreement, header=HEADER)
    raised = at_once(partial(begin, by=people.owner), partial(begin, by=people.teammate))
    assert [type(one) for one in raised if one] == [RefusedError]
    draft = AgreementVersion.objects.get(agreement=agreement)

    net = PRESETS[Preset.OUTRIGHT_CREDIT]
    write = partial(parts.save_term, version=draft, draft=net, by=people.owner)
    assert [type(one) for one in at_once(write, write, write) if one] == [RefusedError] * 2

    submit = partial(versions.submit_version, version=draft, by=people.owner, at=NOW)
    change = partial(
        parts.save_header, version=draft, draft=HeaderDraft(start=date(2026, 8, 1)), by=people.owner
    )
    at_once(submit, change)
    draft.refresh_from_db()
    assert draft.state == VersionState.IN_APPROVAL

    approve = partial(versions.approve_version, version=draft, at=NOW)
    send_back = partial(
        versions.return_version, version=draft, note="No", by=people.director, at=NOW
    )
    raised = at_once(
        partial(approve, by=people.director), partial(approve, by=people.controller), send_back
    )
    assert [type(one) for one in raised if one] == [RefusedError] * 2
    draft.refresh_from_db()
    assert draft.state in {VersionState.ACTIVE, VersionState.DRAFT}


@pytest.mark.django_db(transaction=True)
def test_notice_beside_the_next_version_ends_it_once(people: People) -> None:
    agreement = make_agreement(account=make_account(lead=people.owner))
    first = make_version(agreement=agreement, state=VersionState.ACTIVE)
    second = make_version(
        agreement=agreement, state=VersionState.IN_APPROVAL, start=date(2026, 9, 1)
    )
    approve = partial(versions.approve_version, version=second, by=people.controller, at=NOW)
    terminate = partial(
        versions.terminate_version, version=first, on=date(2026, 8, 1), reason="Sold",
        by=people.controller, as_of=NOW.date(), at=NOW,
    )  # fmt: skip
    raised = [type(one) for one in at_once(approve, terminate) if one]
    first.refresh_from_db()
    second.refresh_from_db()
    assert second.state == VersionState.ACTIVE
    expected = {
        VersionState.SUPERSEDED: ([RefusedError], date(2026, 9, 1)),
        VersionState.TERMINATED: ([], date(2026, 8, 1)),
    }
    assert (raised, first.valid.upper) == expected[VersionState(first.state)]
