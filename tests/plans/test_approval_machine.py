"""The life of a plan against plain Python: random acts, the same states in both."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kam.core.problems import RefusedError
from kam.identity.choices import Role
from kam.identity.models import User
from plans.analytics.documents import hash_of
from plans.choices.plan import PlanState
from plans.models import Plan, PlanSnapshot
from plans.services.approval import changing, deciding, submitting
from plans.services.plan.texts import save_section
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.plans import make_objective, make_plan

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = date(2026, 6, 1)
DRAFT, WAITS, APPROVED = PlanState.DRAFT, PlanState.IN_REVIEW, PlanState.APPROVED
ACTIVE, CLOSED, CANCELLED = PlanState.ACTIVE, PlanState.CLOSED, PlanState.CANCELLED
people = st.sampled_from(["lead", "first", "second"])


class PlanMachine(RuleBasedStateMachine):
    """Does the same to a plan, by services, and to a plain state with its writers."""

    @initialize()
    def begin(self) -> None:
        deciding.activate_due(as_of=DAY)  # plans that other examples left approved
        directors = [make_user(roles=[Role.SALES_DIRECTOR]) for _one in range(2)]
        lead = make_user()
        self.people: dict[str, User] = dict(
            zip(("lead", "first", "second"), (lead, *directors), strict=True)
        )
        account = make_account(lead=lead)
        self.plan = make_plan(account=account, owner=lead, writer_ids=[])
        make_objective(plan=self.plan, measure="Seen")
        self.state: str = DRAFT
        self.revision, self.frozen = 1, 0
        self.writers: set[str] = set()

    def _row(self) -> Plan:
        return Plan.objects.get(pk=self.plan.pk)

    def _tried(self, fits: bool, call: Callable[..., Any], **facts: Any) -> bool:
        """Whether it was done; it must be refused exactly where the rules say so."""
        if fits:
            call(**facts)
            return True
        with pytest.raises(RefusedError):
            call(**facts)
        return False

    @rule(who=people)
    def write(self, who: str) -> None:
        section = self._row().sections.first()
        facts = {"section": section, "by": self.people[who], "as_of": DAY, "text": who}
        if self._tried(self.state == DRAFT, save_section, **facts):
            self.writers.add(who)

    @rule(who=people)
    def submit(self, who: str) -> None:
        facts = {"plan": self.plan, "by": self.people[who], "as_of": DAY, "at": NOW}
        if self._tried(self.state == DRAFT, submitting.submit_plan, **facts):
            self.state, self.frozen = WAITS, self.frozen + 1
            self.writers |= {who, "lead"}

    @rule(who=people)
    def approve(self, who: str) -> None:
        fits = self.state == WAITS and who not in self.writers and who != "lead"
        facts = {"plan": self.plan, "by": self.people[who], "as_of": DAY, "at": NOW}
        if self._tried(fits, deciding.approve_plan, **facts):
            self.state, self.frozen = APPROVED, self.frozen + 1

    @rule(who=people, text=st.sampled_from(["", "Mend it"]))
    def send_back(self, who: str, text: str) -> None:
        decides = who not in self.writers and who != "lead"
        fits = self.state == WAITS and decides and bool(text)
        facts = {"plan": self.plan, "by": self.people[who], "text": text, "at": NOW}
        if self._tried(fits, submitting.send_back_plan, **facts):
            self.state = DRAFT

    @rule(who=people)
    def withdraw(self, who: str) -> None:
        facts = {"plan": self.plan, "by": self.people[who]}
        if self._tried(self.state == WAITS, submitting.withdraw_plan, **facts):
            self.state = DRAFT

    @rule(night=st.booleans())
    def activate(self, night: bool) -> None:
        if night:
            begun = deciding.activate_due(as_of=DAY)
            assert begun == (self.state == APPROVED)
            self.state = ACTIVE if begun else self.state
            return
        facts = {"plan": self.plan, "by": self.people["lead"]}
        if self._tried(self.state == APPROVED, deciding.activate_plan, **facts):
            self.state = ACTIVE

    @rule(text=st.sampled_from(["", "The market moved"]))
    def revise(self, text: str) -> None:
        fits = self.state in (APPROVED, ACTIVE) and bool(text)
        facts = {"plan": self.plan, "by": self.people["lead"], "text": text, "at": NOW}
        if self._tried(fits, changing.revise_plan, **facts):
            self.state, self.revision, self.writers = DRAFT, self.revision + 1, set()

    @precondition(lambda self: self.state in (ACTIVE, CLOSED))
    @rule()
    def close(self) -> None:
        facts = {"plan": self.plan, "by": self.people["lead"], "text": "Done", "at": NOW}
        if self._tried(self.state == ACTIVE, changing.close_plan, as_of=DAY, **facts):
            self.state, self.frozen = CLOSED, self.frozen + 1

    @precondition(lambda self: self.revision > 1 or self.state in (CLOSED, CANCELLED))
    @rule()
    def cancel(self) -> None:
        fits = self.state not in (CLOSED, CANCELLED)
        facts = {"plan": self.plan, "by": self.people["lead"], "text": "Lost", "at": NOW}
        if self._tried(fits, changing.cancel_plan, **facts):
            self.state = CANCELLED

    @invariant()
    def same(self) -> None:
        row = self._row()
        assert (row.state, row.revision) == (self.state, self.revision)
        assert set(row.writer_ids) == {self.people[one].pk for one in self.writers}
        frozen = PlanSnapshot.objects.filter(plan=row).order_by("number")
        assert [one.number for one in frozen] == list(range(1, self.frozen + 1))
        assert all(hash_of(one.content) == one.sha256 for one in frozen)
        assert row.steps.filter(snapshot__isnull=False).count() == self.frozen


@pytest.mark.django_db
def test_plans_go_their_way_whatever_is_tried() -> None:
    run_state_machine_as_test(
        PlanMachine,
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
