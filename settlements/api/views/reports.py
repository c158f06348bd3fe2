"""Ageing, its rows, and statements of account, computed when asked."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from accounts.models import Account
from accounts.selectors.concentration.payload import external_ids
from kam.core.api.base import StrictView
from kam.core.api.problems import QueryError, register_problem
from kam.core.api.serializers import amount_text
from kam.core.dates import Period
from kam.core.selectors.rates import MissingRateError
from settlements.api.scope import account_called, account_of, leads_of, user_of
from settlements.api.serializers import reports as shapes
from settlements.selectors.ageing import Ageing, AgeingQuery, Order, ageing
from settlements.selectors.collection import aged
from settlements.selectors.payload import LARGEST, as_text, payload
from settlements.selectors.statement import statement

MAX_OFFSET = 10_000_000

register_problem(MissingRateError, "missing_rates")


class Asked(StrictView):
    """What is asked of an ageing."""

    capability = "receivables.view"

    def asked(self) -> tuple[dict[str, Any], AgeingQuery]:
        """The parameters and the question that they are, within what the caller may see."""
        values, user = self.query(), user_of(self.request)
        if code := values.get("external_id"):
            values["account"] = account_called(user, code)
        for name in ("account", "party"):
            if values.get(name) is not None:
                values[name] = account_of(user, values[name], name, in_query=True).pk
        return values, shapes.query_of(values, leads_of(user))


class AgeingView(Asked):
    """Ageing as of any date."""

    queries = {"get": shapes.AgeingInput}
    answers = {"get": {200: shapes.AgeingOutput}}

    def get(self, request: Request) -> Response:
        """What is open and how late it is, with DSO, as of any date, computed now.

        Parameters and figures are those of `manage.py ageing --json`: `by_account` are the 20
        largest overdue. Figures are in `currency` where given, else in the items' currency when
        there is only one, else in the base currency. A limited user gets the ageing of the own
        accounts.
        """
        _values, query = self.asked()
        return Response(shapes.AgeingOutput(payload(aged(query, limit=LARGEST), as_text)).data)


class AgeingRowsView(Asked):
    """Rows of an ageing."""

    queries = {"get": shapes.AgeingRowsInput}
    answers = {"get": {200: shapes.AgeingRowsOutput}}

    def get(self, request: Request) -> Response:
        """The same ageing by payer, account or group.

        `next` carries the moment of the first page in `known_at`, so that what is posted
        meanwhile moves no row from one page to another.
        """
        values, query = self.asked()
        moment = query.known_at or timezone.now()
        size, start = values["page_size"], _offset(values.get("cursor", ""))
        found = ageing(query, limit=size + 1, offset=start, order=Order(values["order"]))
        following = None
        if len(found.rows) > size:
            url = replace_query_param(request.build_absolute_uri(), "known_at", moment.isoformat())
            following = replace_query_param(url, "cursor", _cursor(start + size))
        return Response(
            {
                "next": following,
                "as_of": query.as_of.isoformat(),
                "currency": found.currency,
                "rates": {code: amount_text(rate) for code, rate in sorted(found.rates.items())},
                "results": self._rows(found, size),
            }
        )

    def _rows(self, found: Ageing, size: int) -> Any:
        rows = found.rows[:size]
        keys = [row.key for row in rows if row.key is not None]
        seen = Account.objects.visible_to(user_of(self.request)).filter(pk__in=keys)
        names = dict(seen.values_list("pk", "name"))
        context = {
            "names": names,
            "codes": external_ids(list(names)),
            "bands": found.query.bands,
        }
        return shapes.AgeingRowOutput(rows, many=True, context=context).data


def _cursor(offset: int) -> str:
    return base64.urlsafe_b64encode(json.dumps(["ageing", offset]).encode()).decode().rstrip("=")


def _offset(cursor: str) -> int:
    """Where a page begins; raises QueryError for a cursor that was not made here."""
    if not cursor:
        return 0
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        made_for, offset = json.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, TypeError, binascii.Error):
        made_for = offset = None
    if made_for == "ageing" and type(offset) is int and 0 <= offset <= MAX_OFFSET:
        return offset
    detail = exceptions.ErrorDetail(_("This cursor does not belong here."), "invalid_cursor")
    raise QueryError({"cursor": [detail]})


class StatementView(StrictView):
    """Statement of account."""

    capability = "receivables.view"
    queries = {"get": shapes.StatementInput}
    answers = {"get": {200: shapes.StatementOutput}}

    def get(self, request: Request) -> Response:
        """What an account owed at first, what was posted, and what it owes in the end.

        In the documents' own currencies, never added; the ageing is of the period's last day.
        """
        values, user = self.query(), user_of(request)
        account = account_of(user, values["account"], in_query=True)
        known_at: datetime | None = values.get("known_at")
        currency = values.get("currency")
        found = statement(
            Period(values["from"], values["to"]),
            account=account.pk,
            leads=leads_of(user),
            currency=currency.pk if currency else "",
            bands=values.get("bands"),
            known_at=known_at,
        )
        data = {
            "from": values["from"],
            "to": values["to"],
            "account": account,
            "currencies": found.currencies,
        }
        context = {"bands": found.bands}
        return Response(shapes.StatementOutput(data, context=context).data)
