"""What the pages of costs, volumes, rates and pools have in common."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.views.profitability.words import kind_title
from kam.core import formats, htmx
from kam.core.nav import Tab
from kam.core.pages import confirm_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.selectors.history import history_of
from kam.core.tables import Column
from kam.identity.models import User

VIEW, EDIT = "profitability.view", "costs.edit"
LISTS = {
    "cost-list": gettext_lazy("Entries"),
    "volume-list": gettext_lazy("Volumes"),
    "activity-rate-list": gettext_lazy("Rates"),
    "pool-list": gettext_lazy("Company costs"),
}
KIND = Column(
    name="kind", title=gettext_lazy("Kind of cost"), value=lambda row: kind_title(row.kind)
)
ACCOUNT = Column(
    name="account",
    title=gettext_lazy("Account"),
    value="account.name",
    link=lambda row: f"{row.account.get_absolute_url()}#panel-profit",
)
MONTH = Column(
    name="month",
    title=gettext_lazy("Month"),
    value=lambda row: formats.month(row.month),
    sort="month",
)


def list_context(
    user: User, here: str, title: str, create: str = "", verb: str = ""
) -> dict[str, Any]:
    """What the four lists show around their rows."""
    shown = {k: v for k, v in LISTS.items() if k != "pool-list" or user.sees_everything()}
    tabs = [Tab(text, reverse(f"accounts:{name}"), name == here) for name, text in shown.items()]
    may_edit = user.can(EDIT) and (here != "pool-list" or user.sees_everything())
    return {
        "title": title,
        "tabs": tabs,
        "create_url": reverse(f"accounts:{create}") if may_edit and create else "",
        "create_verb": verb,
        "crumbs": [(_("Profitability"), reverse("accounts:profitability")), (title, "")],
    }


def row_url(user: User, name: str) -> Callable[[Any], str] | None:
    if not user.can(EDIT):
        return None
    return lambda row: reverse(f"accounts:{name}", args=[row.pk])


def posted(
    request: HttpRequest,
    form: BaseForm,
    save: Callable[[dict[str, Any]], object],
    *,
    title: str,
    done: str,
    back: str,
    row: Model | None = None,
    remove: str = "",
) -> HttpResponse:
    """Show a form, with the history of its row, or save what it says and go back to the list."""
    if request.method == "POST" and form.is_valid():
        try:
            save(form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, done)
            return redirect(back)
    context = {
        "form": form,
        "title": title,
        "cancel_url": reverse(back),
        "remove_url": reverse(f"accounts:{remove}", args=[row.pk]) if row else "",
        "history": history_of(row) if row else None,
        "crumbs": [
            (_("Profitability"), reverse("accounts:profitability")),
            (_("Costs"), reverse(back)),
            (title, ""),
        ],
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/cost_form.html", context, status=status)


def edited(
    request: HttpRequest,
    form: BaseForm,
    save: Callable[[dict[str, Any]], object],
    *,
    row: Model,
    title: str,
    room: str,
) -> HttpResponse:
    """Correct a row of a room ("cost", "volume" …), or remove it from there."""
    return posted(
        request,
        form,
        save,
        title=title,
        done=_("Saved."),
        row=row,
        remove=f"{room}-delete",
        back=f"accounts:{room}-list",
    )


def plain(amount: Decimal) -> str:
    """An amount as a form shows it to be corrected: all its digits, no zeros behind them."""
    return f"{amount.normalize():f}"


def confirmed(
    request: HttpRequest, act: Callable[[], None], *, title: str, goes: list[str], back: str
) -> HttpResponse:
    """Ask before removing, then remove and go back to the list."""
    if request.method == "POST":
        act()
        messages.success(request, _("It was removed; the history keeps it."))
        return htmx.redirect(request, reverse(back))
    return confirm_page(
        request,
        title=title,
        verb=_("Remove"),
        back_url=reverse(back),
        goes=goes,
        stays=[_("Its history")],
    )
