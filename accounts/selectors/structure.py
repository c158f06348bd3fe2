"""An account's place in the tree and its leads over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Account, AccountFigure, LeadAssignment, ParentLink
from kam.identity.models import User

CHILDREN_SHOWN = 200


def lead_comes_from(account: Account) -> Account | None:
    """Return the account whose lead counts for this one today: itself or one above; None if none.

    Read from today's own leads, as `refresh_current` derived them.
    """
    if account.current_lead_id is None:
        return None
    rows = Account.objects.filter(pk__in=account.path).only("name", "path", "current_lead_id")
    above = {node.pk: node for node in rows}
    return _nearest_own(account, above)


def _nearest_own(account: Account, above: dict[int, Account]) -> Account | None:
    own = set(
        LeadAssignment.objects.filter(account__in=above, user=account.current_lead_id).values_list(
            "account_id", flat=True
        )
    )
    return next((above[pk] for pk in reversed(account.path) if pk in own), None)


def merged_into_it(account: Account) -> list[Account]:
    """Return the shells of duplicates that this account took in."""
    return list(account.merged_from.order_by("name_key", "pk"))


@dataclass(frozen=True, slots=True)
class Place:
    """A parent in a half-open period; `is_visible`: the user may open it."""

    parent: Account
    valid: DateRange
    is_visible: bool


def parents_over_time(account: Account, user: User) -> list[Place]:
    """Return the account's dated parents, the latest first."""
    links = list(
        ParentLink.objects.filter(account=account).select_related("parent").order_by("-valid")
    )
    ids = [link.parent_id for link in links]
    visible = set(Account.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
    return [Place(link.parent, link.valid, link.parent_id in visible) for link in links]


@dataclass(frozen=True, slots=True)
class Child:
    """An account directly below another on a day, with its list figures of today."""

    account: Account
    figure: AccountFigure
    has_children: bool

    @property
    def net_12m(self) -> Decimal:
        """Net revenue of the last 12 complete months, with everything below."""
        return self.figure.net_12m


def children_on(account: Account, user: User, *, on: date) -> list[Child]:
    """Return what stood directly below an account on a day, as far as the user may see it.

    Largest revenue first, at most `CHILDREN_SHOWN`; `has_children` asks of the same day.
    """
    links = ParentLink.objects.filter(parent=account, valid__contains=on)
    rows = _listed(user).filter(pk__in=links.values("account"))
    return as_children(list(rows.order_by("-figure__net_12m", "-pk")[:CHILDREN_SHOWN]), on=on)


def tops(user: User) -> QuerySet[Account]:
    """Accounts without a parent today, or whose parent is out of the user's scope.

    The ids of a scope are read first, so that its index is used whatever the order asked for.
    """
    if user.sees_everything():
        return _listed(user).filter(current_parent__isnull=True)
    hidden = ~Q(current_parent__lead_chain__overlap=user.scope_user_ids())
    mine = Account.objects.visible_to(user).filter(Q(current_parent__isnull=True) | hidden)
    return _listed(user).filter(pk__in=list(mine.order_by().values_list("pk", flat=True)))


def tops_on(user: User, *, on: date) -> QuerySet[Account]:
    """The same of any day; scope is today's."""
    links = ParentLink.objects.filter(account=OuterRef("pk"), valid__contains=on)
    within = links.filter(parent__in=Account.objects.visible_to(user).values("pk"))
    return _listed(user).filter(~Exists(links if user.sees_everything() else within))


def _listed(user: User) -> QuerySet[Account]:
    rows: QuerySet[Account] = Account.objects.visible_to(user).not_merged()
    return rows.filter(figure__isnull=False).select_related("figure", "current_lead")


def as_children(accounts: Sequence[Account], *, on: date) -> list[Child]:
    """Say of accounts at hand whether anything stands below them on a day."""
    links = ParentLink.objects.filter(parent__in=[one.pk for one in accounts], valid__contains=on)
    parents = set(links.values_list("parent_id", flat=True))
    return [Child(account, account.figure, account.pk in parents) for account in accounts]


def leads_over_time(account: Account) -> list[LeadAssignment]:
    """Return the account's own leads, the latest first."""
    rows = LeadAssignment.objects.filter(account=account).select_related("user")
    return list(rows.order_by("-valid"))
