"""Two accounts that are one: everything of the duplicate moves to the one that is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.choices import AccountStatus
from accounts.models import Account, ParentLink
from accounts.selectors import tree as reads
from accounts.selectors.tree import ALWAYS
from accounts.services import tree
from accounts.services.figures import refresh_figures
from kam.core.formats import Text
from kam.core.problems import Blocker, Caution, explained, refuse
from kam.core.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one mover would do: lines for the preview, things to know, reasons not to."""

    moves: Sequence[Text] = ()
    cautions: Sequence[Caution] = ()
    blockers: Sequence[Blocker] = ()


@dataclass(frozen=True, kw_only=True)
class Mover:
    """An app's share in a merge. `plan` looks and changes nothing, `move` does what it said.

    Both get the account that is kept and the duplicate. `move` runs in the merge's transaction,
    in the order of `order`.
    """

    key: str
    plan: Callable[[Account, Account], Part]
    move: Callable[[Account, Account], None]
    order: int = 100


movers: Registry[Mover] = Registry()


def register_mover(*more: Mover) -> None:
    """Join in merges, from `AppConfig.ready`."""
    movers.register(*more)


@dataclass(frozen=True)
class MergePlan:
    """What a merge will do, as the preview shows it and the service enforces it."""

    keep: Account
    drop: Account
    moves: list[Text] = field(default_factory=list)
    cautions: list[Caution] = field(default_factory=list)
    blockers: list[Blocker] = field(default_factory=list)


def plan_merge(*, keep: Account, drop: Account) -> MergePlan:
    """Say what merging would move, what one should know, and what stands in the way."""
    blockers = _blockers(keep, drop)
    if blockers:
        return MergePlan(keep, drop, blockers=blockers)
    parts = [mover.plan(keep, drop) for mover in movers]
    return MergePlan(
        keep,
        drop,
        moves=[line for part in parts for line in part.moves],
        cautions=[*_cautions(keep, drop), *(c for part in parts for c in part.cautions)],
        blockers=[blocker for part in parts for blocker in part.blockers],
    )


@explained()
@transaction.atomic
def merge_accounts(*, keep: Account, drop: Account, as_of: date) -> Account:
    """Move everything of a duplicate to the account that is kept; nothing is lost.

    The duplicate stays as an empty shell that says what it was merged into, so that its address
    and history still answer; its identifiers lead to the kept account from now on. Raises
    RefusedError with the first of the plan's blockers. Answers the kept account.
    """
    tree.lock_tree()
    ids = sorted({keep.pk, drop.pk})
    locked = Account.objects.select_for_update(no_key=True).order_by("pk").in_bulk(ids)
    keep, drop = locked[keep.pk], locked[drop.pk]
    refuse(plan_merge(keep=keep, drop=drop).blockers)
    touched = reads.ever_above(keep.pk) | reads.ever_above(drop.pk)
    for mover in movers:
        mover.move(keep, drop)
    _close(keep, drop)
    tree.refresh_current(as_of=as_of, account_ids=ids)
    refresh_figures(as_of=as_of, account_ids=touched | reads.ever_above(keep.pk))
    keep.refresh_from_db()
    return keep


def _close(keep: Account, drop: Account) -> None:
    """Turn the duplicate into a shell; what was merged into it before leads on to the kept one."""
    Account.objects.filter(merged_into=drop).update(merged_into=keep)
    drop.merged_into = keep
    drop.status = AccountStatus.MERGED
    drop.save(update_fields=["merged_into", "status", "updated_at"])


def _blockers(keep: Account, drop: Account) -> list[Blocker]:
    if keep.pk == drop.pk:
        return [Blocker(_("Choose two different accounts."), "same_account", "drop")]
    if keep.merged_into_id or drop.merged_into_id:
        return [Blocker(_("One of these was merged into another account already."), "merged")]
    if _others_between(keep, drop) or _others_between(drop, keep):
        return [
            Blocker(
                _(
                    "One stands above the other with accounts in between. "
                    "Move the account in between to its right place first."
                ),
                "stands_between",
            )
        ]
    return []


def _others_between(lower: Account, upper: Account) -> bool:
    """Whether the second was ever above the first by way of a third."""
    links = ParentLink.objects.filter(account=lower).exclude(parent=upper)
    return any(reads.is_above(upper.pk, link.parent_id, link.valid) for link in links)


def _cautions(keep: Account, drop: Account) -> list[Caution]:
    found = []
    if reads.is_above(keep.pk, drop.pk, ALWAYS) or reads.is_above(drop.pk, keep.pk, ALWAYS):
        words = _("One stands directly below the other: they become one place in the tree.")
        found.append(Caution(words, "parent_and_child"))
    if keep.kind != drop.kind:
        words = _("They are of different kinds: %(keep)s and %(drop)s.")
        kinds = {"keep": keep.get_kind_display(), "drop": drop.get_kind_display()}
        found.append(Caution(str(words) % kinds, "kind"))
    if keep.country and drop.country and keep.country != drop.country:
        words = _("They are in different countries: %(keep)s and %(drop)s.")
        found.append(Caution(str(words) % {"keep": keep.country, "drop": drop.country}, "country"))
    return found
