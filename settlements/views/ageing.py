"""Ageing as of any day: what is open by how late it is, for whom, in which currency."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kam.core import htmx
from kam.core.dates import Period
from kam.core.nav import Tab
from kam.core.selectors.rates import MissingRateError
from kam.core.tables import respond
from kam.core.tables.chips import Chip
from kam.core.tables.state import State
from kam.identity.decorators import requires, signed_in
from settlements.forms.ageing import LEVELS, AgeingForm
from settlements.selectors.ageing import Ageing, AgeingQuery, Basis, ageing
from settlements.selectors.collection import aged, beyond_terms
from settlements.selectors.rates_used import rates_used
from settlements.views.ageing_figures import (
    collection_stats,
    currency_blocks,
    currency_titles,
    stats,
)
from settlements.views.ageing_table import ageing_table, page_of_ageing
from settlements.views.board_parts import BASIS_WORDS

PAGE = "settlements/ageing.html"


@dataclass(frozen=True)
class Asked:
    """What a request asks: the form as it was filled in, and the question it makes."""

    request: HttpRequest
    form: AgeingForm

    @classmethod
    def of(cls, request: HttpRequest) -> Asked:
        """Read the address."""
        form = AgeingForm(request.GET, user=signed_in(request), today=timezone.localdate())
        form.is_valid()
        return cls(request, form)

    @cached_property
    def query(self) -> AgeingQuery:
        """The question."""
        return self.form.query()

    @cached_property
    def state(self) -> State:
        """The address, and those of its neighbours."""
        return State(self.request.path, self.request.GET)

    def levels(self) -> list[Tab]:
        """Links to whom a row is about."""
        return [
            Tab(str(title), self.state.url(level=str(level), sort=None), level == self.query.level)
            for level, title in LEVELS.items()
        ]

    def bases(self) -> list[Tab]:
        """Links to which date an item ages from."""
        titles = {Basis.DUE_DATE: _("By due date"), Basis.DOCUMENT_DATE: _("By document date")}
        return [
            Tab(title, self.state.url(basis=BASIS_WORDS[basis]), basis is self.query.basis)
            for basis, title in titles.items()
        ]

    def day_fields(self) -> list[tuple[str, str]]:
        """What the form of the day carries along."""
        return self.state.fields("as_of")

    def filter_fields(self) -> list[tuple[str, str]]:
        """What the form of the filters carries along."""
        return self.state.fields("account", "lead", "company", "currency", "bands")

    def chips(self) -> Iterator[Chip]:
        """The filters in force."""
        for name, label, value in self.form.in_force():
            yield Chip(str(label), value, self.state.url_without_value(name))


@require_GET
@requires("receivables.view")
def ageing_page(request: HttpRequest) -> HttpResponseBase:
    """Open items by age on a day, a page of groups or accounts, and the whole as files."""
    asked = Asked.of(request)
    context = _frame(asked)
    try:
        found, offset = page_of_ageing(request, asked.query)
    except MissingRateError as error:
        apart = ageing(asked.query, limit=0, convert=False)
        context |= {"missing": error, "blocks": currency_blocks(apart, {})}
        context["titles"] = currency_titles(apart)
        return render(request, PAGE, context)
    table = ageing_table(request, found, offset)
    return respond(request, PAGE, {**context, **_contents(found), "groups": table}, table)


def _frame(asked: Asked) -> dict[str, Any]:
    query = asked.query
    return {
        "asked": asked,
        "form": asked.form,
        "query": query,
        "chips": list(asked.chips()),
        "clear_url": asked.state.url(
            **dict.fromkeys(("account", "lead", "company", "currency", "bands", "basis"))
        ),
        "collection_url": f"{reverse('settlements:ageing-collection')}?"
        f"{asked.request.GET.urlencode()}",
        "by_document": query.basis is Basis.DOCUMENT_DATE,
        "as_of": query.as_of if query.as_of != timezone.localdate() else None,
        "crumbs": [(_("Receivables"), reverse("settlements:board")), (_("Ageing"), "")],
    }


def _contents(found: Ageing) -> dict[str, Any]:
    codes = [row.currency for row in found.by_currency]
    days = rates_used(codes, into=found.currency, on=found.query.as_of)
    return {
        "found": found,
        "stats": stats(found),
        "titles": currency_titles(found),
        "blocks": currency_blocks(found, days) if codes != [found.currency] else [],
    }


@require_GET
@requires("receivables.view")
def collection(request: HttpRequest) -> HttpResponse:
    """DSO three ways and days beyond terms of the same items, loaded behind the page."""
    asked = Asked.of(request)
    context: dict[str, Any] = {
        "query": asked.query,
        "crumbs": [
            (_("Receivables"), reverse("settlements:board")),
            (_("Ageing"), f"{reverse('settlements:ageing')}?{request.GET.urlencode()}"),
            (_("How fast customers pay"), ""),
        ],
    }
    period = Period.rolling(asked.query.as_of)
    try:
        dso = aged(asked.query, limit=0).dso
        found = beyond_terms(asked.query, period=period)
        context["stats"] = collection_stats(dso, found, period)
    except MissingRateError as error:
        context["missing"] = error
    return htmx.render_part(request, "settlements/ageing_collection.html", context, "collection")
