"""Who comes, moves and leaves: each change of a place at an account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.people import (
    SAME_NAME,
    FillForm,
    LeaveForm,
    MovePersonForm,
    PersonCreateForm,
    PlaceForm,
    PositionForm,
    QuickAddForm,
)
from accounts.models import Account, Position
from accounts.services import people as services
from accounts.services.people_problems import SameNameError
from accounts.views.people.common import (
    crumbs_at,
    get_editable_position,
    get_staffable,
    map_url,
)
from kam.core import htmx
from kam.core.forms import version_of
from kam.core.pages import confirm_page, form_page, safe_next
from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import requires, signed_in


def _try(form: Any, act: Callable[[], Any]) -> bool:
    """Run a service; put its refusal into the form. Asks about a namesake where there is one."""
    try:
        act()
    except RefusedError as problem:
        add_to_form(form, problem)
        if isinstance(problem, SameNameError):
            form.ask_about_namesake()
        return False
    return True


def _name_of(position: Position) -> str:
    return position.person.name if position.person else str(_("Nobody known"))


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def person_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody new at an account, with all that is known."""
    user, today = signed_in(request), timezone.localdate()
    account = get_staffable(request, pk)
    form = PersonCreateForm(
        request.POST or None,
        account=account,
        user=user,
        as_of=today,
        initial=_asked_function(request),
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data

        def act() -> None:
            services.add_person(
                account=account,
                person_facts=form.facts(),
                from_date=values["from_date"],
                may_share_name=values[SAME_NAME],
                **form.place(),
            )

        if _try(form, act):
            messages.success(request, _("%s was added.") % values["name"])
            return redirect(map_url(account))
    return form_page(
        request,
        form,
        title=_("Add somebody at %s") % account.name,
        save=_("Add"),
        cancel_url=map_url(account),
        crumbs=crumbs_at(account, (_("Add somebody"), "")),
    )


def _asked_function(request: HttpRequest) -> dict[str, Any]:
    return {"function": request.GET.get("function", "")}


@requires("people.edit")
@require_POST
def person_add(request: HttpRequest, pk: int) -> HttpResponse:
    """One line: a name and a function. What needs mending comes back as the whole form."""
    account = get_staffable(request, pk)
    quick = QuickAddForm(request.POST, prefix="add")
    if quick.is_valid():
        values = quick.cleaned_data

        def act() -> None:
            services.add_person(
                account=account,
                person_facts={"name": values["name"]},
                function=values["function"],
                title=values["title"],
                may_share_name=values[SAME_NAME],
            )

        if _try(quick, act):
            messages.success(request, _("%s was added.") % values["name"])
            return redirect(safe_next(request, map_url(account)))
    return form_page(
        request,
        quick,
        title=_("Add somebody at %s") % account.name,
        save=_("Add"),
        cancel_url=map_url(account),
        crumbs=crumbs_at(account, (_("Add somebody"), "")),
    )


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def placeholder_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A role that somebody must hold whom nobody of us has met."""
    user, today = signed_in(request), timezone.localdate()
    account = get_staffable(request, pk)
    form = PlaceForm(
        request.POST or None,
        account=account,
        user=user,
        as_of=today,
        initial=_asked_function(request),
    )
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            services.add_placeholder(account=account, **form.place())

        if _try(form, act):
            messages.success(request, _("The unmet role was added."))
            return redirect(map_url(account))
    return form_page(
        request,
        form,
        title=_("Unmet role at %s") % account.name,
        lead=_("Somebody there must do this, and nobody of us has met them yet."),
        save=_("Add"),
        cancel_url=map_url(account),
        crumbs=crumbs_at(account, (_("Unmet role"), "")),
    )


def _page(
    request: HttpRequest, form: forms.BaseForm, position: Position, title: str, **words: Any
) -> HttpResponse:
    back = _back(position)
    crumbs = crumbs_at(position.account, (title, ""))
    return form_page(request, form, title=title, cancel_url=back, crumbs=crumbs, **words)


def _back(position: Position) -> str:
    return position.person.get_absolute_url() if position.person else map_url(position.account)


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def position_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Function, title, roles and boss; a change meanwhile is not overwritten."""
    position = get_editable_position(request, pk)
    start = {
        "function": position.function,
        "title": position.title,
        "roles": position.roles,
        "reports_to": position.reports_to_id,
        "version": version_of(position.updated_at),
    }
    form = PositionForm(
        request.POST or None,
        account=position.account,
        user=signed_in(request),
        as_of=timezone.localdate(),
        position=position,
        initial=start,
    )
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            services.update_position(position=position, read_at=form.read_at(), **form.place())

        if _try(form, act):
            messages.success(request, _("Saved."))
            return redirect(_back(position))
    title = _("Place of %(name)s at %(account)s") % {
        "name": _name_of(position),
        "account": position.account.name,
    }
    return _page(request, form, position, title)


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def position_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody leaves; what was stays known."""
    position = get_editable_position(request, pk)
    form = LeaveForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            services.leave(position=position, on=form.cleaned_data["on"])

        if _try(form, act):
            messages.success(request, _("%s left.") % _name_of(position))
            return redirect(_back(position))
    title = _("%(name)s leaves %(account)s") % {
        "name": _name_of(position),
        "account": position.account.name,
    }
    return _page(request, form, position, title, save=_("Note that they left"))


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def position_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody changes company; the old place keeps its history."""
    position = get_editable_position(request, pk)
    start = {
        "on": timezone.localdate(),
        "function": position.function,
        "title": position.title,
    }
    form = MovePersonForm(request.POST or None, user=signed_in(request), initial=start)
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            services.move_person(position=position, **form.cleaned_data)

        if _try(form, act):
            messages.success(request, _("%s has a new place.") % _name_of(position))
            return redirect(_back(position))
    title = _("%s changes company") % _name_of(position)
    lead = _("Ratings, lines and notes stay with the old place.")
    return _page(request, form, position, title, lead=lead, save=_("Move"))


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def position_fill(request: HttpRequest, pk: int) -> HttpResponse:
    """Say who stands where nobody was known."""
    position = get_editable_position(request, pk)
    form = FillForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data

        def act() -> None:
            services.fill_placeholder(
                position=position,
                person_facts=form.facts(),
                from_date=values["from_date"],
                may_share_name=values[SAME_NAME],
            )

        if _try(form, act):
            messages.success(request, _("%s was added.") % values["name"])
            return redirect(map_url(position.account))
    title = _("Who is it? %s") % (position.title or position.get_function_display())
    return _page(request, form, position, title)


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def position_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an unmet role away, after asking."""
    position = get_editable_position(request, pk)
    account: Account = position.account
    form = forms.Form(request.POST or None)
    if request.method == "POST" and _try(
        form, lambda: services.remove_placeholder(position=position)
    ):
        messages.success(request, _("The unmet role was removed."))
        return htmx.redirect(request, map_url(account))
    return confirm_page(
        request,
        title=_("Remove the unmet role %s?") % (position.title or position.get_function_display()),
        verb=_("Remove"),
        back_url=map_url(account),
        goes=[_("The role and its lines")],
        stays=[_("Who reported to it reports to its boss."), _("The history")],
        form=form,
    )
