"""Bases of all API views: strict about what is asked, scoped, versioned, repeatable.

A resource names its `model` (whose queryset has `visible_to`), `capability` for reading,
`change_capability` for writing, `capabilities` for single actions, and `orderings`. Writing
actions parse a `body`, call one service (inside `locked` where a row changes), and answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, cast

from django.db import transaction
from django.db.models import FETCH_RAISE, Model, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import exceptions, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from kam.core.api import etags
from kam.core.api.idempotency import once
from kam.core.api.problems import QueryError
from kam.core.api.serializers import Input

PAGING = frozenset({"cursor", "page_size", "ordering"})

type Shape = type[BaseSerializer[Any]]


class StrictFilters(DjangoFilterBackend):
    """Filters whose bad values are errors that name the parameter."""

    def filter_queryset(self, request: Any, queryset: QuerySet[Any], view: Any) -> Any:
        """The filtered rows; raises QueryError where a value cannot be used."""
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None:
            return queryset
        if not filterset.is_valid():
            raise QueryError(_coded(filterset.form.errors.get_json_data()))
        return filterset.qs


def _coded(errors: dict[str, list[dict[str, str]]]) -> dict[str, list[exceptions.ErrorDetail]]:
    """A form's errors with their codes."""
    return {
        name: [exceptions.ErrorDetail(one["message"], one["code"] or "invalid") for one in found]
        for name, found in errors.items()
    }


class StrictView(APIView):
    """A view that knows its query parameters and answers a repeated POST once.

    `capability` is demanded for reading, `change_capability` (else the same) for writing. By
    action (or method, where there are no actions): `bodies` what is sent, `queries` what the
    address may say, `answers` what is answered and with which status. The API file and the
    parsing both read these.
    """

    capability: ClassVar[str] = ""
    change_capability: ClassVar[str] = ""
    capabilities: ClassVar[dict[str, str]] = {}
    bodies: ClassVar[dict[str, Shape]] = {}
    queries: ClassVar[dict[str, type[Input]]] = {}
    answers: ClassVar[dict[str, dict[int, Shape | None]]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After sign-in and capability: refuse unknown parameters, make POST repeatable."""
        super().initial(request, *args, **kwargs)
        unknown = sorted(set(request.query_params) - self.known_parameters())
        if unknown:
            detail = exceptions.ErrorDetail(_("There is no such parameter."), "unknown_parameter")
            raise QueryError({name: [detail] for name in unknown})
        handler = getattr(self, "post", None)
        if request.method == "POST" and handler is not None:
            self.post = once(handler)

    @property
    def act(self) -> str:
        """The present action, or the method where the view has no actions."""
        action = getattr(self, "action", None)
        return str(action or (self.request.method or "").lower())

    def known_parameters(self) -> set[str]:
        """Names of the query parameters that the present action takes."""
        query = self.queries.get(self.act)
        return set(query().fields) if query else set()

    def query(self) -> dict[str, Any]:
        """The query parameters, parsed; raises QueryError."""
        parsed = self.queries[self.act](
            data=self.request.query_params.dict(), context={"request": self.request}
        )
        if not parsed.is_valid():
            raise QueryError(parsed.errors)
        return cast("dict[str, Any]", parsed.validated_data)

    def body(self) -> Any:
        """What was sent, parsed (of a PATCH only what is there); names every wrong field."""
        kind = self.bodies[self.act]
        context = {"request": self.request}
        partial = self.request.method == "PATCH"
        parsed = kind(data=self.request.data, partial=partial, context=context)
        parsed.is_valid(raise_exception=True)
        return parsed.validated_data


class Resource(StrictView, GenericViewSet[Any]):
    """Rows of one model, as far as the user may see them."""

    model: ClassVar[type[Model]]
    output: ClassVar[Shape]
    detail_output: ClassVar[Shape | None] = None
    orderings: ClassVar[dict[str, str]] = {"id": "pk"}
    default_ordering: ClassVar[str] = "-id"
    filter_backends = (StrictFilters,)
    lookup_value_converter = "int"

    def known_parameters(self) -> set[str]:
        """A list takes its filters and the paging; an action what its `query` says."""
        if self.action != "list":
            return super().known_parameters()
        filterset = getattr(self, "filterset_class", None)
        return {*PAGING, *(filterset.base_filters if filterset else ())}

    def get_queryset(self) -> QuerySet[Any]:
        """The rows that the user may see."""
        rows: Any = self.model._default_manager
        if getattr(self, "swagger_fake_view", False):
            return cast("QuerySet[Any]", rows.none())
        return cast("QuerySet[Any]", rows.visible_to(self.request.user))

    def changeable(self) -> QuerySet[Any]:
        """The rows that the user may change; override where that is fewer than one may see."""
        return self.get_queryset()

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The queryset with what a representation needs; override to select and prefetch."""
        return queryset

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        """The detail's shape for one row, the list's for many."""
        if self.action == "list" or self.detail_output is None:
            return self.output
        return self.detail_output

    def row(self) -> Any:
        """The row that the address names, ready to be shown; raises Http404."""
        found = self.shown(self.get_queryset()).filter(pk=self.row_key()).first()
        if found is None:
            raise Http404
        return found

    def body(self) -> Any:
        """What was sent about a row; for who may not see it there is none, whatever was sent."""
        if self.detail and not self.get_queryset().filter(pk=self.row_key()).exists():
            raise Http404
        return super().body()

    def row_key(self) -> Any:
        """The primary key in the address."""
        return self.kwargs[self.lookup_url_kwarg or self.lookup_field]

    def representation(self, row: Any) -> Any:
        """One row as it is answered."""
        kind = self.detail_output or self.output
        return kind(row, context=self.get_serializer_context()).data

    def answer(self, row: Any, status_code: int = status.HTTP_200_OK) -> Response:
        """One row with its version."""
        data = self.representation(row)
        return Response(data, status=status_code, headers={"ETag": etags.etag_of(data)})

    def answer_created(self, pk: Any) -> Response:
        """A row that was just made, with its address."""
        self.kwargs[self.lookup_url_kwarg or self.lookup_field] = pk
        response = self.answer(self.row(), status.HTTP_201_CREATED)
        response["Location"] = self.request.build_absolute_uri(f"{pk}/")
        return response

    @contextmanager
    def locked(self) -> Iterator[Any]:
        """The row under a lock, in a transaction, after `If-Match` held; raises Http404."""
        with transaction.atomic():
            key = self.changeable().filter(pk=self.row_key()).order_by()
            if not key.select_for_update(no_key=True, of=("self",)).values_list("pk").first():
                raise Http404
            row = self.row()
            etags.demand_match(self.request, self.representation(row))
            yield row


class Listed:
    """`GET` on the collection."""

    def list(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of rows."""
        found = self.filter_queryset(self.shown(self.get_queryset()))
        rows = self.paginate_queryset(found.fetch_mode(FETCH_RAISE))
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)  # type: ignore[no-any-return]


class Retrieved:
    """`GET` on one row."""

    def retrieve(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One row, or 304 where the caller has this version already."""
        response: Response = self.answer(self.row())
        if etags.is_known(request, response["ETag"]):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": response["ETag"]})
        return response


class NotFoundView(APIView):
    """Every address under the API that names nothing."""

    permission_classes = (AllowAny,)
    authentication_classes = ()
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Answer before the method is looked at."""
        super().initial(request, *args, **kwargs)
        raise Http404
