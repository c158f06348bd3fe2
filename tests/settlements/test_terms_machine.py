"""The life of versions against plain Python: random acts, the same states and days in both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from kam.core.problems import RefusedError
from settlements.choices.terms import Preset, VersionState
from settlements.models import AgreementVersion
from settlements.selectors.terms.rules import term_in_force
from settlements.services.terms import parts, versions
from settlements.services.terms.drafts import HeaderDraft
from settlements.services.terms.presets import PRESETS
from settlements.services.terms.renewing import renew
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.terms import make_agreement

NOW = datetime(2026, 6, 1, tzinfo=UTC)
START = date(2026, 1, 1)
days = st.integers(0, 700).map(lambda n: START + timedelta(days=n))
people = st.sampled_from(["writer", "submitter", "approver"])
DRAFT, WAITS, ACTIVE = VersionState.DRAFT, VersionState.IN_APPROVAL, VersionState.ACTIVE
SUPERSEDED, TERMINATED = VersionState.SUPERSEDED, VersionState.TERMINATED


@dataclass
class Plain:
    """A version as a list of rules would keep it."""

    state: str
    start: date
    end: date | None
    has_term: bool
    hands: set[str]
    silent: bool

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    def meets(self, other: Plain) -> bool:
        return (other.end is None or self.start < other.end) and (
            self.end is None or other.start < self.end
        )


class VersionMachine(RuleBasedStateMachine):
    """Does the same to the database, by services, and to plain rows."""

    @initialize()
    def begin(self) -> None:
        self.people = {name: make_user() for name in ("writer", "submitter", "approver")}
        self.account = make_account(lead=self.people["writer"])
        self.agreement = make_agreement(account=self.account)
        self.plain: list[Plain] = []

    def _row(self, plain: Plain) -> AgreementVersion:
        place = self.plain.index(plain) + 1
        return AgreementVersion.objects.get(agreement=self.agreement, version=place)

    def _in(self, *states: str) -> list[Plain]:
        return [one for one in self.plain if one.state in states]

    def _tried(self, fits: bool, call: object, **kwargs: object) -> bool:
        """Whether it was done; it must be refused exactly where the rules say so."""
        if fits:
            call(**kwargs)  # type: ignore[operator]
            return True
        with pytest.raises(RefusedError):
            call(**kwargs)  # type: ignore[operator]
        return False

    @rule(start=days, length=st.none() | st.integers(1, 400), silent=st.booleans())
    def draft(self, start: date, length: int | None, silent: bool) -> None:
        end = None if length is None else start + timedelta(days=length)
        silent = silent and end is not None
        header = HeaderDraft(
            start=start,
            end=end,
            renewal="silent" if silent else "ends",
            renewal_months=6 if silent else None,
        )
        fits = not self._in(DRAFT, WAITS)
        by = self.people["writer"]
        if self._tried(
            fits, versions.draft_version, agreement=self.agreement, header=header, by=by
        ):
            self.plain.append(Plain(DRAFT, start, end, False, {"writer"}, silent))

    @rule(who=people)
    def write(self, who: str) -> None:
        for one in self.plain[-1:]:
            fits = one.state == DRAFT and not one.has_term
            draft, by = PRESETS[Preset.OUTRIGHT_CREDIT], self.people[who]
            row = self._row(one)
            if self._tried(fits, parts.save_term, version=row, draft=draft, by=by):
                one.has_term = True
                one.hands.add(who)

    @rule(who=people)
    def submit(self, who: str) -> None:
        for one in self.plain[-1:]:
            fits = one.state == DRAFT and one.has_term and not self._in_the_way(one)
            row, by = self._row(one), self.people[who]
            if self._tried(fits, versions.submit_version, version=row, by=by, at=NOW):
                one.state = WAITS
                self.submitted = who

    def _in_the_way(self, one: Plain) -> list[Plain]:
        fixed = self._in(ACTIVE, SUPERSEDED, TERMINATED)
        return [
            other
            for other in fixed
            if other.meets(one) and not (other.state == ACTIVE and other.start < one.start)
        ]

    @rule()
    def send_back(self) -> None:
        for one in self.plain[-1:]:
            row, by = self._row(one), self.people["approver"]
            call = versions.return_version
            if self._tried(one.state == WAITS, call, version=row, note="x", by=by, at=NOW):
                one.state = DRAFT

    @rule(who=people)
    def approve(self, who: str) -> None:
        for one in self.plain[-1:]:
            others = one.state == WAITS and who not in {*one.hands, self.submitted}
            fits = others and not self._in_the_way(one)
            row, by = self._row(one), self.people[who]
            if self._tried(fits, versions.approve_version, version=row, by=by, at=NOW):
                for before in self._in(ACTIVE):
                    if before.meets(one):
                        before.state, before.end = SUPERSEDED, one.start
                one.state = ACTIVE

    @rule(on=days, place=st.integers(0, 5))
    def terminate(self, on: date, place: int) -> None:
        if not self.plain:
            return
        one = self.plain[place % len(self.plain)]
        inside = one.start < on and (one.end is None or on <= one.end)
        fits = one.state == ACTIVE and on >= NOW.date() and inside
        fits = fits and (one.end is None or one.end > NOW.date())
        if self._tried(
            fits,
            versions.terminate_version,
            version=self._row(one),
            on=on,
            reason="Over",
            by=self.people["approver"],
            as_of=NOW.date(),
            at=NOW,
        ):
            one.state, one.end = TERMINATED, on

    @rule(as_of=days)
    def night(self, as_of: date) -> None:
        before = {row.pk: row.valid for row in self.agreement.versions.all()}
        renew(as_of=as_of, at=NOW)
        for one in self.plain:
            row = self._row(one)
            if row.valid != before[row.pk]:
                assert (one.state, one.silent) == (ACTIVE, True)
                assert one.end is not None
                assert row.valid.upper > one.end
                assert as_of >= one.end
                one.end = row.valid.upper

    @invariant()
    def both_say_the_same(self) -> None:
        if not hasattr(self, "agreement"):
            return
        rows = list(self.agreement.versions.order_by("version"))
        told = [(row.state, row.valid.lower, row.valid.upper) for row in rows]
        assert told == [(one.state, one.start, one.end) for one in self.plain]
        assert len(self._in(DRAFT, WAITS)) <= 1
        fixed = self._in(ACTIVE, SUPERSEDED, TERMINATED)
        assert not [1 for a in fixed for b in fixed if a is not b and a.meets(b)]
        for day in (START, NOW.date(), date(2027, 6, 1)):
            found = term_in_force(self.account, day)
            holds = [place for place, one in enumerate(self.plain, 1) if one in fixed
                     and one.covers(day)]  # fmt: skip
            assert [found.version] == holds if found else not holds


@pytest.mark.django_db
def test_versions_do_what_plain_rules_say() -> None:
    run_state_machine_as_test(
        VersionMachine,
        settings=settings(
            max_examples=12,
            stateful_step_count=16,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
