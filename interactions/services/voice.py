"""What customers say of us: noting ratings, asking by a link, taking the answer once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Position
from accounts.services import tree
from accounts.services.tasks import add_task
from interactions.choices import VoiceSource, VoiceTopic
from interactions.models import Feedback, Invitation, Survey, VoiceSettings
from interactions.services.problems import EARLIEST, TooEarlyError
from kam.core.clock import organisation_zone
from kam.core.problems import Blocker, RefusedError, explained, refuse, register_constraint
from kam.identity.models import User

SECRET_BYTES = 32
SURVEY_SCALE = range(1, 6)

register_constraint(
    "feedback_of_somebody_there",
    _("This person was not at this customer on that day."),
    field="position",
)
register_constraint("feedback_topic_known", _("There is no such topic."), field="topic")
register_constraint("feedback_function_known", _("There is no such function."), field="function")
register_constraint(
    "invitation_one_open",
    _("This person has an open link of this survey already."),
    field="position",
)
register_constraint("survey_asks_about_something", _("Choose one to eight topics."), field="topics")
register_constraint(
    "survey_link_holds_for_a_while", _("A link holds for 1 to 90 days."), field="days_valid"
)
register_constraint("feedback_as_they_gave_it", _("Answers of customers stay as they gave them."))


class LinkGoneError(RefusedError):
    """A link that nobody sent, that ran out, or that was taken back: they answer alike."""

    code = "link_gone"
    words = _("This link does not hold (any more).")


class LinkUsedError(RefusedError):
    """A link that was answered."""

    code = "link_used"
    words = _("This survey was answered already. Thank you.")


@dataclass(frozen=True, kw_only=True)
class Rated:
    """A rating as it is told: by a person, else by a function, else by the customer as a whole."""

    account: Account
    value: Decimal
    given_on: date
    position: Position | None = None
    function: str = ""
    topic: str = VoiceTopic.OVERALL
    lowest: Decimal = Decimal(1)
    highest: Decimal = Decimal(5)
    reason: str = ""


@explained()
@transaction.atomic
def note_feedback(
    *, rated: Rated, source: str = VoiceSource.REVIEW, author: User, as_of: date
) -> Feedback:
    """Keep a rating that somebody told us; a low one opens a follow-up for the account's lead.

    Raises RefusedError for a day to come, a value off its scale, somebody who was not at this
    customer on that day, and a merged account.
    """
    tree.refuse_merged(rated.account)
    refuse(_blockers(rated, as_of))
    row = Feedback(
        account=rated.account,
        position=rated.position,
        function=rated.position.function if rated.position else rated.function,
        topic=rated.topic,
        value=rated.value,
        lowest=rated.lowest,
        highest=rated.highest,
        given_on=rated.given_on,
        reason=" ".join(rated.reason.split()),
        source=source,
        author=author,
    )
    row.save()
    follow_up_low([row], as_of=as_of)
    return row


def _blockers(rated: Rated, as_of: date) -> list[Blocker]:
    found = []
    if rated.given_on > as_of:
        found.append(Blocker(_("This day is still to come."), field="given_on"))
    if rated.given_on < EARLIEST.date():
        found.append(Blocker(TooEarlyError.words, field="given_on"))
    if rated.lowest >= rated.highest:
        words = _("The best of the scale is above the worst.")
        found.append(Blocker(words, field="highest", code="feedback_scale_has_a_length"))
    elif not rated.lowest <= rated.value <= rated.highest:
        words = _("The rating is not on its scale.")
        found.append(Blocker(words, field="value", code="feedback_on_its_scale"))
    return found


@explained()
@transaction.atomic
def remove_feedback(*, feedback: Feedback) -> None:
    """Take back a rating that was typed. Raises RefusedError for what the customer gave."""
    locked: Feedback = Feedback.objects.select_for_update().get(pk=feedback.pk)
    if locked.source not in {VoiceSource.REVIEW, VoiceSource.API}:
        words = _("This came from the customer or from a file, and stays.")
        raise RefusedError(words, code="feedback_stays")
    locked.delete()


def follow_up_low(rows: list[Feedback], *, as_of: date) -> None:
    """Open one follow-up for each account with low ratings among the rows, for its lead.

    Ratings of earlier than the days to follow up within open nothing: they are history. Where
    nobody leads, nobody can: the rating shows as unanswered.
    """
    chosen = VoiceSettings.objects.filter(pk=1).first() or VoiceSettings()
    recent = as_of - timedelta(days=chosen.answer_days)
    low: dict[int, list[Feedback]] = {}
    for row in Feedback.objects.filter(pk__in=[row.pk for row in rows], task=None).select_related(
        "account__current_lead", "position__person"
    ):
        if row.points <= chosen.low_points and row.given_on >= recent:
            low.setdefault(row.account_id, []).append(row)
    for found in low.values():
        _open_task(found, as_of + timedelta(days=chosen.answer_days))


def _open_task(found: list[Feedback], due_on: date) -> None:
    account: Account = found[0].account
    lead = account.current_lead
    if lead is None or not lead.is_active:
        return
    who = found[0].position
    with override(lead.language or None):
        words = {
            "who": who.person.name if who and who.person else account.name,
            "topics": ", ".join(str(row.get_topic_display()) for row in found),
        }
        title = gettext("%(who)s is not satisfied: %(topics)s") % words
    task = add_task(account=account, title=title, owner=lead, due_on=due_on)
    Feedback.objects.filter(pk__in=[row.pk for row in found]).update(task=task)


@explained()
@transaction.atomic
def save_survey(
    *, survey: Survey | None = None, name: str, topics: list[str], days_valid: int, is_active: bool
) -> Survey:
    """Make or change a survey. Answers keep the topics they were given for.

    Raises RefusedError without a name or topics and for a name that is taken.
    """
    row = survey or Survey()
    row.name, row.topics = " ".join(name.split()), [t for t in VoiceTopic.values if t in topics]
    row.days_valid, row.is_active = days_valid, is_active
    row.save()
    return row


@explained()
@transaction.atomic
def invite(
    *, survey: Survey, position: Position, language: str, sent_by: User, now: datetime
) -> tuple[Invitation, str]:
    """Make a link for somebody and answer it with its secret, which is not kept.

    A link of the same survey that the person did not use in time is closed. Raises RefusedError
    for a survey out of use, a placeholder, somebody who left, and while an open link holds.
    """
    day = now.astimezone(organisation_zone()).date()
    if not survey.is_active:
        raise RefusedError(_("This survey is not in use any more."), field="survey")
    if position.person_id is None or day not in position.valid:
        raise RefusedError(_("This person is not at this customer today."), field="position")
    open_ones = Invitation.objects.filter(
        survey=survey, position=position, answered_at=None, revoked_at=None
    )
    open_ones.filter(expires_at__lte=now).update(revoked_at=now)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    row = Invitation.objects.create(
        survey=survey,
        account=position.account,
        position=position,
        language=language,
        token_hash=_hash(secret),
        expires_at=now + timedelta(days=survey.days_valid),
        sent_by=sent_by,
    )
    return row, secret


@explained()
@transaction.atomic
def revoke(*, invitation: Invitation, now: datetime) -> Invitation:
    """Take a link back. Raises RefusedError once it was answered."""
    row: Invitation = Invitation.objects.select_for_update(no_key=True).get(pk=invitation.pk)
    if row.answered_at is not None:
        raise RefusedError(_("This link was answered: it cannot be taken back."))
    row.revoked_at = row.revoked_at or now
    row.save(update_fields=["revoked_at", "updated_at"])
    return row


def invitation_of(secret: str, *, now: datetime) -> Invitation:
    """Return the open invitation of a link. Raises LinkGoneError and LinkUsedError."""
    rows = Invitation.objects.select_related("survey", "account", "position__person")
    found = rows.filter(token_hash=_hash(secret)).first()
    return _open(found, now)


def _open(found: Invitation | None, now: datetime) -> Invitation:
    if found is None or found.revoked_at is not None:
        raise LinkGoneError
    if found.answered_at is not None:
        raise LinkUsedError
    if found.expires_at <= now:
        raise LinkGoneError
    return found


@explained()
@transaction.atomic
def answer(
    *, secret: str, ratings: Mapping[str, int], reason: str, now: datetime
) -> list[Feedback]:
    """Take the answers of a survey, once: two that arrive together have one effect.

    `ratings` are 1 to 5 by topic; topics that were left out are not rated. Raises LinkGoneError,
    LinkUsedError, and RefusedError without any rating or with one off the scale.
    """
    rows = Invitation.objects.select_for_update(no_key=True, of=("self",))
    row = _open(rows.filter(token_hash=_hash(secret)).first(), now)
    given = {topic: ratings[topic] for topic in row.survey.topics if topic in ratings}
    if not given:
        raise RefusedError(_("Please rate at least one."), code="nothing_rated")
    if any(value not in SURVEY_SCALE for value in given.values()):
        raise RefusedError(_("A rating is 1 to 5."), code="off_the_scale")
    day = min(now.astimezone(organisation_zone()).date(), _last_day(row.position))
    made = Feedback.objects.bulk_create(
        Feedback(
            account=row.account,
            position=row.position,
            function=row.position.function,
            topic=topic,
            value=Decimal(value),
            given_on=day,
            reason=" ".join(reason.split())[:1000],
            source=VoiceSource.SURVEY,
            invitation=row,
        )
        for topic, value in given.items()
    )
    row.answered_at = now
    row.save(update_fields=["answered_at", "updated_at"])
    follow_up_low(made, as_of=day)
    return made


def _last_day(position: Position) -> date:
    """The last day of a place: who left keeps a link, and answers for the time there."""
    end = position.valid.upper
    return end - timedelta(days=1) if end is not None else date.max


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
