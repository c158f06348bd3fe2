"""Currencies, rates, the organisation and job runs."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from kam.core.api import bulk, etags
from kam.core.api.base import Listed, Resource, Retrieved, StrictView
from kam.core.api.shapes import (
    CurrencyOutput,
    JobRunOutput,
    OrganisationOutput,
    RateChange,
    RateInput,
    RateOutput,
    RateRowInput,
    RateRows,
)
from kam.core.filters import JobRunFilter, RateFilter
from kam.core.models import Currency, ExchangeRate, JobRun, Organisation
from kam.core.services import rates


class Shared(Resource):
    """Rows of a table that has no secrets: everybody who may sign in sees all of them."""

    capability = "accounts.view"

    def get_queryset(self) -> QuerySet[Any]:
        """All rows."""
        return cast("QuerySet[Any]", self.model._default_manager.all())


class CurrencyViewSet(Listed, Retrieved, Shared):
    """Currencies by ISO code."""

    model = Currency
    output = CurrencyOutput
    orderings = {"code": "code"}
    default_ordering = "code"
    lookup_field = "code"
    lookup_value_converter = "str"

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List currencies."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One currency."""
        return super().retrieve(request, *args, **kwargs)


class RateViewSet(Listed, Retrieved, Shared):
    """Dated exchange rates."""

    model = ExchangeRate
    change_capability = "rates.edit"
    output = RateOutput
    filterset_class = RateFilter
    orderings = {"id": "pk", "valid_on": "valid_on", "updated_at": "updated_at"}
    default_ordering = "-valid_on"
    bodies = {"create": RateInput, "partial_update": RateChange, "bulk": RateRows}
    answers = {"create": {201: RateOutput}, "bulk": {200: bulk.BulkOutput}}

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List rates, the latest first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One rate."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Add a rate for a currency and a day."""
        return self.answer_created(rates.create_rate(row=rates.RateRow(**self.body())).pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Correct a rate.

        Revenue that was converted with the former value keeps it.
        """
        body = self.body()
        with self.locked() as rate:
            rates.change_rate(rate=rate, value=body.get("rate"), source=body.get("source"))
        return self.answer(self.row())

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Remove a rate."""
        with self.locked() as rate:
            rates.remove_rate(rate=rate)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(detail=False, methods=["post"])
    def bulk(self, request: Request) -> Response:
        """Create or correct up to 1,000 rates, all or none.

        A rate is known by its currency, base and day: sending the same rows twice changes nothing.
        """
        results = bulk.read_rows(request.data, RateRowInput, {"request": request})
        bulk.refuse_unless_good(results)
        saved = rates.save_rates(rows=[rates.RateRow(**result.values) for result in results])
        for result, outcome in zip(results, saved, strict=True):
            result.status, result.id = outcome.status, outcome.id
        return Response(bulk.summary(results))


class OrganisationView(StrictView):
    """The organisation."""

    capability = "accounts.view"
    answers = {"get": {200: OrganisationOutput}}

    def get(self, request: Request) -> Response:
        """Name, base currency, time zone and fiscal year."""
        organisation = get_object_or_404(Organisation)
        data = OrganisationOutput(organisation).data
        return Response(data, headers={"ETag": etags.etag_of(data)})


class JobRunViewSet(Listed, Retrieved, Resource):
    """Long jobs and what became of them: one's own, or all for who runs the installation."""

    model = JobRun
    capability = "accounts.view"
    output = JobRunOutput
    filterset_class = JobRunFilter

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List job runs, the latest first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One job run.

        Ask again until `is_finished` is true; `outcome` or `error` says what came of it.
        """
        return super().retrieve(request, *args, **kwargs)
