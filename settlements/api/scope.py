"""What a request may name: only rows that its caller may see; unknown and foreign ids alike."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.request import Request

from accounts.models import Account, AccountIdentifier
from kam.core.api.idempotency import HEADER
from kam.core.api.problems import QueryError
from kam.core.models import SellingCompany
from kam.core.problems import RefusedError
from kam.identity.models import User
from settlements.models import Document, LedgerItem


def user_of(request: Request) -> User:
    """Who asks."""
    return cast("User", request.user)


def leads_of(user: User) -> tuple[int, ...] | None:
    """Whose accounts figures are about; None: the whole company."""
    return None if user.sees_everything() else tuple(user.scope_user_ids())


def unknown(field: str, words: str, *, in_query: bool = False) -> Exception:
    """What names nothing that the caller may see."""
    kind = QueryError if in_query else exceptions.ValidationError
    return kind({field: [exceptions.ErrorDetail(words, "does_not_exist")]})


def account_of(user: User, pk: int, field: str = "account", *, in_query: bool = False) -> Account:
    """An account that the caller may see."""
    found: Account | None = Account.objects.visible_to(user).filter(pk=pk).first()
    if found is None:
        raise unknown(field, _("There is no such account."), in_query=in_query)
    return found


def account_called(user: User, external_id: str) -> int:
    """The one account in sight that some system calls so."""
    named = AccountIdentifier.objects.filter(value=external_id)
    seen = Account.objects.visible_to(user).filter(pk__in=named.values("account"))
    found = list(seen.values_list("pk", flat=True)[:2])
    if len(found) != 1:
        words = _("Several accounts are called so.") if found else _("There is no such account.")
        raise unknown("external_id", words, in_query=True)
    return int(found[0])


def company_of(company: SellingCompany | None) -> SellingCompany:
    """The selling company that was named, or the only one there is."""
    if company is not None:
        return company
    found = list(SellingCompany.objects.all()[:2])
    if len(found) != 1:
        words = exceptions.ErrorDetail(_("Say which selling company."), "required")
        raise exceptions.ValidationError({"selling_company": [words]})
    return found[0]


def corrected(user: User, pk: int | None) -> Document | None:
    """The document that a new one corrects."""
    if pk is None:
        return None
    found: Document | None = Document.objects.visible_to(user).filter(pk=pk).first()
    if found is None:
        raise unknown("corrects", _("There is no such document."))
    return found


def check_items(user: User, wanted: dict[str, int]) -> None:
    """Raise for every place in the body that names an item out of sight."""
    seen = LedgerItem.objects.visible_to(user).filter(pk__in=set(wanted.values()))
    known = set(seen.values_list("pk", flat=True))
    lost = [place for place, pk in wanted.items() if pk not in known]
    if not lost:
        return
    detail = exceptions.ErrorDetail(_("There is no such item."), "does_not_exist")
    raise exceptions.ValidationError(nested({place: [detail] for place in lost}))


def nested(errors: dict[str, Any]) -> dict[str, Any]:
    """Errors by dotted path as the tree that problems are made of."""
    tree: dict[str, Any] = {}
    for path, detail in errors.items():
        *above, last = path.split(".")
        node = tree
        for name in above:
            node = node.setdefault(name, {})
        node[last] = detail
    return tree


@contextmanager
def naming_rows(rows: str, field: str) -> Iterator[None]:
    """Let a refusal about one of several `rows` name its place in the body's `field`."""
    try:
        yield
    except RefusedError as refusal:
        if refusal.row is None or refusal.row[0] != rows:
            raise
        place = f"{field}.{refusal.row[1]}"
        of_row = refusal.field in {"amount", "due_date"}
        refusal.field = f"{place}.{refusal.field}" if of_row else place
        raise


def ledger_key(request: Request) -> str | None:
    """The request's `Idempotency-Key` as the ledger keeps it: for ever, and the caller's alone."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    asked = f"{user_of(request).pk} {request.path} {key}"
    return f"api:{hashlib.sha256(asked.encode()).hexdigest()}"
