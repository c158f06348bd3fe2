"""What waits for whom: disputed statements, confirmed ones to be posted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from kam.core import formats
from kam.core.todos import Todo, TodoProvider, todo_providers
from kam.identity.models import User
from settlements.choices.settling import StatementState
from settlements.models import SettlementStatement

SHOWN = 5


def disputed(user: User, as_of: date) -> Iterator[Todo]:
    """Name the disputed statements of accounts that the user answers for, the oldest first."""
    del as_of
    rows = SettlementStatement.objects.visible_to(user).filter(
        state=StatementState.DISPUTED, account__lead_chain__overlap=user.acting_user_ids()
    )
    for row in rows.select_related("account").order_by("issued_on", "pk")[:SHOWN]:
        yield Todo(
            key=f"statement-disputed-{row.pk}",
            title=_("%(account)s contests statement %(number)s")
            % {"account": row.account.name, "number": row},
            detail=_("Correct it, or let it stand: it is not posted meanwhile."),
            url=row.get_absolute_url(),
            state="warning",
            icon="message-report",
        )


def to_post(user: User, as_of: date) -> Iterator[Todo]:
    """Name the confirmed statements that wait to be posted, the longest waiting first."""
    del as_of
    rows = SettlementStatement.objects.visible_to(user).filter(state=StatementState.CONFIRMED)
    for row in rows.select_related("account").order_by("confirmed_on", "pk")[:SHOWN]:
        words = {
            "amount": formats.money(row.payable, row.currency_id),
            "day": formats.date(row.confirmed_on) if row.confirmed_on else "–",
        }
        yield Todo(
            key=f"statement-post-{row.pk}",
            title=_("%(account)s: statement %(number)s waits to be posted")
            % {"account": row.account.name, "number": row},
            detail=_("%(amount)s, confirmed on %(day)s.") % words,
            url=row.get_absolute_url(),
            state="info",
            icon="file-check",
            urgency=1,
        )


def register() -> None:
    """Register the finders of My day."""
    todo_providers.register(
        TodoProvider(
            key="statements-disputed", find=disputed, capability="statements.draft", order=21
        ),
        TodoProvider(key="statements-post", find=to_post, capability="statements.post", order=22),
    )
