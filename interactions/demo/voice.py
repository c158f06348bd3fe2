"""The demo's ratings: two years of surveys and scorecards, one customer cooling, one improving."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import cast

from django.conf import settings
from django.db import connection

from accounts.choices import Function
from accounts.demo.chance import Dice
from accounts.demo.stakeholders import GROUPS
from accounts.models import Account, Position, Task
from interactions import models as m
from interactions.choices import VoiceSource, VoiceTopic
from interactions.services.log import rewriting_contacts
from kam.core.demo import Counts, DemoPart, DemoRequest
from kam.core.models import JobRun
from kam.identity.models import User

TOPICS = (VoiceTopic.OVERALL, VoiceTopic.DELIVERY, VoiceTopic.SERVICE, VoiceTopic.TERMS)
CARD = (VoiceTopic.DELIVERY, VoiceTopic.PRODUCTS, VoiceTopic.INVOICING)
QUARTERS, DAYS = 8, 91
LOW = 40
_GOOD = (
    "Quick answers, always the same person.",
    "The shelf proposal saved us a lot of work.",
    "Deliveries have been spotless since spring.",
    "",
    "",
)
_BAD = (
    "Two pallets came without labels again.",
    "We wait too long for credit notes.",
    "Promotions were short on the first day.",
    "Nobody called after the quality claim.",
    "",
)
_TABLES = (m.Feedback, m.Invitation, m.Survey, m.VoiceSettings)


def load(request: DemoRequest) -> Counts:
    """Write two surveys, and the answers of the largest groups through eight quarters."""
    names = (("Twice a year", list(TOPICS)), ("After a delivery problem", [VoiceTopic.DELIVERY]))
    surveys = [m.Survey.objects.create(name=name, topics=topics) for name, topics in names]
    for place, group in enumerate(_groups()):
        _Customer(group, place, surveys[0], request).write()
    recent = request.as_of - timedelta(days=7)
    for row in m.Feedback.objects.filter(given_on__gte=recent, points__lte=LOW, task=None):
        _follow_up(row, request.as_of)
    return present()


def _follow_up(row: m.Feedback, as_of: date) -> None:
    """As the service does, without telling anybody: nobody is mailed about a demo."""
    lead = cast("User", row.account.current_lead)
    title = f"{row.account.name} is not satisfied: {row.get_topic_display()}"
    row.task = Task.objects.create(
        account=row.account, title=title[:300], owner=lead, due_on=as_of + timedelta(days=7)
    )
    row.save(update_fields=["task", "updated_at"])


def present() -> Counts:
    """Count rows of any origin."""
    counted = (m.Feedback, m.Invitation)
    return {str(one._meta.verbose_name_plural): one._default_manager.count() for one in counted}


def added() -> Counts:
    """Nothing of its own: all goes with its accounts."""
    return {}


def clear(keep_user_id: int | None) -> Counts:
    """Empty ratings, links and surveys."""
    del keep_user_id
    removed = present()
    # What the demo told left a job that mails nobody.
    JobRun.objects.filter(name__startswith="notifications.").delete()
    with rewriting_contacts(), connection.cursor() as cursor:
        for model in _TABLES:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")
    return removed


def _groups() -> list[Account]:
    rows = Account.objects.filter(
        current_parent__isnull=True, merged_into__isnull=True, current_lead__isnull=False
    )
    return list(rows.select_related("current_lead").order_by("-figure__net_12m", "pk")[:GROUPS])


class _Customer:
    """The ratings of one group as they are written."""

    def __init__(self, group: Account, place: int, survey: m.Survey, request: DemoRequest) -> None:
        self.group, self.place, self.survey = group, place, survey
        self.as_of: date = request.as_of
        self.dice = Dice(request.seed, "voice", group.name)
        held = Position.objects.filter(account=group, person__isnull=False)
        self.people = list(held.select_related("person").order_by("pk")[:6])
        # Where they stand on average, and how that moves a quarter: one cools, one warms.
        self.level = self.dice.between(2.9, 4.3)
        self.slope = {2: -0.2, 5: 0.18}.get(place, self.dice.between(-0.04, 0.05))

    def write(self) -> None:
        for back in range(QUARTERS - 1, -1, -1):
            day = self.as_of - timedelta(days=DAYS * back + self.dice.whole(1, 20))
            asked = [one for one in self.people if day in one.valid and self.dice.happens(0.45)]
            for position in asked:
                self._survey(position, day, QUARTERS - back)
            if self.place % 3 == 0:
                self._scorecard(day, QUARTERS - back)

    def _value(self, turn: int) -> int:
        value = self.level + self.slope * turn + self.dice.between(-1.1, 1.1)
        return min(5, max(1, round(value)))

    def _survey(self, position: Position, day: date, turn: int) -> None:
        sent = datetime.combine(day, time(9), tzinfo=UTC)
        secret = f"demo {self.group.pk} {position.pk} {day}"
        languages = dict(settings.LANGUAGES)
        spoken = position.person.language if position.person else ""
        expires_at = sent + timedelta(days=self.survey.days_valid)
        answered_at = sent + timedelta(hours=30) if self.dice.happens(0.7) else None
        if answered_at is not None and answered_at.date() >= self.as_of:
            answered_at = None
        ran_out = answered_at is None and expires_at.date() < self.as_of
        row = m.Invitation.objects.create(
            survey=self.survey,
            account=self.group,
            position=position,
            language=spoken if spoken in languages else "en",
            token_hash=hashlib.sha256(secret.encode()).hexdigest(),
            expires_at=expires_at,
            sent_by=cast("User", self.group.current_lead),
            answered_at=answered_at,
            revoked_at=expires_at if ran_out else None,
        )
        m.Invitation.objects.filter(pk=row.pk).update(created_at=sent)
        if answered_at is None:
            return
        values = {topic: self._value(turn) for topic in TOPICS if self.dice.happens(0.85)}
        reason = self.dice.pick(_GOOD if sum(values.values()) > 3 * len(values) else _BAD)
        m.Feedback.objects.bulk_create(
            m.Feedback(
                account=self.group,
                position=position,
                function=position.function,
                topic=topic,
                value=Decimal(value),
                given_on=answered_at.date(),
                reason=reason,
                source=VoiceSource.SURVEY,
                invitation=row,
            )
            for topic, value in values.items()
        )

    def _scorecard(self, day: date, turn: int) -> None:
        m.Feedback.objects.bulk_create(
            m.Feedback(
                account=self.group,
                function=Function.LOGISTICS if topic == VoiceTopic.DELIVERY else "",
                topic=topic,
                value=Decimal(self._value(turn) * 18 + self.dice.whole(0, 9)),
                lowest=Decimal(0),
                highest=Decimal(100),
                given_on=day,
                source=VoiceSource.SCORECARD,
            )
            for topic in CARD
        )


PART = DemoPart(
    key="interactions.voice", order=56, load=load, clear=clear, present=present, added=added
)
