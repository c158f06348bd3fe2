"""Everybody one may see, and one person's page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.filters import PeopleFilter
from accounts.forms.people import MergePersonForm, PersonEditForm
from accounts.models import Account, Person
from accounts.selectors.people import listing
from accounts.selectors.people.ratings import (
    opinions_on,
    rating_in_words,
    ratings_over_time,
    relationship_settings,
)
from accounts.selectors.people.stakeholder_map import cards_of
from accounts.services import people as services
from accounts.services.people_merging import merge_people
from accounts.views.people.common import (
    COLUMNS,
    person_link,
    roles_in_words,
    visible_person,
)
from kam.core import htmx
from kam.core.forms import version_of
from kam.core.pages import confirm_page, form_page
from kam.core.panels import panels_for
from kam.core.problems import RefusedError, add_to_form
from kam.core.selectors.history import history_of_rows
from kam.core.tables import Empty, Table
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User


@requires("people.view")
@require_GET
def person_list(request: HttpRequest) -> HttpResponseBase:
    """Who stands where, at all accounts in the user's scope."""
    user = signed_in(request)
    table = Table(
        request,
        listing.people_for(user, as_of=timezone.localdate()),
        COLUMNS,
        name="people",
        caption=_("People"),
        default_sort="name",
        row_url=person_link,
        filters=PeopleFilter,
        empty=Empty(
            _("No people yet"),
            _(
                "Whom we know at our customers stands here. Add them on an account's stakeholder "
                "map, one line each, or import them."
            ),
            _("Choose an account"),
            reverse("accounts:account-list"),
            icon="users",
        ),
    )
    context = {
        "crumbs": [(_("People"), "")],
        "may_configure": user.can("people.configure"),
        "may_import": user.can("imports.run"),
    }
    return table.response("accounts/people_list.html", context)


def _crumbs(person: Person, *steps: tuple[str, str]) -> list[tuple[str, str]]:
    own = (person.name, person.get_absolute_url() if steps else "")
    return [(_("People"), reverse("accounts:person-list")), own, *steps]


def _may_edit(user: User, person: Person) -> bool:
    return Person.objects.editable_by(user).filter(pk=person.pk).exists()


@requires("people.view")
@require_GET
def person_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a person stands and stood, what we think of them, and their lines."""
    user, today = signed_in(request), timezone.localdate()
    person = visible_person(request, pk)
    places = listing.places_of(person, user)
    ids = [place.pk for place in places]
    settings = relationship_settings()
    present = [place for place in places if today in place.valid]
    ratings = ratings_over_time(ids, user=user)
    editable = _editable_accounts(user, [place.account_id for place in places])
    context: dict[str, Any] = {
        "person": person,
        "crumbs": _crumbs(person),
        "places": [
            {
                "place": place,
                "roles": roles_in_words(place),
                "is_now": today in place.valid,
                "may_edit": user.can("people.edit") and place.account_id in editable,
            }
            for place in places
        ],
        "cards": cards_of(present, None, None, settings, user=user, as_of=today),
        "ratings": [(rating, rating_in_words(rating)) for rating in ratings],
        "hidden": sum(o.hidden for o in opinions_on(ids, user=user, as_of=today).values()),
        "lines": listing.lines_of(places, user),
        "notes": listing.notes_on(places, user),
        "may_note": [p for p in present if listing.may_read_notes(p.account, user)],
        "may_rate": user.can("people.rate"),
        "may_edit": _may_edit(user, person),
        "identifiers": person.identifiers.all(),
        "history": history_of_rows(Person, subject="", hidden=["name_key"], pgh_obj_id=person.pk),
        "panels": panels_for("person", user),
    }
    return render(request, "accounts/person_detail.html", context)


def _editable_accounts(user: User, ids: list[int]) -> set[int]:
    rows = Account.objects.editable_by(user).filter(pk__in=ids)
    return set(rows.values_list("pk", flat=True))


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def person_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Name and how to reach somebody; a change by somebody else meanwhile is not overwritten."""
    person: Person = get_object_or_404(Person.objects.editable_by(signed_in(request)), pk=pk)
    start = {name: getattr(person, name) for name in ("name", "email", "phone", "language")}
    form = PersonEditForm(
        request.POST or None, initial={**start, "version": version_of(person.updated_at)}
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.update_person(person=person, read_at=form.read_at(), **form.facts())
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect(person.get_absolute_url())
    return form_page(
        request,
        form,
        title=_("Edit %s") % person.name,
        cancel_url=person.get_absolute_url(),
        crumbs=_crumbs(person, (_("Edit"), "")),
    )


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def person_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Two entries that are one person become one; nothing of either is lost."""
    user = signed_in(request)
    person: Person = get_object_or_404(Person.objects.editable_by(user), pk=pk)
    form = MergePersonForm(request.POST or None, candidates=_candidates(person, user))
    if request.method == "POST" and form.is_valid():
        try:
            merge_people(keep=person, drop=form.cleaned_data["duplicate"])
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The two are one person now."))
            return htmx.redirect(request, person.get_absolute_url())
    return confirm_page(
        request,
        title=_("Merge a duplicate of %s?") % person.name,
        verb=_("Merge"),
        back_url=person.get_absolute_url(),
        text=_("People with a part of the same name, at accounts that you may change."),
        goes=[_("The other entry")],
        stays=[
            _("All places, ratings, lines and notes of both"),
            _("A different name, address or number, as an identifier"),
        ],
        form=form,
    )


def _candidates(person: Person, user: User) -> Any:
    """People that share a word of the name, or in Chinese the family name."""
    words = [word for word in person.name_key.split() if len(word) > 1]
    alike = Q(name_key__startswith=person.name_key[:1])
    for word in words:
        alike |= Q(name_key__contains=word)
    rows = Person.objects.editable_by(user).filter(alike).exclude(pk=person.pk)
    return rows.order_by("name_key", "pk")
