"""Programmes of accounts and their exit barriers over the API."""

from __future__ import annotations

from typing import Any, cast

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.analytics.programme import FORMULA_VERSION
from accounts.api.serializers import programme as shapes
from accounts.models import Account, ProgrammeElement, ProgrammeItem
from accounts.selectors.programme import dependence_of, programme_of
from accounts.services import programmes as services
from kam.core.api.base import Listed, Resource, Retrieved, StrictView
from kam.core.filters import IdFilter, UpdatedSince
from kam.identity.models import User


class ElementApiFilter(UpdatedSince):
    """Filters of the catalogue."""

    is_active = django_filters.BooleanFilter()
    is_price = django_filters.BooleanFilter()

    class Meta:
        model = ProgrammeElement
        fields: list[str] = []


class ElementViewSet(Listed, Retrieved, Resource):
    """The catalogue of what accounts can get."""

    model = ProgrammeElement
    capability = "programme.view"
    change_capability = "programme.configure"
    output = shapes.ElementOutput
    filterset_class = ElementApiFilter
    orderings = {"id": "pk", "place": "place", "updated_at": "updated_at"}
    default_ordering = "place"
    bodies = {"create": shapes.ElementInput, "partial_update": shapes.ElementInput}
    answers = {"create": {201: shapes.ElementOutput}}

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List elements."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One element."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Add an element."""
        return self.answer_created(services.save_element(**self.body()).pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change an element, or offer it no longer."""
        body = self.body()
        with self.locked() as row:
            services.save_element(element=row, **body)
        return self.answer(self.row())


class ItemApiFilter(UpdatedSince):
    """Filters of what accounts get."""

    account = IdFilter(field_name="account")
    within = IdFilter(
        method="by_branch", help_text=gettext_lazy("At this account and all below it today.")
    )
    element = IdFilter(field_name="element")
    on = django_filters.DateFilter(
        field_name="valid", lookup_expr="contains", help_text=gettext_lazy("In force on this day.")
    )

    class Meta:
        model = ProgrammeItem
        fields: list[str] = []

    def by_branch(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """At a node and everything below it."""
        return rows.filter(account__path__contains=[int(pk)])


def _unknown(field: str, words: str) -> Exception:
    return exceptions.ValidationError({field: [exceptions.ErrorDetail(words, "does_not_exist")]})


class ItemViewSet(Listed, Retrieved, Resource):
    """What accounts get, what it costs and saves us, and what it is worth to them."""

    model = ProgrammeItem
    capability = "programme.view"
    change_capability = "programme.edit"
    output = shapes.ProgrammeItemOutput
    filterset_class = ItemApiFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    bodies = {"create": shapes.ProgrammeItemInput, "update": shapes.ProgrammeItemInput}
    answers = {"create": {201: shapes.ProgrammeItemOutput}}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With account and element."""
        return queryset.select_related("account", "element")

    def changeable(self) -> QuerySet[Any]:
        """Items of accounts that the caller may change."""
        return self.get_queryset().filter(account__in=self._editable().values("pk"))

    def _editable(self) -> QuerySet[Account]:
        user = cast("User", self.request.user)
        rows: QuerySet[Account] = Account.objects.editable_by(user).not_merged()
        return rows

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List items."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One item."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Give an account an element."""
        body = self.body()
        return self.answer_created(services.save_item(**self._named(body), **body).pk)

    def update(self, request: Request, **_kwargs: Any) -> Response:
        """Change an item as a whole."""
        body = self.body()
        with self.locked() as row:
            services.save_item(**self._named(body), item=row, **body)
        return self.answer(self.row())

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Remove an item noted by mistake; its history stays."""
        with self.locked() as row:
            services.remove_item(item=row)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _named(self, body: dict[str, Any]) -> Any:
        account = self._editable().filter(pk=body.pop("account")).first()
        if account is None:
            raise _unknown("account", _("There is no such account."))
        element = (
            ProgrammeElement.objects.visible_to(self.request.user)
            .filter(pk=body.pop("element"))
            .first()
        )
        if element is None:
            raise _unknown("element", _("There is no such element."))
        return {"account": account, "element": element}


class BarrierView(StrictView):
    """The exit barrier of one account."""

    capability = "programme.view"
    answers = {"get": {200: shapes.BarrierOutput}}

    def get(self, request: Request, pk: int) -> Response:
        """What holds an account back from leaving today, and what it is to us."""
        user, today = cast("User", request.user), timezone.localdate()
        rows = Account.objects.visible_to(user).not_merged().select_related("figure")
        account: Account | None = rows.filter(pk=pk).first()
        if account is None:
            raise exceptions.NotFound
        found = programme_of(account, user=user, as_of=today)
        both = dependence_of(account, found.barrier.score, user=user, as_of=today)
        totals = found.totals
        data = {
            "score": found.barrier.score,
            "confidence": found.barrier.confidence,
            "formula_version": FORMULA_VERSION,
            "parts": found.barrier.parts,
            "currency": found.currency,
            "cost": totals.cost,
            "saving": totals.saving,
            "worth": totals.worth,
            "price_of_cost": totals.price_of_cost,
            "price_of_worth": totals.price_of_worth,
            "revenue_share": both.share,
            "revenue_rank": both.rank,
            "ranked_of": both.of,
            "balance": both.balance,
        }
        return Response(shapes.BarrierOutput(data).data)
