"""Ratings of an account: the panel, noting one, looking at one, taking a typed one back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.views.accounts import account_crumbs
from accounts.views.team.common import account_page, crumbs_of, get_worked_on, sign
from interactions.choices import VoiceSource
from interactions.forms.voice import FeedbackForm
from interactions.models import Feedback, Survey
from interactions.selectors import voice as reads
from interactions.services import voice as services
from interactions.views.voice import common
from interactions.views.voice.boards import followed_up, labels_of_topics
from interactions.views.voice.links import links_of
from kam.core import charts, htmx
from kam.core.pages import confirm_page, form_page
from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import requires, signed_in

SHOWN = 6
TYPED = {VoiceSource.REVIEW, VoiceSource.API}


@requires("interactions.view")
@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """How satisfied an account is, with all below it: points, topics, trend, last words."""
    user, today = signed_in(request), timezone.localdate()
    account = get_worked_on(request, pk)
    rows = reads.feedback_for(user).filter(account__path__contains=[account.pk])
    chart = common.trend_chart(reads.trend_of(rows, as_of=today), today)
    if (file := charts.export(request, chart)) is not None:
        return file  # type: ignore[return-value]
    voice = reads.voices_of([account], user, as_of=today)[0]
    said = [
        (row, sign(common.mood_badge(row.points)), sign(followed_up(row))) for row in rows[:SHOWN]
    ]
    context = {
        "account": account,
        "title": _("Voice of the customer"),
        "panel_template": "interactions/panels/voice.html",
        "crumbs": account_crumbs(account, (_("Voice of the customer"), "")),
        "voice": voice,
        "badge": sign(common.mood_badge(voice.points)),
        "chart": chart if said else None,
        "topics": labels_of_topics(account, user),
        "said": said,
        "links": links_of(account, user),
        "may_note": user.can("interactions.log"),
        "may_ask": user.can("interactions.log") and Survey.objects.filter(is_active=True).exists(),
        "all_url": f"{reverse('interactions:feedback-list')}?within=%23{account.pk}",
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def feedback_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Note how somebody rated us."""
    user, today = signed_in(request), timezone.localdate()
    account = get_worked_on(request, pk)
    form = FeedbackForm(request.POST or None, account=account, user=user, as_of=today)
    back = account_page(user, account, "voice")
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        source = values.pop("source")
        try:
            row = services.note_feedback(
                rated=services.Rated(account=account, **values),
                source=source,
                author=user,
                as_of=today,
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            row.refresh_from_db()
            words = _("The rating was noted.")
            if row.task_id:
                words = _("The rating was noted. It is low: a follow-up was opened for the lead.")
            messages.success(request, words)
            return redirect(back)
    return form_page(
        request,
        form,
        title=_("Note a rating"),
        lead=_("How somebody at the customer rates us, in a review, a call or a scorecard."),
        cancel_url=back,
        crumbs=crumbs_of(user, account, (_("Note a rating"), "")),
    )


def _row(request: HttpRequest, pk: int) -> Feedback:
    found: Feedback = get_object_or_404(reads.feedback_for(signed_in(request)), pk=pk)
    return found


@requires("interactions.view")
@require_GET
def feedback_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One rating: who, about what, why, and what was done about it."""
    user, row = signed_in(request), _row(request, pk)
    context = {
        "row": row,
        "badge": sign(common.mood_badge(row.points)),
        "function": common.function_name(row.function),
        "followed_up": sign(followed_up(row)),
        "account_url": account_page(user, row.account, "voice"),
        "may_remove": user.can("interactions.log") and row.source in TYPED,
        "crumbs": common.crumbs((str(row), "")),
    }
    return render(request, "interactions/feedback_detail.html", context)


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def feedback_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a typed rating back, after asking."""
    row = _row(request, pk)
    if row.source not in TYPED:
        raise Http404
    if request.method == "POST":
        services.remove_feedback(feedback=row)
        messages.success(request, _("The rating was removed."))
        return htmx.redirect(request, reverse("interactions:feedback-list"))
    return confirm_page(
        request,
        title=_("Remove this rating?"),
        verb=_("Remove"),
        back_url=row.get_absolute_url(),
        goes=[f"{row} ({row.account.name})"],
        stays=[_("The history of the rating"), _("The follow-up, if there is one")],
    )
