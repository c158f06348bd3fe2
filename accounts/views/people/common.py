"""What the pages about people share: rows in scope, columns, words."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import DecisionRole, Function, Support
from accounts.models import Account, Person, Position
from accounts.views.accounts import account_crumbs
from accounts.views.columns import account_url
from kam.core.badges import Badge, State
from kam.core.tables import Column
from kam.identity.decorators import signed_in
from kam.identity.models import User

SUPPORT_STATES: dict[int, State] = {
    -2: "danger",
    -1: "warning",
    0: "neutral",
    1: "info",
    2: "success",
}


def get_position(request: HttpRequest, pk: int) -> Position:
    """A place at an account in the user's scope. Raises Http404."""
    rows: QuerySet[Position] = Position.objects.visible_to(signed_in(request))
    found: Position = get_object_or_404(rows.select_related("account", "person"), pk=pk)
    return found


def get_editable_position(request: HttpRequest, pk: int) -> Position:
    """A place that the user may change. Raises Http404."""
    rows: QuerySet[Position] = Position.objects.editable_by(signed_in(request))
    found: Position = get_object_or_404(rows.select_related("account", "person"), pk=pk)
    return found


def get_staffable(request: HttpRequest, pk: int) -> Account:
    """An account whose people the user may change. Raises Http404."""
    rows = Account.objects.editable_by(signed_in(request)).not_merged()
    found: Account = get_object_or_404(rows, pk=pk)
    return found


def may_staff(user: User, account: Account) -> bool:
    """Whether the user may change who is at the account."""
    return (
        user.can("people.edit") and Account.objects.editable_by(user).filter(pk=account.pk).exists()
    )


def map_url(account: Account, view: str = "") -> str:
    """The stakeholder map of an account."""
    url = reverse("accounts:stakeholder-map", args=[account.pk])
    return f"{url}?view={view}" if view else url


def crumbs_at(account: Account, *steps: tuple[str, str]) -> Any:
    """Breadcrumbs of a page about people at an account."""
    return account_crumbs(account, (_("Stakeholder map"), map_url(account)), *steps)


def support_badge(value: int | None) -> Badge | None:
    """Support as a word and a colour; None where it is not known."""
    if value is None:
        return None
    return Badge(Support(value).label, SUPPORT_STATES[value])


def roles_in_words(position: Position) -> str:
    """Decision roles, one after the other."""
    return ", ".join(str(DecisionRole(role).label) for role in position.roles)


def person_link(position: Position) -> str:
    """The page of the person at a place."""
    return position.person.get_absolute_url() if position.person else ""


_NOT_RATED = gettext_lazy("Nobody rated this yet, or you rate first")

COLUMNS = [
    Column(
        name="name",
        title=gettext_lazy("Person"),
        value="person.name",
        sort="person__name_key",
        link=person_link,
    ),
    Column(
        name="account",
        title=gettext_lazy("Account"),
        value="account.name",
        sort="account__name_key",
        link=lambda row: account_url(row.account),
    ),
    Column(
        name="function",
        title=gettext_lazy("Function"),
        value=lambda row: Function(row.function).label,
        sort="function",
    ),
    Column(
        name="title",
        title=gettext_lazy("Title"),
        value=lambda row: row.title or None,
        sort="title",
        unknown=gettext_lazy("No title given"),
    ),
    Column(
        name="roles",
        title=gettext_lazy("Decision roles"),
        value=lambda row: roles_in_words(row) or None,
        unknown=gettext_lazy("No role noted"),
    ),
    Column(
        name="influence",
        title=gettext_lazy("Influence"),
        kind="number",
        places=0,
        sort="influence",
        unknown=_NOT_RATED,
    ),
    Column(
        name="support",
        title=gettext_lazy("Support"),
        kind="badge",
        value=lambda row: support_badge(row.support),
        sort="support",
        unknown=_NOT_RATED,
    ),
    Column(
        name="email",
        title=gettext_lazy("E-mail"),
        value=lambda row: row.person.email or None,
        unknown=gettext_lazy("No address given"),
        default=False,
    ),
    Column(
        name="phone",
        title=gettext_lazy("Phone"),
        value=lambda row: row.person.phone or None,
        unknown=gettext_lazy("No number given"),
        default=False,
    ),
    Column(
        name="until",
        title=gettext_lazy("Left on"),
        kind="date",
        value=lambda row: row.valid.upper,
        unknown=gettext_lazy("Still there, as far as we know"),
        default=False,
    ),
]


def visible_person(request: HttpRequest, pk: int) -> Person:
    """A person in the user's scope. Raises Http404."""
    found: Person = get_object_or_404(Person.objects.visible_to(signed_in(request)), pk=pk)
    return found
