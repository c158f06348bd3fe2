"""Timelines of an account, of a person and of all one sees; their panels; the search page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import Account, Person
from accounts.views.accounts import account_crumbs
from accounts.views.team.common import account_page, get_worked_on
from interactions.forms.timeline import TimelineForm
from interactions.selectors import search as searching
from interactions.selectors.reach import has_any_below, ids_at, people_at
from interactions.views.timeline.asking import Asked, Line, lines_of
from kam.core import exports, htmx
from kam.core.clock import organisation_zone
from kam.core.timeline import Event, Page, Wanted
from kam.identity.decorators import requires, signed_in

IN_A_PANEL = 8
FOUND = 20


def get_person(request: HttpRequest, pk: int) -> Person:
    """Somebody the reader may see. Raises Http404."""
    found: Person = get_object_or_404(Person.objects.visible_to(signed_in(request)), pk=pk)
    return found


@requires("interactions.view")
@require_GET
def account_timeline(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Everything that happened at an account and below it."""
    user, account = signed_in(request), get_worked_on(request, pk)
    has_below = has_any_below(account)
    form = TimelineForm(request.GET, people=people_at(user, account), has_below=has_below)
    asked = Asked(request, "group" if has_below else "account", form)
    below = has_below and form.value("below") is None
    wanted = asked.wanted(ids_at(user, account, with_below=below))
    context = {
        "heading": _("Timeline of %(name)s") % {"name": account.name},
        "facts_url": account_page(user, account),
        "facts": account.name,
        "crumbs": account_crumbs(account, (_("Timeline"), "")),
        "searched_url": f"{reverse('interactions:search')}?account={pk}",
    }
    return _page(request, asked, wanted, context, account_id=pk)


@requires("interactions.view")
@require_GET
def person_timeline(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Everything that happened with a person, at accounts that the reader may see."""
    person = get_person(request, pk)
    asked = Asked(request, "person", TimelineForm(request.GET))
    context = {
        "heading": _("Timeline of %(name)s") % {"name": person.name},
        "facts_url": person.get_absolute_url(),
        "facts": person.name,
        "crumbs": [
            (_("People"), reverse("accounts:person-list")),
            (person.name, person.get_absolute_url()),
            (_("Timeline"), ""),
        ],
    }
    return _page(request, asked, asked.wanted(None, person.pk), context)


@requires("interactions.view")
@require_GET
def whole_timeline(request: HttpRequest) -> HttpResponseBase:
    """Everything that happened at all accounts of the reader."""
    asked = Asked(request, "all", TimelineForm(request.GET))
    context = {
        "heading": _("Timeline"),
        "crumbs": [(_("Timeline"), "")],
        "searched_url": reverse("interactions:search"),
    }
    return _page(request, asked, asked.wanted(None), context)


def _page(
    request: HttpRequest,
    asked: Asked,
    wanted: Wanted,
    context: dict[str, Any],
    *,
    account_id: int | None = None,
) -> HttpResponseBase:
    if request.GET.get("export") == "csv":
        return _file(request, asked.read_all(wanted))
    page = asked.read(wanted)
    values = {
        **context,
        "asked": asked,
        "form": asked.form,
        "lines": lines_of(page.events, asked.text, account_id),
        "older_url": asked.url(before=page.next) if page.next else "",
        "is_first": wanted.before is None,
        "first_url": asked.url(),
        "export_url": asked.url(export="csv"),
        "clear_url": request.path,
    }
    if htmx.target(request) == "older":
        return render(request, "interactions/timeline_lines.html", values)
    return htmx.render_part(request, "interactions/timeline.html", values, "timeline")


def _file(request: HttpRequest, events: Iterable[Event]) -> HttpResponseBase:
    headings = [
        _("When"), _("Source"), _("Kind"), _("What"), _("Details"), _("Notes"), _("Who"),
        _("Account"), _("Link"),
    ]  # fmt: skip

    def records() -> Iterable[list[Any]]:
        for event in events:
            yield [
                event.occurred_at.date() if event.is_day else event.occurred_at,
                event.source,
                str(event.kind),
                str(event.title),
                str(event.detail),
                "; ".join(f"{kind}: {text}" for kind, text in event.notes),
                str(event.who),
                event.account,
                request.build_absolute_uri(event.url) if event.url else "",
            ]

    return exports.csv_response("timeline", headings, records)


@requires("interactions.view")
@require_GET
def account_panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The latest of an account and of all below it."""
    user, account = signed_in(request), get_worked_on(request, pk)
    asked = Asked(request, "group", TimelineForm(request.GET), limit=IN_A_PANEL)
    page = asked.read(asked.wanted(ids_at(user, account, with_below=True)))
    context = {
        "account": account,
        "crumbs": account_crumbs(account, (_("Timeline"), "")),
        "all_url": reverse("interactions:timeline-account", args=[pk]),
    }
    return _panel(request, page, lines_of(page.events, account_id=pk), context)


@requires("interactions.view")
@require_GET
def person_panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The latest of a person, at accounts that the reader may see."""
    person = get_person(request, pk)
    asked = Asked(request, "person", TimelineForm(request.GET), limit=IN_A_PANEL)
    page = asked.read(asked.wanted(None, pk))
    context = {
        "account": person,
        "crumbs": [(person.name, person.get_absolute_url()), (_("Timeline"), "")],
        "all_url": reverse("interactions:timeline-person", args=[pk]),
    }
    return _panel(request, page, lines_of(page.events), context)


def _panel(
    request: HttpRequest, page: Page, lines: list[Line], context: dict[str, Any]
) -> HttpResponse:
    values = {
        **context,
        "title": _("Timeline"),
        "panel_template": "interactions/panels/timeline.html",
        "lines": lines,
        "has_more": page.next is not None,
    }
    return htmx.render_part(request, "accounts/panel_page.html", values, "panel")


@requires("interactions.view")
@require_GET
def search_page(request: HttpRequest) -> HttpResponse:
    """What customers said, found by words, the best first."""
    user, typed = signed_in(request), request.GET.get("q", "")[:300]
    account = _chosen(request)
    ids = ids_at(user, account, with_below=True) if account is not None else None
    found = searching.search(
        user,
        typed,
        limit=FOUND,
        wanted=Wanted(account_ids=ids, zone=organisation_zone()),
        behind=searching.decode(request.GET.get("behind", "")),
    )
    query = request.GET.copy()
    query["behind"] = found.next or ""
    context = {
        "crumbs": [(_("Timeline"), reverse("interactions:timeline")), (_("Search"), "")],
        "typed": typed,
        "account": account,
        "lines": lines_of(found.events, typed),
        "older_url": f"{request.path}?{query.urlencode()}" if found.next else "",
        "is_first": "behind" not in request.GET,
    }
    if htmx.target(request) == "older":
        return render(request, "interactions/timeline_lines.html", context)
    return htmx.render_part(request, "interactions/search.html", context, "found")


def _chosen(request: HttpRequest) -> Account | None:
    pk = request.GET.get("account", "")
    return get_worked_on(request, int(pk)) if pk.isdecimal() and len(pk) < 19 else None
