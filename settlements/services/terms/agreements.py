"""Agreements themselves: which customer, which of our companies, number, currency."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.services.tree import refuse_merged
from kam.core.models import Currency, SellingCompany
from kam.core.problems import RefusedError, explained, refuse_stale
from kam.identity.models import User
from settlements.models import TradingAgreement
from settlements.services.terms.locking import locked_agreement
from settlements.services.terms.parts import delete_draft

CHANGEABLE = frozenset({"number", "name", "note", "currency", "selling_company"})


@explained()
@transaction.atomic
def create_agreement(
    *,
    account: Account,
    selling_company: SellingCompany,
    number: str,
    name: str,
    currency: Currency | str,
    by: User | None,
    note: str = "",
) -> TradingAgreement:
    """Write down an agreement; what it says follows in a version.

    Raises RefusedError for a merged account, without a number or a name, and for a number that
    the company has given already.
    """
    refuse_merged(account)
    row = TradingAgreement(
        account=account,
        selling_company=selling_company,
        currency_id=currency.pk if isinstance(currency, Currency) else currency,
        created_by=by,
    )
    _write(row, {"number": number, "name": name, "note": note})
    return row


@explained()
@transaction.atomic
def update_agreement(
    *, agreement: TradingAgreement, read_at: datetime | None = None, **values: Any
) -> TradingAgreement:
    """Change number, name, note, currency or selling company of an agreement.

    Once a version was approved only name and note change: the database refuses the others.
    Raises RefusedError, ValueError for any other field, and StaleError where somebody else
    changed it after `read_at`.
    """
    if unknown := values.keys() - CHANGEABLE:
        raise ValueError(f"Not to be changed here: {', '.join(sorted(unknown))}")
    row = locked_agreement(agreement.pk)
    refuse_stale(row.updated_at, read_at)
    if isinstance(values.get("currency"), str):
        values["currency_id"] = values.pop("currency")
    _write(row, values)
    return row


def _write(row: TradingAgreement, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, " ".join(value.split()) if name in ("number", "name") else value)
    for name, words in (
        ("number", _("An agreement needs a number.")),
        ("name", _("An agreement needs a name.")),
    ):
        if not getattr(row, name):
            raise RefusedError(words, field=name, code="missing")
    row.note = row.note.strip()
    row.save()


@explained()
@transaction.atomic
def delete_agreement(*, agreement: TradingAgreement) -> None:
    """Remove an agreement that was opened by mistake: nothing of it was ever submitted.

    Its drafts go too; their history stays. Raises RefusedError otherwise.
    """
    row = locked_agreement(agreement.pk)
    versions = list(row.versions.all())
    if any(not one.is_editable for one in versions):
        words = _("A version was submitted or approved. Terminate it instead.")
        raise RefusedError(words, code="agreement_in_use")
    for one in versions:
        delete_draft(one)
    row.delete()
