"""Accounts: read, create, change, move, lead, merge, and many at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.filters import AccountApiFilter
from accounts.api.serializers import accounts as shapes
from accounts.models import Account
from accounts.services import accounts as services
from accounts.services import bulk as bulk_services
from accounts.services import leads, merging, tree
from accounts.services.identifiers import set_identifiers, tidied
from kam.core.api.base import Listed, Resource, Retrieved
from kam.core.api.bulk import (
    BulkOutput,
    BulkQuery,
    RowResult,
    read_rows,
    refuse_unless_good,
    summary,
)
from kam.identity.models import User


class AccountViewSet(Listed, Retrieved, Resource):
    """Accounts: groups, banners, legal entities, stores and distribution centres."""

    model = Account
    capability = "accounts.view"
    change_capability = "accounts.edit"
    capabilities = {
        "create": "accounts.create",
        "lead": "accounts.assign_lead",
        "merge": "accounts.merge",
        "bulk": "accounts.create",
    }
    output = shapes.AccountOutput
    detail_output = shapes.AccountDetailOutput
    filterset_class = AccountApiFilter
    orderings = {"id": "pk", "name": "name_key", "updated_at": "updated_at"}
    default_ordering = "name"
    bodies = {
        "create": shapes.AccountInput,
        "partial_update": shapes.AccountChange,
        "move": shapes.MoveInput,
        "lead": shapes.LeadInput,
        "merge": shapes.MergeInput,
        "bulk": shapes.AccountRows,
    }
    queries = {"bulk": BulkQuery}
    answers = {
        "create": {201: shapes.AccountDetailOutput},
        "move": {200: shapes.AccountDetailOutput, 204: None},
        "lead": {200: shapes.AccountDetailOutput, 204: None},
        "merge": {200: shapes.MergeOutput},
        "bulk": {200: BulkOutput},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With what is above, the lead and the identifiers; one row with its dated links too."""
        rows = queryset.select_related("current_parent", "current_group", "current_lead")
        if self.action == "list":
            return rows.prefetch_related("identifiers")
        dated = ("identifiers", "parent_links__parent", "lead_assignments__user")
        return rows.select_related("figure").prefetch_related(*dated)

    def changeable(self) -> QuerySet[Any]:
        """A manager's own accounts, a director's all."""
        return Account.objects.editable_by(self.user)

    @property
    def user(self) -> User:
        """The caller."""
        return cast("User", self.request.user)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List accounts."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One account, with its dated parents and leads and its figures."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Create an account.

        Without a lead or a parent you lead it yourself, unless you see the whole company.
        """
        body = self.body()
        parent = self.other(body.pop("parent", None), "parent")
        lead = body.pop("lead", None)
        if lead is None and parent is None and not self.user.sees_everything():
            lead = self.user
        if lead is not None:
            bulk_services.check_may_lead(lead, by=self.user)
        account = services.create_account(
            as_of=timezone.localdate(),
            parent=parent,
            parent_from=body.pop("parent_from", None),
            lead=lead,
            identifiers=tidied(
                [(one["system"], one["value"]) for one in body.pop("identifiers", [])]
            ),
            **body,
        )
        return self.answer_created(account.pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change what an account says about itself.

        Close an account by its status: accounts are never deleted. What is not sent stays.
        """
        body = self.body()
        identifiers = body.pop("identifiers", None)
        with self.locked() as account:
            if body:
                services.update_account(account=account, **body)
            if identifiers is not None:
                pairs = [(one["system"], one["value"]) for one in identifiers]
                set_identifiers(account=account, identifiers=pairs)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def move(self, request: Request, **_kwargs: Any) -> Response:
        """Put an account under another parent from a day on.

        What was before that day stays as it was, and so do its figures.
        """
        body = self.body()
        with self.tree_locked() as account:
            tree.move_account(
                account=account,
                parent=self.other(body["parent"], "parent"),
                from_date=body["from_date"],
                until=body.get("until"),
                as_of=timezone.localdate(),
            )
        return self.answer_if_visible()

    @action(detail=True, methods=["post"])
    def lead(self, request: Request, **_kwargs: Any) -> Response:
        """Say who leads an account from a day on.

        Accounts below without a lead of their own follow.
        """
        body, today = self.body(), timezone.localdate()
        start, until = body["from_date"], body.get("until")
        with self.tree_locked() as account:
            if body["lead"] is None:
                leads.close_lead(account=account, from_date=start, as_of=today)
            else:
                leads.set_lead(
                    account=account, user=body["lead"], from_date=start, until=until, as_of=today
                )
        return self.answer_if_visible()

    @action(detail=True, methods=["post"])
    def merge(self, request: Request, **_kwargs: Any) -> Response:
        """Merge a duplicate into this account; everything of the duplicate moves here.

        Its identifiers lead here from now on. Try it with `dry_run` first.
        """
        body = self.body()
        with self.tree_locked() as keep:
            drop = cast("Account", self.other(body["duplicate"], "duplicate"))
            plan = merging.plan_merge(keep=keep, drop=drop)
            if not body["dry_run"]:
                merging.merge_accounts(keep=keep, drop=drop, as_of=timezone.localdate())
        data = {
            "merged": not body["dry_run"],
            "keep": keep.pk,
            "duplicate": drop.pk,
            "moves": plan.moves,
            "cautions": plan.cautions,
            "blockers": plan.blockers,
        }
        return Response(shapes.MergeOutput(data).data)

    @action(detail=False, methods=["post"])
    def bulk(self, request: Request) -> Response:
        """Create or change up to 1,000 accounts by their identifier in another system.

        All or none, unless `partial` lets the good rows through. Sending the same rows twice
        changes nothing. Rows may name parents that stand elsewhere among them.
        """
        partial = self.query()["partial"]
        results = read_rows(request.data, shapes.AccountRowInput, {"request": request})
        if not partial:
            refuse_unless_good(results)
        with transaction.atomic():
            self.save_rows([result for result in results if result.is_good])
            if not partial:
                refuse_unless_good(results)
        return Response(summary(results))

    def save_rows(self, results: Sequence[RowResult]) -> None:
        """Save rows and note on each what became of it."""
        today = timezone.localdate()
        rows = [_account_row(result.values, today) for result in results]
        saved = bulk_services.upsert_accounts(rows=rows, by=self.user, as_of=today)
        for result, one in zip(results, saved, strict=True):
            result.status, result.id = one.status, one.id
            if one.error is not None:
                result.reject(one.error)

    def other(self, pk: int | None, field: str) -> Account | None:
        """Another account that the user may change; unknown and foreign ids answer alike."""
        if pk is None:
            return None
        found = self.changeable().filter(pk=pk).first()
        if found is None:
            words = exceptions.ErrorDetail(_("There is no such account."), "does_not_exist")
            raise exceptions.ValidationError({field: [words]})
        return cast("Account", found)

    @contextmanager
    def tree_locked(self) -> Iterator[Account]:
        """The row under a lock, the tree's lock taken first, as everybody does."""
        with transaction.atomic():
            tree.lock_tree()
            with self.locked() as account:
                yield account

    def answer_if_visible(self) -> Response:
        """The changed row; nothing where it left the caller's scope."""
        if not self.get_queryset().filter(pk=self.row_key()).exists():
            return Response(status=status.HTTP_204_NO_CONTENT)
        return self.answer(self.row())


def _account_row(values: dict[str, Any], today: Any) -> bulk_services.AccountRow:
    values = dict(values)
    system, external_id = values.pop("system"), values.pop("external_id")
    return bulk_services.AccountRow(
        system=system.strip(),
        external_id=external_id.strip(),
        parent=_stripped(values.pop("parent_external_id", None)),
        lead_email=values.pop("lead_email", None),
        valid_from=values.pop("valid_from", None) or today,
        facts=cast("Any", values),
    )


def _stripped(text: str | None) -> str | None:
    return None if text is None else text.strip()
