"""What addresses, placements, store checks, tasks and service reports move in a merge of accounts.

An agreement that both have in the same period stands in the way: somebody says which one holds.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import CheckState
from accounts.models import Account, AccountAddress, Placement, ServiceLine, StoreCheck, Task
from accounts.services.merging import Mover, Part
from accounts.services.placement.checks import correcting_checks
from kam.core.problems import Blocker


def _plan_addresses(keep: Account, drop: Account) -> Part:
    return Part(moves=[_("Address %s") % one for one in drop.addresses.all()])


def _move_addresses(keep: Account, drop: Account) -> None:
    mains = set(keep.addresses.filter(is_main=True).values_list("kind", flat=True))
    for address in AccountAddress.objects.filter(account=drop).order_by("pk"):
        address.account = keep
        address.is_main = address.is_main and address.kind not in mains
        address.save()


def _plan_placements(keep: Account, drop: Account) -> Part:
    twins = Placement.objects.filter(
        account=keep, kind=OuterRef("kind"), valid__overlap=OuterRef("valid")
    )
    rows = Placement.objects.filter(account=drop)
    of_product = rows.filter(Exists(twins.filter(product=OuterRef("product"))))
    of_category = rows.filter(Exists(twins.filter(category=OuterRef("category"))))
    both = [*of_product.select_related("product"), *of_category.select_related("category")]
    blockers = [
        Blocker(
            _("Both have an agreement for the same period: %s. End one of them first.") % one,
            "placements_overlap",
        )
        for one in both[:1]
    ]
    count = rows.count()
    lines = [ngettext("%s placement", "%s placements", count) % count] if count else []
    return Part(moves=lines, blockers=blockers)


def _move_placements(keep: Account, drop: Account) -> None:
    Placement.objects.filter(account=drop).update(account=keep, updated_at=timezone.now())


def _plan_checks(keep: Account, drop: Account) -> Part:
    rows = StoreCheck.objects.filter(account=drop, state=CheckState.FINISHED)
    count = rows.count()
    lines = [ngettext("%s store check", "%s store checks", count) % count] if count else []
    return Part(moves=lines, blockers=_two_drafts(keep, drop))


def _two_drafts(keep: Account, drop: Account) -> list[Blocker]:
    drafts = StoreCheck.objects.filter(state=CheckState.DRAFT)
    own = drafts.filter(account=keep, checker=OuterRef("checker"))
    if not drafts.filter(Exists(own), account=drop).exists():
        return []
    words = _("Somebody has begun a store check at both: let them finish one first.")
    return [Blocker(words, "checks_begun_at_both")]


def _move_checks(keep: Account, drop: Account) -> None:
    with correcting_checks():
        StoreCheck.objects.filter(account=drop).update(account=keep, updated_at=timezone.now())


def _plan_tasks(keep: Account, drop: Account) -> Part:
    count = Task.objects.filter(account=drop).count()
    return Part(moves=[ngettext("%s task", "%s tasks", count) % count] if count else [])


def _move_tasks(keep: Account, drop: Account) -> None:
    """Two open tasks about one placement become tasks of their own: neither is lost."""
    own = Task.objects.filter(account=keep, done_on=None, placement=OuterRef("placement"))
    rows = Task.objects.filter(account=drop)
    rows.filter(Exists(own), done_on=None).update(placement=None)
    rows.update(account=keep, updated_at=timezone.now())


def _plan_service(keep: Account, drop: Account) -> Part:
    count = ServiceLine.objects.filter(account=drop).count()
    words = ngettext("%s line of service reports", "%s lines of service reports", count)
    return Part(moves=[words % count] if count else [])


def _move_service(keep: Account, drop: Account) -> None:
    ServiceLine.objects.filter(account=drop).update(account=keep, updated_at=timezone.now())


MOVERS = (
    Mover(key="accounts.addresses", plan=_plan_addresses, move=_move_addresses, order=45),
    Mover(key="accounts.placements", plan=_plan_placements, move=_move_placements, order=90),
    Mover(key="accounts.store_checks", plan=_plan_checks, move=_move_checks, order=91),
    Mover(key="accounts.tasks", plan=_plan_tasks, move=_move_tasks, order=92),
    Mover(key="accounts.service_lines", plan=_plan_service, move=_move_service, order=93),
)
