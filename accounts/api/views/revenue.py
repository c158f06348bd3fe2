"""Products, categories, revenue entries and targets."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.filters import CodeFilter, ProductApiFilter, RevenueApiFilter, TargetApiFilter
from accounts.api.serializers import revenue as shapes
from accounts.models import Account, Product, ProductCategory, RevenueEntry, Target
from accounts.services import products, targets
from kam.core.api.base import Listed, Resource, Retrieved
from kam.core.api.bulk import BulkQuery
from kam.imports.api.rows import answer_rows
from kam.imports.api.shapes import RowsOutput

BY_CODE = {"id": "pk", "code": "code", "updated_at": "updated_at"}


class CategoryViewSet(Listed, Retrieved, Resource):
    """Product categories."""

    model = ProductCategory
    capability = "accounts.view"
    change_capability = "products.edit"
    output = shapes.CategoryOutput
    filterset_class = CodeFilter
    orderings = BY_CODE
    default_ordering = "code"
    bodies = {"create": shapes.CategoryInput, "partial_update": shapes.CategoryInput}

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List product categories."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One product category."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Create a product category."""
        return self.answer_created(products.create_category(**self.body()).pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change a product category."""
        body = self.body()
        with self.locked() as category:
            products.update_category(category=category, **body)
        return self.answer(self.row())


class ProductViewSet(Listed, Retrieved, Resource):
    """Products by our own codes."""

    model = Product
    capability = "accounts.view"
    change_capability = "products.edit"
    output = shapes.ProductOutput
    filterset_class = ProductApiFilter
    orderings = BY_CODE
    default_ordering = "code"
    bodies = {
        "create": shapes.ProductInput,
        "partial_update": shapes.ProductInput,
        "bulk": shapes.ProductRows,
    }
    queries = {"bulk": BulkQuery}
    answers = {"bulk": {200: RowsOutput}}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With the category."""
        return queryset.select_related("category")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List products."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One product."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Create a product."""
        return self.answer_created(products.create_product(**self.body()).pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change a product; take it out of the assortment with `is_active`."""
        body = self.body()
        with self.locked() as product:
            products.update_product(product=product, **body)
        return self.answer(self.row())

    @action(detail=False, methods=["post"])
    def bulk(self, request: Request) -> Response:
        """Create or change up to 1,000 products by code.

        The rows become an import, all of them or none unless `partial`. Categories that are not
        known yet are created.
        """
        return answer_rows(self, kind="products", source="api", row=shapes.ProductRow)


class EntryViewSet(Listed, Retrieved, Resource):
    """Lines of net revenue. Each was written by an import; a line sent again replaces itself."""

    model = RevenueEntry
    capability = "accounts.view"
    change_capability = "revenue.edit"
    output = shapes.EntryOutput
    filterset_class = RevenueApiFilter
    orderings = {"id": "pk", "booked_on": "booked_on"}
    bodies = {"bulk": shapes.EntryRows}
    queries = {"bulk": BulkQuery}
    answers = {"bulk": {200: RowsOutput}}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With what an entry names."""
        return queryset.select_related("source", "account", "product", "category")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List revenue entries, the latest written first.

        A limited user sees the entries of their accounts; unassigned ones only who sees the
        whole company. Order by `booked_on` only for an account or a period: it is not indexed.
        """
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One revenue entry."""
        return super().retrieve(request, *args, **kwargs)

    @action(detail=False, methods=["post"])
    def bulk(self, request: Request) -> Response:
        """Write up to 1,000 revenue entries by their key in the source.

        The rows become an import, all of them or none unless `partial`. Without `source_key` the
        key is made from the row's content and its occurrence number. Larger files: imports.
        """
        return answer_rows(self, kind="sales", source="api", row=shapes.EntryRow)


class TargetViewSet(Listed, Retrieved, Resource):
    """Targets by month."""

    model = Target
    capability = "accounts.view"
    change_capability = "targets.edit"
    capabilities = {"bulk": "imports.run"}
    output = shapes.TargetOutput
    filterset_class = TargetApiFilter
    orderings = {"id": "pk", "month": "month", "updated_at": "updated_at"}
    default_ordering = "-month"
    bodies = {
        "create": shapes.TargetInput,
        "partial_update": shapes.TargetChange,
        "bulk": shapes.TargetRows,
    }
    queries = {"bulk": BulkQuery}
    answers = {"bulk": {200: RowsOutput}}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With what a target names."""
        return queryset.select_related("account", "manager", "category")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List targets, the latest month first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One target."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Set a target for an account or a manager."""
        body = self.body()
        account = self._account(body.pop("account", None))
        self._check_manager(body.get("manager"))
        return self.answer_created(targets.create_target(account=account, **body).pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Correct a target's amount or currency."""
        body = self.body()
        with self.locked() as target:
            targets.change_target(target=target, **body)
        return self.answer(self.row())

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Remove a target."""
        with self.locked() as target:
            targets.remove_target(target=target)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(detail=False, methods=["post"])
    def bulk(self, request: Request) -> Response:
        """Set up to 1,000 targets, by account or manager and month.

        The rows become an import, all of them or none unless `partial`.
        """
        return answer_rows(self, kind="targets", source="api", row=shapes.TargetRow)

    def _account(self, pk: int | None) -> Account | None:
        if pk is None:
            return None
        user: Any = self.request.user
        found: Account | None = Account.objects.visible_to(user).filter(pk=pk).first()
        if found is None:
            raise _unknown("account", _("There is no such account."))
        return found

    def _check_manager(self, manager: Any) -> None:
        user: Any = self.request.user
        if manager is None or user.sees_everything() or manager.pk in user.scope_user_ids():
            return
        raise _unknown("manager", _("There is no such person."))


def _unknown(field: str, words: str) -> Exception:
    return exceptions.ValidationError({field: [exceptions.ErrorDetail(words, "does_not_exist")]})
