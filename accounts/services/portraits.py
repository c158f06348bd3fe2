"""Statements of an account's portrait: written, replaced, confirmed, withdrawn; never changed."""

from __future__ import annotations

from datetime import date
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.choices import PortraitHeading, RatingBasis
from accounts.models import Account, PortraitSettings, PortraitStatement
from accounts.services.tree import refuse_merged
from kam.core.problems import RefusedError, explained, register_constraint
from kam.identity.models import User

REPLACED = _("Somebody replaced this statement meanwhile. Open the portrait again.")
register_constraint("accounts_portraitstatement_replaces_id_key", REPLACED)
register_constraint(
    "portrait_statement_replaces_its_like",
    _("A statement replaces an earlier one under the same heading of the same account."),
    field="said_on",
)
register_constraint(
    "portrait_statement_append_only", _("A statement is replaced by a new one, never changed.")
)


class Words(TypedDict, total=False):
    """What a statement says and what it rests on; a confirmed one is confirmed by its author."""

    text: str
    evidence: str
    link: str
    is_confirmed: bool
    is_confidential: bool
    said_on: date | None


@explained()
@transaction.atomic
def write_statement(
    *, account: Account, heading: str, author: User, as_of: date, **words: Unpack[Words]
) -> PortraitStatement:
    """Write something under a heading of an account.

    Raises RefusedError without words, without evidence where it is confirmed, for a day to come,
    an unknown heading, a bad link or a merged account.
    """
    refuse_merged(account)
    if heading not in PortraitHeading.values:
        raise RefusedError(_("There is no such heading."), field="heading", code="unknown_heading")
    row = PortraitStatement(account=account, heading=heading)
    return _written(row, author, as_of, words)


@explained()
@transaction.atomic
def replace_statement(
    *, statement: PortraitStatement, author: User, as_of: date, **words: Unpack[Words]
) -> PortraitStatement:
    """Write what holds instead of a statement; the old one stays in the history.

    Raises RefusedError as `write_statement` does, and where the statement was replaced already.
    """
    refuse_merged(statement.account)
    return _written(_heir(statement), author, as_of, words)


@explained()
@transaction.atomic
def confirm_statement(
    *, statement: PortraitStatement, author: User, as_of: date, evidence: str = "", link: str = ""
) -> PortraitStatement:
    """Say that an assumed statement holds, and what shows it; a new statement with its words.

    Without evidence of its own that of the statement counts. Raises RefusedError where there is
    none at all, and where the statement is confirmed, replaced or withdrawn already.
    """
    refuse_merged(statement.account)
    if statement.is_confirmed:
        raise RefusedError(_("This is confirmed already."), code="confirmed")
    words = Words(
        text=statement.text,
        evidence=evidence.strip() or statement.evidence,
        link=link.strip() or statement.link,
        is_confirmed=True,
        is_confidential=statement.is_confidential,
    )
    return _written(_heir(statement), author, as_of, words)


@explained()
@transaction.atomic
def withdraw_statement(
    *, statement: PortraitStatement, author: User, as_of: date, reason: str = ""
) -> PortraitStatement:
    """Take a statement back: it no longer stands, and its words stay in the history.

    Raises RefusedError where it was replaced or withdrawn already.
    """
    refuse_merged(statement.account)
    row = _heir(statement)
    row.author, row.said_on = author, max(as_of, statement.said_on)
    row.is_withdrawn, row.is_confidential = True, statement.is_confidential
    row.evidence = reason.strip()
    row.save()
    return row


def _heir(statement: PortraitStatement) -> PortraitStatement:
    """A new row in the place of a statement; raises RefusedError where another one took it."""
    if statement.is_withdrawn or PortraitStatement.objects.filter(replaces=statement).exists():
        raise RefusedError(REPLACED, code="replaced")
    return PortraitStatement(
        account_id=statement.account_id, heading=statement.heading, replaces=statement
    )


def _written(row: PortraitStatement, author: User, as_of: date, words: Words) -> PortraitStatement:
    row.author, row.said_on = author, words.get("said_on") or as_of
    row.text = words.get("text", "").strip()
    row.evidence, row.link = words.get("evidence", "").strip(), words.get("link", "").strip()
    row.is_confidential = words.get("is_confidential", False)
    if words.get("is_confirmed", False):
        row.basis, row.confirmed_by, row.confirmed_on = RatingBasis.CONFIRMED, author, as_of
    _check(row, as_of)
    row.save()
    return row


def _check(row: PortraitStatement, as_of: date) -> None:
    if not row.text:
        words: Any = _("Say something: one sentence is enough.")
        raise RefusedError(words, field="text", code="portrait_statement_says_something")
    if row.said_on > as_of:
        words = _("This day is still to come.")
        raise RefusedError(words, field="said_on", code="in_the_future")
    if row.is_confirmed and not row.evidence:
        words = _("What is confirmed needs evidence: say what shows it.")
        raise RefusedError(words, field="evidence", code="portrait_statement_confirmed_by_evidence")
    if row.link and not row.link.lower().startswith(("http://", "https://")):
        words = _("A link begins with http:// or https://.")
        raise RefusedError(words, field="link", code="portrait_statement_link_is_a_page")
    if row.replaces is not None and row.said_on < row.replaces.said_on:
        words = _("What it replaces is of a later day.")
        raise RefusedError(words, field="said_on", code="portrait_statement_replaces_its_like")


@explained()
@transaction.atomic
def set_stale_months(*, months: int) -> PortraitSettings:
    """Choose after how many months a statement counts as old."""
    rows = PortraitSettings.objects.select_for_update(no_key=True)
    found: PortraitSettings = rows.get_or_create(pk=1)[0]
    found.stale_months = months
    found.save()
    return found
