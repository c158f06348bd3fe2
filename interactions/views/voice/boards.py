"""How satisfied customers are: the board, and the list of ratings behind it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts.models import Account
from accounts.views.columns import account_url
from interactions.choices import VoiceTopic
from interactions.models import Feedback, Invitation
from interactions.selectors import voice as reads
from interactions.selectors.voice import Voice
from interactions.views.voice import common
from interactions.views.voice.filters import FeedbackFilter
from kam.core import charts, formats
from kam.core.badges import Badge
from kam.core.stats import Stat
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User

_NEVER = gettext_lazy("Nobody rated us a year ago")


def _whole_change(row: Voice) -> Decimal | None:
    """By how many whole points it changed; a change that rounds away is 0, not −0."""
    return None if row.change is None else round(row.change) + Decimal(0)


BOARD = [
    Column(name="account", title=gettext_lazy("Customer"), value="account.name", sort=True),
    Column(
        name="mood",
        title=gettext_lazy("Satisfaction"),
        kind="badge",
        value=lambda row: common.mood_badge(row.points),
        unknown=common.NOBODY_SAID,
    ),
    Column(
        name="points",
        title=gettext_lazy("Points"),
        kind="number",
        unit=gettext_lazy("of 100"),
        places=0,
        value="points",
        sort=True,
        unknown=common.NOBODY_SAID,
    ),
    Column(
        name="change",
        title=gettext_lazy("In a year"),
        kind="number",
        places=0,
        signed=True,
        value=_whole_change,
        sort=True,
        unknown=_NEVER,
    ),
    Column(
        name="voices",
        title=gettext_lazy("Voices"),
        kind="number",
        value="voices",
        sort=True,
        help=gettext_lazy("People and functions who rated us in the last 12 months"),
    ),
    Column(
        name="low",
        title=gettext_lazy("Low ratings"),
        kind="number",
        value="low",
        sort=True,
    ),
    Column(
        name="unanswered",
        title=gettext_lazy("Without follow-up"),
        kind="number",
        value="unanswered",
        sort=True,
    ),
    Column(
        name="last_on",
        title=gettext_lazy("Last said"),
        kind="date",
        value="last_on",
        sort=True,
        unknown=common.NOBODY_SAID,
    ),
]


@requires("interactions.view")
@require_GET
def board(request: HttpRequest) -> HttpResponseBase:
    """Every customer who ever rated us: how satisfied, how that changed, who needs an answer."""
    user, today = signed_in(request), timezone.localdate()
    trend = reads.trend_of(reads.feedback_for(user), as_of=today)
    chart = common.trend_chart(trend, today)
    if (file := charts.export(request, chart)) is not None:
        return file
    voices = reads.voices_of(list(reads.groups_for(user)), user, as_of=today)
    table = Table(
        request,
        voices,
        BOARD,
        name="voice",
        caption=_("Customers"),
        page_size=50,
        default_sort="points",
        row_url=lambda row: f"{account_url(row.account)}#panel-voice",
        empty=Empty(
            _("Nobody has rated us yet"),
            _("Send a survey, note what was said in a review, or import a supplier scorecard."),
            _("Import a scorecard"),
            reverse("imports:batch-create"),
            icon="mood-smile",
        ),
    )
    context = {
        "crumbs": [(_("Voice of the customer"), "")],
        "tabs": common.tabs(request, "voice-board"),
        "stats": _stats(voices, user),
        "chart": chart,
    }
    return table.response("interactions/voice_board.html", context)


def _stats(voices: list[Voice], user: User) -> list[Stat]:
    today, now = timezone.localdate(), timezone.now()
    known = [one for one in voices if one.points is not None]
    asked = reads.asked_of(Invitation.objects.visible_to(user), now=now)
    return [
        Stat(
            name="satisfied",
            title=_("Satisfied customers"),
            value=sum(1 for one in known if one.mood == "good") if known else None,
            reference=_("of %(n)s who rated us") % {"n": formats.number(len(known))},
            what=_("70 points of 100 or more, over the last rating of each voice in 12 months."),
            as_of=today,
            unknown=common.NOBODY_SAID,
        ),
        Stat(
            name="poor",
            title=_("Dissatisfied customers"),
            value=sum(1 for one in known if one.mood == "poor") if known else None,
            what=_("Below 50 points of 100."),
            as_of=today,
            unknown=common.NOBODY_SAID,
        ),
        Stat(
            name="unanswered",
            title=_("Low ratings without follow-up"),
            value=sum(one.unanswered for one in voices),
            what=_("Valid low ratings that opened no follow-up: old ones, or nobody leads."),
            as_of=today,
        ),
        Stat(
            name="response",
            title=_("Surveys answered"),
            value=asked.rate,
            kind="percent",
            places=0,
            reference=_("%(n)s open") % {"n": formats.number(asked.open)},
            what=_("Answered links of those that were answered or ran out."),
            as_of=today,
            url=reverse("interactions:invitation-list"),
            unknown=_("No link was answered or ran out yet"),
        ),
    ]


def _who(row: Feedback) -> str:
    if row.position is not None and row.position.person is not None:
        return row.position.person.name
    return common.function_name(row.function)


RATINGS = [
    Column(name="given_on", title=gettext_lazy("Given on"), kind="date", sort="given_on"),
    Column(
        name="account",
        title=gettext_lazy("Account"),
        value="account.name",
        sort="account__name_key",
        link=lambda row: f"{account_url(row.account)}#panel-voice",
    ),
    Column(name="who", title=gettext_lazy("Who"), value=_who),
    Column(
        name="function",
        title=gettext_lazy("Function"),
        value=lambda row: common.function_name(row.function),
        sort="function",
    ),
    Column(name="topic", title=gettext_lazy("About"), value="get_topic_display", sort="topic"),
    Column(
        name="rating",
        title=gettext_lazy("Rating"),
        value=lambda row: (
            _("%(value)s of %(highest)s")
            % {"value": formats.number(row.value), "highest": formats.number(row.highest)}
        ),
    ),
    Column(
        name="points",
        title=gettext_lazy("Points"),
        kind="number",
        unit=gettext_lazy("of 100"),
        places=0,
        sort="points",
    ),
    Column(name="reason", title=gettext_lazy("Reason"), value="reason"),
    Column(
        name="source",
        title=gettext_lazy("Where from"),
        kind="badge",
        value=lambda row: Badge(row.get_source_display(), "neutral"),
    ),
    Column(
        name="task",
        title=gettext_lazy("Follow-up"),
        kind="badge",
        value=lambda row: followed_up(row),
        unknown=gettext_lazy("None"),
    ),
]


def followed_up(row: Feedback) -> Badge | None:
    """Whether a rating is followed up, and whether that is done."""
    if row.task is None:
        return None
    if row.task.done_on is not None:
        return Badge(_("Done"), "success", "check")
    return Badge(_("Open"), "info")


@requires("interactions.view")
@require_GET
def feedback_list(request: HttpRequest) -> HttpResponseBase:
    """Every rating, the newest first."""
    rows: QuerySet[Feedback] = reads.feedback_for(signed_in(request))
    table = Table(
        request,
        rows,
        RATINGS,
        name="ratings",
        caption=_("Ratings"),
        default_sort="-given_on",
        filters=FeedbackFilter,
        row_url=lambda row: row.get_absolute_url(),
        empty=Empty(
            _("No rating fits"),
            _("Send a survey, note what was said in a review, or import a supplier scorecard."),
            icon="mood-smile",
        ),
    )
    context: dict[str, Any] = {
        "crumbs": common.crumbs((_("Ratings"), "")),
        "tabs": common.tabs(request, "feedback-list"),
    }
    return table.response("interactions/feedback_list.html", context)


def labels_of_topics(account: Account, user: User) -> list[tuple[str, Any, int]]:
    """Topics of an account in words, the worst first: mean points and how many."""
    found = reads.topics_of(account, user, as_of=timezone.localdate())
    return [(str(VoiceTopic(topic).label), points, count) for topic, points, count in found]
