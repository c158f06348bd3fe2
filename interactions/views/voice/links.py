"""Surveys and the links that ask people of customers."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Account, Position
from accounts.views.columns import account_url
from accounts.views.team.common import account_page, crumbs_of, get_worked_on, sign
from interactions.choices import VoiceTopic
from interactions.forms.voice import InvitationForm, SurveyForm
from interactions.models import Invitation, Survey
from interactions.services import voice as services
from interactions.views.voice import common
from kam.core import htmx
from kam.core.badges import Badge
from kam.core.models import Organisation
from kam.core.pages import confirm_page, form_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User

SHOWN = 5


def link_badge(row: Invitation) -> Badge:
    """What became of a link."""
    if row.answered_at is not None:
        return Badge(_("Answered"), "success", "check")
    if row.expires_at <= timezone.now():
        return Badge(_("Ran out"), "muted")
    if row.revoked_at is not None:
        return Badge(_("Taken back"), "muted")
    return Badge(_("Open"), "info", "send")


def _links(user: User) -> QuerySet[Invitation]:
    rows: QuerySet[Invitation] = Invitation.objects.visible_to(user)
    return rows.select_related("survey", "account", "position__person", "sent_by").order_by("-pk")


def links_of(account: Account, user: User) -> list[tuple[Invitation, str]]:
    """The last links of an account and everything below it."""
    rows = _links(user).filter(account__path__contains=[account.pk])[:SHOWN]
    return [(row, sign(link_badge(row))) for row in rows]


LINKS = [
    Column(name="created_at", title=gettext_lazy("Made"), kind="datetime", sort="created_at"),
    Column(
        name="account",
        title=gettext_lazy("Account"),
        value="account.name",
        sort="account__name_key",
        link=lambda row: f"{account_url(row.account)}#panel-voice",
    ),
    Column(name="who", title=gettext_lazy("Who"), value="position.person.name"),
    Column(name="survey", title=gettext_lazy("Survey"), value="survey.name", sort="survey__name"),
    Column(name="state", title=gettext_lazy("State"), kind="badge", value=link_badge),
    Column(
        name="expires_at", title=gettext_lazy("Holds until"), kind="datetime", sort="expires_at"
    ),
    Column(name="sent_by", title=gettext_lazy("Asked by"), value="sent_by.full_name"),
]


@requires("interactions.view")
@require_GET
def invitation_list(request: HttpRequest) -> HttpResponseBase:
    """Every link, the newest first."""
    table = Table(
        request,
        _links(signed_in(request)),
        LINKS,
        name="survey-links",
        caption=_("Survey links"),
        default_sort="-created_at",
        empty=Empty(
            _("Nobody was asked yet"),
            _("Open a customer's page, then “Voice of the customer”, and ask somebody there."),
            icon="send",
        ),
    )
    context: dict[str, Any] = {
        "crumbs": common.crumbs((_("Survey links"), "")),
        "tabs": common.tabs(request, "invitation-list"),
    }
    return table.response("interactions/invitation_list.html", context)


@requires("interactions.log")
@never_cache
@require_http_methods(["GET", "POST"])
def invitation_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask somebody: the link is shown once, to be sent by whatever way is usual with them."""
    user, today = signed_in(request), timezone.localdate()
    account = get_worked_on(request, pk)
    form = InvitationForm(request.POST or None, account=account, user=user, as_of=today)
    if request.method == "POST" and form.is_valid():
        try:
            row, secret = services.invite(sent_by=user, now=timezone.now(), **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            return _made(request, account, row, secret)
    return form_page(
        request,
        form,
        title=_("Ask for a rating"),
        lead=_("You get a link that works once, without signing in. Send it as you usually write."),
        save=_("Make the link"),
        cancel_url=account_page(user, account, "voice"),
        crumbs=crumbs_of(user, account, (_("Ask for a rating"), "")),
    )


def _made(request: HttpRequest, account: Account, row: Invitation, secret: str) -> HttpResponse:
    url = request.build_absolute_uri(reverse("interactions:survey-answer", args=[secret]))
    user = signed_in(request)
    context = {
        "account": account,
        "row": row,
        "url": url,
        "mail_url": _mail(row.position, row.language, url, user),
        "account_url": account_page(user, account, "voice"),
        "crumbs": crumbs_of(user, account, (_("The link"), "")),
    }
    return render(request, "interactions/invitation_created.html", context)


def _mail(position: Position, language: str, url: str, user: User) -> str:
    """A mail in the customer's language, ready in one's own mail program."""
    person = position.person
    if person is None or not person.email:
        return ""
    organisation = Organisation.objects.values_list("name", flat=True).first() or "kam"
    with override(language):
        subject = _("How satisfied are you with %(us)s?") % {"us": organisation}
        body = _(
            "Dear %(name)s,\n\nmay I ask you for two minutes? Your answers help us to work better "
            "for you. The link works once and needs no sign-in:\n\n%(url)s\n\nThank you!\n%(me)s"
        ) % {"name": person.name, "url": url, "me": user.full_name}
    return f"mailto:{quote(person.email, safe='@')}?subject={quote(subject)}&body={quote(body)}"


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def invitation_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a link back, after asking."""
    user = signed_in(request)
    row: Invitation = get_object_or_404(_links(user), pk=pk, answered_at=None, revoked_at=None)
    back = account_page(user, row.account, "voice")
    if request.method == "POST":
        try:
            services.revoke(invitation=row, now=timezone.now())
        except RefusedError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("The link does not hold any more."))
        return htmx.redirect(request, back)
    return confirm_page(
        request,
        title=_("Take this link back?"),
        verb=pgettext("survey link, verb", "Withdraw"),
        back_url=back,
        goes=[_("The link that %(name)s got") % {"name": row.position}],
        stays=[_("Answers that were given")],
    )


SURVEYS = [
    Column(name="name", title=gettext_lazy("Survey"), sort="name"),
    Column(
        name="topics",
        title=gettext_lazy("Asks about"),
        value=lambda row: ", ".join(str(VoiceTopic(one).label) for one in row.topics),
    ),
    Column(
        name="days_valid",
        title=gettext_lazy("A link holds"),
        kind="number",
        unit=gettext_lazy("days"),
    ),
    Column(
        name="is_active",
        title=gettext_lazy("State"),
        kind="badge",
        value=lambda row: (
            Badge(_("In use"), "success") if row.is_active else Badge(_("Out of use"), "muted")
        ),
    ),
]


@requires("interactions.view")
@require_GET
def survey_list(request: HttpRequest) -> HttpResponseBase:
    """What customers can be asked."""
    may_change = signed_in(request).can("interactions.configure")
    table = Table(
        request,
        Survey.objects.all(),
        SURVEYS,
        name="surveys",
        caption=_("Surveys"),
        default_sort="name",
        row_url=(
            (lambda row: reverse("interactions:survey-edit", args=[row.pk])) if may_change else None
        ),
        empty=Empty(
            _("There is no survey yet"),
            _("A survey is a short list of topics that people rate from 1 to 5."),
            _("New survey") if may_change else "",
            reverse("interactions:survey-create") if may_change else "",
            icon="speakerphone",
        ),
    )
    context: dict[str, Any] = {
        "crumbs": common.crumbs((_("Surveys"), "")),
        "tabs": common.tabs(request, "survey-list"),
        "may_change": may_change,
    }
    return table.response("interactions/survey_list.html", context)


@requires("interactions.configure")
@require_http_methods(["GET", "POST"])
def survey_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make or change a survey."""
    survey = get_object_or_404(Survey, pk=pk) if pk is not None else None
    fields = ("name", "topics", "days_valid", "is_active")
    start = {name: getattr(survey, name) for name in fields} if survey else {}
    form = SurveyForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_survey(survey=survey, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("interactions:survey-list")
    return form_page(
        request,
        form,
        title=_("Edit the survey") if survey else _("New survey"),
        cancel_url=reverse("interactions:survey-list"),
        crumbs=common.crumbs((_("Surveys"), reverse("interactions:survey-list"))),
    )
