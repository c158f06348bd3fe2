"""Prices, units and product codes over the API, and what something costs on a day."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Account, Product
from kam.core.api.base import Listed, Resource, Retrieved, StrictView
from kam.core.filters import CodesFilter, IdFilter, UpdatedSince
from kam.identity.models import User
from settlements.analytics.prices import PriceBreak
from settlements.analytics.units import InexactError, convert
from settlements.api.filters import DayFilter
from settlements.api.scope import account_of, unknown, user_of
from settlements.api.serializers import prices as shapes
from settlements.models import (
    AccountPrice,
    AccountProductCode,
    FloorPrice,
    ListPrice,
    ProductUnit,
)
from settlements.selectors.prices import (
    UnknownUnitError,
    list_price_on,
    price_on,
    product_by_code,
    unit_of,
)
from settlements.selectors.prices.listing import accounts_to_price
from settlements.selectors.prices.units import BASE
from settlements.services.prices import codes, company, pricing, units


class DatedFilter(UpdatedSince):
    """Filters of what holds for a time."""

    product = CodesFilter(field_name="product__code", lookup_expr="in")
    on = DayFilter(
        field_name="valid", lookup_expr="contains", help_text=gettext_lazy("In force on this day.")
    )


class OfAccountFilter(DatedFilter):
    """Filters of what holds for an account."""

    account = IdFilter(field_name="account_id", help_text=gettext_lazy("Of this very account."))
    currency = CodesFilter(field_name="currency_id", lookup_expr="in")


class CompanyFilter(DatedFilter):
    """Filters of list and floor prices."""

    currency = CodesFilter(field_name="currency_id", lookup_expr="in")


class UnitFilter(DatedFilter):
    """Filters of units."""

    account = IdFilter(field_name="account_id", help_text=gettext_lazy("Own ones of this account."))
    gtin = django_filters.CharFilter()


class CodeFilter(UnitFilter):
    """Filters of product codes."""

    code = django_filters.CharFilter(lookup_expr="iexact")


BY_TIME = {"id": "pk", "updated_at": "updated_at"}


def _to_price(user: User, pk: int) -> Account:
    """An account where the caller sets prices."""
    account = account_of(user, pk)
    if not accounts_to_price(user).filter(pk=pk).exists():
        detail = exceptions.ErrorDetail(_("You do not set prices for this account."), "not_yours")
        raise exceptions.ValidationError({"account": [detail]})
    return account


def _period(body: dict[str, Any]) -> dict[str, Any]:
    return {
        "start": body.pop("valid_from"),
        "end": body.pop("valid_until", None),
        "ends_running": body.pop("ends_running", False),
    }


def _breaks(rows: list[dict[str, Any]]) -> list[PriceBreak]:
    return [PriceBreak(row.get("from_quantity", Decimal(0)), row["amount"]) for row in rows]


class Changeable(Resource):
    """Rows of which one may see more than one may change."""

    def changeable(self) -> QuerySet[Any]:
        """The rows where the caller sets prices."""
        rows: Any = self.model._default_manager
        found: QuerySet[Any] = rows.editable_by(user_of(self.request))
        return found


class PriceViewSet(Listed, Retrieved, Changeable):
    """Prices of accounts."""

    model = AccountPrice
    capability = "prices.view"
    change_capability = "prices.edit"
    output = shapes.PriceOutput
    filterset_class = OfAccountFilter
    orderings = BY_TIME
    bodies = {
        "create": shapes.PriceInput,
        "partial_update": shapes.PriceChange,
        "end": shapes.PriceEndInput,
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With account, product and breaks."""
        return queryset.select_related("account", "product").prefetch_related("breaks")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List prices of accounts in your scope, past and coming ones too."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One price with its breaks."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Agree a price with an account; those below without an own one follow."""
        body, user = self.body(), user_of(request)
        when = _period(body)
        ends = when.pop("ends_running")
        terms = pricing.Terms(
            account=_to_price(user, body["account"]),
            product=body["product"],
            unit=body.get("unit", ""),
            currency=body["currency"],
            breaks=_breaks(body["breaks"]),
            **when,
        )
        price = pricing.set_price(
            terms=terms, user=user, reason=body.get("reason", ""), ends_running=ends
        )
        return self.answer_created(price.pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Correct a price: how much, or from when to when, with a reason."""
        body = self.body()
        if "reason" not in body:
            detail = exceptions.ErrorDetail(_("Say why the price changes."), "required")
            raise exceptions.ValidationError({"reason": [detail]})
        with self.locked() as price:
            pricing.change_price(
                price=price,
                user=user_of(request),
                reason=body["reason"],
                breaks=_breaks(body["breaks"]) if "breaks" in body else None,
                start=body.get("valid_from"),
                end=body.get("valid_until"),
                for_good="valid_until" in body and body["valid_until"] is None,
            )
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def end(self, request: Request, **_kwargs: Any) -> Response:
        """Let a price hold until before a day."""
        body = self.body()
        with self.locked() as price:
            pricing.end_price(
                price=price, end=body["valid_until"], reason=body["reason"], user=user_of(request)
            )
        return self.answer(self.row())


class CompanyPriceViewSet(Listed, Retrieved, Changeable):
    """What list and floor prices share."""

    capability = "prices.view"
    change_capability = "prices.configure"
    output = shapes.CompanyPriceOutput
    filterset_class = CompanyFilter
    orderings = BY_TIME
    bodies: ClassVar[Any] = {"create": shapes.CompanyPriceInput, "end": shapes.PriceEndInput}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With the product."""
        return queryset.select_related("product")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List these prices, past and coming ones too."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One price."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Set a price for the whole company."""
        body = self.body()
        kind: Any = self.model
        made: Any = company.set_company_price(kind, user=user_of(request), **_period(body), **body)
        return self.answer_created(made.pk)

    @action(detail=True, methods=["post"])
    def end(self, request: Request, **_kwargs: Any) -> Response:
        """Let a price hold until before a day."""
        body = self.body()
        with self.locked() as price:
            company.end_company_price(
                price=price, end=body["valid_until"], reason=body["reason"], user=user_of(request)
            )
        return self.answer(self.row())


class ListPriceViewSet(CompanyPriceViewSet):
    """What the price list says."""

    model = ListPrice


class FloorPriceViewSet(CompanyPriceViewSet):
    """The lowest prices that are allowed, for who decides on prices."""

    model = FloorPrice
    capability = "prices.see_floor"


class UnitViewSet(Listed, Retrieved, Changeable):
    """Units in which products are sold."""

    model = ProductUnit
    capability = "prices.view"
    change_capability = "prices.edit"
    output = shapes.UnitOutput
    filterset_class = UnitFilter
    orderings = BY_TIME
    bodies = {
        "create": shapes.UnitInput,
        "partial_update": shapes.UnitChange,
        "end": shapes.EndDayInput,
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With product and account."""
        return queryset.select_related("product", "account")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List units: the company's, and own ones of accounts in your scope."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One unit."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Say what a unit holds from a day on, for everybody or for one account."""
        body, user = self.body(), user_of(request)
        account = body.pop("account", None)
        if account is None and not user.can("prices.configure"):
            detail = exceptions.ErrorDetail(_("Say for which account."), "required")
            raise exceptions.ValidationError({"account": [detail]})
        whose = None if account is None else _to_price(user, account)
        return self.answer_created(units.set_unit(account=whose, **_period(body), **body).pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Correct a unit that nothing uses yet, or its GTIN."""
        body = self.body()
        with self.locked() as unit:
            units.change_unit(unit=unit, **body)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def end(self, request: Request, **_kwargs: Any) -> Response:
        """Let a unit hold until before a day."""
        body = self.body()
        with self.locked() as unit:
            units.end_unit(unit=unit, end=body["valid_until"])
        return self.answer(self.row())


class CodeViewSet(Listed, Retrieved, Changeable):
    """What accounts call our products."""

    model = AccountProductCode
    capability = "prices.view"
    change_capability = "prices.edit"
    output = shapes.AccountCodeOutput
    filterset_class = CodeFilter
    orderings = BY_TIME
    bodies = {
        "create": shapes.AccountCodeInput,
        "partial_update": shapes.AccountCodeChange,
        "end": shapes.EndDayInput,
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With account and product."""
        return queryset.select_related("account", "product")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List product codes of accounts in your scope."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One code."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Say what an account calls a product."""
        body = self.body()
        account = _to_price(user_of(request), body.pop("account"))
        return self.answer_created(codes.set_code(account=account, **_period(body), **body).pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Correct what is known beside a code."""
        body = self.body()
        with self.locked() as code:
            codes.change_code(code=code, **body)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def end(self, request: Request, **_kwargs: Any) -> Response:
        """Let a code hold until before a day."""
        body = self.body()
        with self.locked() as code:
            codes.end_code(code=code, end=body["valid_until"])
        return self.answer(self.row())


class PriceAtView(StrictView):
    """What a product costs an account on a day."""

    capability = "prices.view"
    queries = {"get": shapes.PriceAtQuery}
    answers = {"get": {200: shapes.PriceAtOutput}}

    def get(self, request: Request) -> Response:
        """The price of a quantity, by the account's code, a GTIN or our code.

        It is the account's own price or the nearest above it; without one the price is null.
        """
        asked = self.query()
        account = account_of(user_of(request), asked["account"], in_query=True)
        day = asked.get("day") or timezone.localdate()
        match = product_by_code(account, asked["code"], day=day)
        if match is None:
            raise unknown("code", _("No product is known by this code."), in_query=True)
        product = Product.objects.visible_to(user_of(request)).get(pk=match.product_id)
        found = self._found(account, product, day, asked, asked.get("unit") or match.unit)
        return Response(shapes.PriceAtOutput(found).data)

    def _found(
        self, account: Account, product: Product, day: Any, asked: dict[str, Any], name: str
    ) -> dict[str, Any]:
        quantity: Decimal | None = asked.get("quantity")
        currency = asked.get("currency")
        try:
            unit = unit_of(product, name, day, account=account)
            base = None if quantity is None else convert(quantity, unit, BASE)
        except (UnknownUnitError, InexactError):
            words = _("The product is not sold in this unit.")
            raise unknown("unit", words, in_query=True) from None
        price = price_on(
            account,
            product,
            day,
            quantity=quantity,
            unit=unit.code,
            currency=currency.pk if currency else None,
        )
        listed = list_price_on(product, day, unit=unit, currency=price.currency) if price else None
        return {
            "product": product,
            "day": day,
            "unit": unit.code,
            "quantity": quantity,
            "base_quantity": base,
            "price": price and price.price_id,
            "agreed_by": price and price.account_id,
            "price_unit": price and price.unit.code,
            "currency": price and price.currency,
            "amount": price and price.amount,
            "unit_amount": price and price.amount_in(unit),
            "total": price.line_amount(quantity, unit) if price and quantity is not None else None,
            "list_price": listed,
        }
