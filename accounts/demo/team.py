"""The demo's promises, teams, requests, and one handover that is about to happen.

Three colleagues support the leads. Some keep their word, one customer rarely does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts import models as m
from accounts.choices import Priority, PromiseOutcome, PromiseSide, RequestStatus, TeamFunction
from accounts.demo.chance import Dice
from accounts.demo.people import MAIL_DOMAIN, PASSWORD
from accounts.services.ratings import rewriting_ratings
from accounts.services.team.handovers import hand_over
from kam.core.demo import Counts, DemoPart, DemoRequest, DemoSignIn
from kam.identity.choices import Role
from kam.identity.models import User

GROUPS = 14
SUPPORT = (
    ("noora.salmi", "Noora Salmi", "Customer service", TeamFunction.CUSTOMER_SERVICE),
    ("mikko.lehtonen", "Mikko Lehtonen", "Shipping and scheduling", TeamFunction.SHIPPING),
    ("raluca.ionescu", "Raluca Ionescu", "Quality", TeamFunction.QUALITY),
)
_OURS = (
    "Shelf layout for the spring range",
    "Samples of the new rye crackers for the tasting panel",
    "Answer on the promotion funding for week 40",
    "Delivery in four-layer pallets for small stores",
    "Allergen sheets for the whole range",
    "A date for the joint store visit",
    "Proposal for the private label porridge",
)
_THEIRS = (
    "Sell-out figures by store every Monday",
    "A second placement in the twenty largest stores",
    "An appointment with their head of operations",
    "Feedback on the crate design",
    "Decision on the listing of the oat drinks",
)
_BROKEN = (
    "Production could not free the line in time.",
    "Their new category manager was not told.",
    "Forgotten in the move to the new warehouse.",
)
_KEPT = ("Sent and confirmed.", "Done at the visit.", "")
_MOVED = ("Strike at the port.", "Their range review moved.", "Holidays on both sides.")
_ASKED = (
    (TeamFunction.SHIPPING, "Pallet labels as their depot reads them", Priority.HIGH),
    (TeamFunction.CUSTOMER_SERVICE, "One address for all order changes", Priority.NORMAL),
    (TeamFunction.QUALITY, "Shelf-life tests for the longer transport", Priority.NORMAL),
    (TeamFunction.SHIPPING, "Earlier slot on Thursdays", Priority.LOW),
    (TeamFunction.CUSTOMER_SERVICE, "Explain the credit notes of last month", Priority.HIGH),
)
_SAID = ("Which depots first?", "Half is done, the rest on Friday.", "I need the article list.")
_TABLES = (
    m.Handover,
    m.RequestComment,
    m.TeamRequest,
    m.TeamMember,
    m.PromiseMove,
    m.Promise,
)


def load(request: DemoRequest) -> Counts:
    """Write the supporting colleagues, then promises, teams and requests of the larger groups."""
    users = _colleagues(request)
    groups = _groups()
    for place, group in enumerate(groups):
        dice = Dice(request.seed, "team", group.name)
        _Account(group, cast("User", group.current_lead), users, request.as_of, dice, place).write()
    _handover(groups, request.as_of)
    return present()


def present() -> Counts:
    """Count rows of any origin."""
    counted = (m.Promise, m.TeamMember, m.TeamRequest, m.Handover)
    return {str(one._meta.verbose_name_plural): one._default_manager.count() for one in counted}


def added() -> Counts:
    """Nothing of its own: all goes with its accounts."""
    return {}


def clear(keep_user_id: int | None) -> Counts:
    """Empty the tables; the colleagues go with the demo's other people."""
    del keep_user_id
    removed = present()
    with rewriting_ratings(), connection.cursor() as cursor:
        for model in _TABLES:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")
    return removed


def sign_ins() -> list[DemoSignIn]:
    """Name the supporting colleagues who still have the well-known password."""
    found = {user.email: user for user in User.objects.filter(is_active=True)}
    return [
        DemoSignIn(name=name, title=title, email=email, password=PASSWORD)
        for key, name, title, _function in SUPPORT
        if (email := f"{key}@{MAIL_DOMAIN}") in found and found[email].check_password(PASSWORD)
    ]


def _colleagues(request: DemoRequest) -> dict[str, User]:
    """Those who support, by function; signed in like everybody else of the demo."""
    password = make_password(request.password)
    return {
        function: User.objects.create(
            email=f"{key}@{MAIL_DOMAIN}",
            full_name=name,
            job_title=title,
            roles=[Role.ACCOUNT_MANAGER],
            password=password,
        )
        for key, name, title, function in SUPPORT
    }


def _groups() -> list[m.Account]:
    rows = m.Account.objects.filter(
        current_parent__isnull=True, merged_into__isnull=True, current_lead__isnull=False
    )
    return list(rows.select_related("current_lead").order_by("-figure__net_12m", "pk")[:GROUPS])


@dataclass(slots=True)
class _Account:
    """One account's part as it is written."""

    account: m.Account
    lead: User
    users: dict[str, User]
    as_of: date
    dice: Dice
    place: int

    def write(self) -> None:
        for function, user in self.users.items():
            if function != TeamFunction.QUALITY or self.place % 3 == 0:
                self._member(user, function)
        people = m.Position.objects.filter(account=self.account, person__isnull=False)
        positions = list(people.order_by("pk")[:6])
        for what in self.dice.order(_OURS)[: self.dice.whole(2, 4)]:
            self._promise(PromiseSide.OURS, what, positions)
        if positions:
            for what in self.dice.order(_THEIRS)[: self.dice.whole(1, 3)]:
                self._promise(PromiseSide.THEIRS, what, positions)
        for function, title, priority in self.dice.order(_ASKED)[: self.dice.whole(1, 3)]:
            self._request(function, title, priority)

    def _ago(self, least: int, most: int) -> date:
        return self.as_of - timedelta(days=self.dice.whole(least, most))

    def _member(self, user: User, function: str) -> None:
        m.TeamMember.objects.create(
            account=self.account,
            user=user,
            function=function,
            valid=DateRange(self._ago(200, 900), None),
        )

    def _promise(self, side: str, what: str, positions: list[m.Position]) -> None:
        made = self._ago(20, 120)
        due = made + timedelta(days=self.dice.whole(10, 130))
        promise = m.Promise(
            account=self.account,
            side=side,
            user=self.lead,
            position=self.dice.pick(positions) if positions else None,
            what=what,
            made_on=made,
            due_on=due,
            author=self.lead,
            note="Said at the quarterly meeting." if self.dice.happens(0.5) else "",
        )
        if due < self.as_of:
            self._settle(promise)
        promise.save()
        if promise.is_open and self.dice.happens(0.25):
            self._move(promise)

    def _settle(self, promise: m.Promise) -> None:
        """Most are kept; two customers, and once in a while we, are not so good at it."""
        is_bad = not promise.is_ours and self.place in {2, 7}
        roll = self.dice.between(0, 1) - (0.35 if is_bad else 0)
        latest = (self.as_of - promise.due_on).days
        if roll < 0.12:
            return
        promise.settled_on = promise.due_on - timedelta(days=self.dice.whole(0, 6))
        if promise.settled_on < promise.made_on:
            promise.settled_on = promise.made_on
        if roll < 0.25:
            promise.outcome, promise.settled_on = PromiseOutcome.BROKEN, promise.due_on
            promise.outcome_note = self.dice.pick(_BROKEN)
        elif roll < 0.4 and latest > 1:
            promise.outcome = PromiseOutcome.KEPT_LATE
            promise.settled_on = promise.due_on + timedelta(days=min(latest, 9))
        else:
            promise.outcome, promise.outcome_note = PromiseOutcome.KEPT, self.dice.pick(_KEPT)

    def _move(self, promise: m.Promise) -> None:
        day = promise.due_on - timedelta(days=self.dice.whole(3, 9))
        if day < promise.made_on:
            return
        m.PromiseMove.objects.create(
            promise=promise,
            from_day=day,
            to_day=promise.due_on,
            reason=self.dice.pick(_MOVED),
            author=self.lead,
            moved_on=min(day, self.as_of),
        )

    def _request(self, function: str, title: str, priority: int) -> None:
        sent = self._ago(3, 40)
        user = self.users[function]
        request = m.TeamRequest.objects.create(
            account=self.account,
            sender=self.lead,
            function=function,
            to_user=user,
            title=title,
            priority=priority,
            sent_on=sent,
            due_on=sent + timedelta(days=self.dice.whole(7, 45)),
        )
        self._answer(request, user)

    def _answer(self, request: m.TeamRequest, user: User) -> None:
        roll = self.dice.between(0, 1)
        if roll < 0.35:
            return
        request.status = RequestStatus.ACCEPTED
        if roll > 0.65:
            is_done = roll < 0.92
            request.status = RequestStatus.DONE if is_done else RequestStatus.DECLINED
            request.answer = "In place since this week." if is_done else "No trucks on Thursdays."
            request.closed_on = min(request.due_on, self.as_of)
        request.save()
        if self.dice.happens(0.6):
            text = self.dice.pick(_SAID)
            m.RequestComment.objects.create(request=request, author=user, text=text)


def _handover(groups: list[m.Account], as_of: date) -> None:
    """The last of the larger groups of a manager on holiday goes to his neighbour in two weeks."""
    by_mail = {user.email.partition("@")[0]: user for user in User.objects.all()}
    director, former, new = (
        by_mail.get(one) for one in ("elina.vuorela", "juhani.rautio", "aino.koskela")
    )
    chosen = [group for group in groups if former is not None and group.current_lead == former]
    if not chosen or director is None or new is None:
        return
    hand_over(
        account=chosen[-1],
        from_user=former,
        to_user=new,
        effective_on=as_of + timedelta(days=14),
        reason="Juhani takes on the new chain in Estonia. Their range review comes first.",
        made_by=director,
        as_of=as_of,
    )


PART = DemoPart(
    key="team",
    order=40,
    load=load,
    clear=clear,
    present=present,
    added=added,
    sign_ins=sign_ins,
)
