"""Portrait statements over the API."""

from __future__ import annotations

from typing import Any, cast

import django_filters
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import portrait as shapes
from accounts.choices import PortraitHeading, RatingBasis
from accounts.models import Account, PortraitStatement
from accounts.selectors.portrait import standing
from accounts.services import portraits as services
from kam.core.api.base import Listed, Resource, Retrieved
from kam.core.filters import ChoicesFilter, IdFilter, UpdatedSince
from kam.identity.models import User


class StatementApiFilter(UpdatedSince):
    """Filters of portrait statements."""

    account = IdFilter(field_name="account")
    within = IdFilter(
        method="by_branch", help_text=gettext_lazy("At this account and all below it today.")
    )
    heading = ChoicesFilter(choices=PortraitHeading, lookup_expr="in")
    basis = ChoicesFilter(choices=RatingBasis, lookup_expr="in")
    standing = django_filters.BooleanFilter(
        method="by_standing",
        help_text=gettext_lazy("true: what holds today; false: what was replaced or withdrawn."),
    )

    class Meta:
        model = PortraitStatement
        fields: list[str] = []

    def by_branch(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """At a node and everything below it."""
        return rows.filter(account__path__contains=[int(pk)])

    def by_standing(self, rows: QuerySet[Any], _name: str, is_on: bool) -> QuerySet[Any]:
        """Those that hold today, or the others."""
        today = timezone.localdate()
        if is_on:
            return standing(rows, today)
        return rows.exclude(pk__in=standing(rows, today).values("pk"))


class StatementViewSet(Listed, Retrieved, Resource):
    """Statements of portraits: dated, with author and evidence, never changed or removed.

    Confidential ones are answered to the account's team only.
    """

    model = PortraitStatement
    capability = "portrait.view"
    change_capability = "portrait.edit"
    output = shapes.PortraitStatementOutput
    filterset_class = StatementApiFilter
    orderings = {"id": "pk", "said_on": "said_on", "updated_at": "updated_at"}
    bodies = {
        "create": shapes.PortraitStatementInput,
        "replace": shapes.PortraitStatementWords,
        "confirm": shapes.PortraitStatementConfirm,
        "withdraw": shapes.PortraitStatementWithdraw,
    }
    answers = {name: {201: shapes.PortraitStatementOutput} for name in bodies}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With people, and what replaced what as far as the caller may see it."""
        visible = PortraitStatement.objects.visible_to(self.request.user)
        heir = visible.filter(replaces=OuterRef("pk")).values("pk")[:1]
        replaced = visible.filter(pk=OuterRef("replaces")).values("pk")[:1]
        people = queryset.select_related("account", "author", "confirmed_by")
        rows: QuerySet[Any] = people.annotate(
            visible_heir=Subquery(heir), visible_replaced=Subquery(replaced)
        )
        return rows

    def changeable(self) -> QuerySet[Any]:
        """Statements on accounts that the caller may change."""
        accounts = Account.objects.editable_by(cast("User", self.request.user)).not_merged()
        return self.get_queryset().filter(account__in=accounts.values("pk"))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List statements."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One statement."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Write a statement, in your name."""
        body = self.body()
        rows = Account.objects.editable_by(cast("User", request.user)).not_merged()
        account = rows.filter(pk=body.pop("account")).first()
        if account is None:
            words = _("There is no such account.")
            detail = exceptions.ErrorDetail(words, "does_not_exist")
            raise exceptions.ValidationError({"account": [detail]})
        made = services.write_statement(account=account, **self._signed(), **body)
        return self.answer_created(made.pk)

    @action(detail=True, methods=["post"])
    def replace(self, request: Request, **_kwargs: Any) -> Response:
        """Write what holds instead; answers the new statement."""
        body = self.body()
        with self.locked() as row:
            made = services.replace_statement(statement=row, **self._signed(), **body)
        return self.answer_created(made.pk)

    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, **_kwargs: Any) -> Response:
        """Confirm an assumed statement; answers the new statement."""
        body = self.body()
        with self.locked() as row:
            made = services.confirm_statement(statement=row, **self._signed(), **body)
        return self.answer_created(made.pk)

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, **_kwargs: Any) -> Response:
        """Take a statement back; answers the withdrawal."""
        body = self.body()
        with self.locked() as row:
            made = services.withdraw_statement(statement=row, **self._signed(), **body)
        return self.answer_created(made.pk)

    def _signed(self) -> Any:
        return {"author": self.request.user, "as_of": timezone.localdate()}
