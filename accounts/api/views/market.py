"""Competitors, where they stand, what was seen of them, what they did; market facts."""

from __future__ import annotations

from typing import Any, cast

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import market as shapes
from accounts.choices import Channel, CompetitorMoveKind, MarketMeasure
from accounts.models import (
    Account,
    Competitor,
    CompetitorMove,
    CompetitorPresence,
    CompetitorPrice,
    MarketFact,
)
from accounts.services import market as services
from kam.core.api.base import Listed, Resource, Retrieved
from kam.core.filters import ChoicesFilter, CodesFilter, IdFilter, UpdatedSince
from kam.core.text import search_key
from kam.identity.models import User

_WITHIN = gettext_lazy("At this account and all below it today.")


def _unknown(field: str, words: str) -> Exception:
    return exceptions.ValidationError({field: [exceptions.ErrorDetail(words, "does_not_exist")]})


class _Market(Listed, Retrieved, Resource):
    """What the resources of competitors and markets share."""

    capability = "market.view"
    change_capability = "market.edit"

    @property
    def user(self) -> User:
        """The caller."""
        return cast("User", self.request.user)

    def editable(self) -> QuerySet[Account]:
        """Accounts that the caller may change."""
        rows: QuerySet[Account] = Account.objects.editable_by(self.user).not_merged()
        return rows

    def account(self, pk: int) -> Account:
        """An account by id that the caller may change."""
        found = self.editable().filter(pk=pk).first()
        if found is None:
            raise _unknown("account", _("There is no such account."))
        return found

    def competitor(self, pk: int, field: str = "competitor") -> Competitor:
        """A competitor by id."""
        found: Competitor | None = Competitor.objects.visible_to(self.user).filter(pk=pk).first()
        if found is None:
            raise _unknown(field, _("There is no such competitor."))
        return found

    def signed(self) -> Any:
        """Who writes, and when."""
        return {"author": self.user, "as_of": timezone.localdate()}

    def at_accounts(self, body: dict[str, Any]) -> Any:
        """The account and the competitor that a body names, looked up."""
        return {
            "account": self.account(body.pop("account")),
            "competitor": self.competitor(body.pop("competitor")),
        }


class CompetitorApiFilter(UpdatedSince):
    """Filters of competitors."""

    q = django_filters.CharFilter(method="by_text", help_text=gettext_lazy("Part of the name."))
    country = CodesFilter(lookup_expr="in")
    merged = django_filters.BooleanFilter(
        field_name="merged_into", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = Competitor
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Any], _name: str, text: str) -> QuerySet[Any]:
        """Part of the name, in any script."""
        return rows.filter(name_key__contains=search_key(text))


class CompetitorViewSet(_Market):
    """Competitors; a merged duplicate says into whom."""

    model = Competitor
    output = shapes.CompetitorOutput
    filterset_class = CompetitorApiFilter
    orderings = {"id": "pk", "name": "name_key", "updated_at": "updated_at"}
    capabilities = {"merge": "market.merge"}
    bodies = {
        "create": shapes.CompetitorInput,
        "partial_update": shapes.CompetitorInput,
        "merge": shapes.CompetitorMergeInput,
    }
    answers = {
        "create": {201: shapes.CompetitorOutput},
        "merge": {200: shapes.CompetitorOutput},
    }

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List competitors."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One competitor."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Add a competitor."""
        return self.answer_created(services.save_competitor(**self.body()).pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change name, country or note."""
        body = self.body()
        with self.locked() as row:
            services.save_competitor(competitor=row, **body)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def merge(self, request: Request, **_kwargs: Any) -> Response:
        """Merge a duplicate into this competitor; all that was noted of it moves here."""
        body = self.body()
        with self.locked() as keep:
            drop = self.competitor(body["duplicate"], "duplicate")
            services.merge_competitors(keep=keep, drop=drop)
        return self.answer(self.row())


class _AtAccountFilter(UpdatedSince):
    account = IdFilter(field_name="account")
    within = IdFilter(method="by_branch", help_text=_WITHIN)
    competitor = IdFilter(field_name="competitor")
    category = IdFilter(field_name="category")

    def by_branch(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """At a node and everything below it."""
        return rows.filter(account__path__contains=[int(pk)])


class PresenceApiFilter(_AtAccountFilter):
    """Filters of presences."""

    on = django_filters.DateFilter(
        field_name="valid", lookup_expr="contains", help_text=gettext_lazy("There on this day.")
    )

    class Meta:
        model = CompetitorPresence
        fields: list[str] = []


class PresenceViewSet(_Market):
    """Competitors at accounts, by category."""

    model = CompetitorPresence
    output = shapes.PresenceOutput
    filterset_class = PresenceApiFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    bodies = {"create": shapes.PresenceInput, "update": shapes.PresenceInput}
    answers = {"create": {201: shapes.PresenceOutput}}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With what it refers to."""
        return queryset.select_related("account", "competitor", "category")

    def changeable(self) -> QuerySet[Any]:
        """Those at accounts that the caller may change."""
        return self.get_queryset().filter(account__in=self.editable().values("pk"))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List where competitors stand."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One presence."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Note a competitor at an account."""
        body = self.body()
        named = self.at_accounts(body)
        made = services.save_presence(**named, as_of=timezone.localdate(), **body)
        return self.answer_created(made.pk)

    def update(self, request: Request, **_kwargs: Any) -> Response:
        """Change a presence as a whole."""
        body = self.body()
        with self.locked() as row:
            named, today = self.at_accounts(body), timezone.localdate()
            services.save_presence(**named, presence=row, as_of=today, **body)
        return self.answer(self.row())

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Remove a presence noted by mistake; its history stays."""
        with self.locked() as row:
            services.remove_presence(presence=row)
        return Response(status=status.HTTP_204_NO_CONTENT)


class PriceSeenApiFilter(_AtAccountFilter):
    """Filters of prices seen."""

    seen_from = django_filters.DateFilter(field_name="seen_on", lookup_expr="gte")
    seen_before = django_filters.DateFilter(field_name="seen_on", lookup_expr="lt")

    class Meta:
        model = CompetitorPrice
        fields: list[str] = []


class PriceSeenViewSet(_Market):
    """Prices and terms of competitors that somebody saw."""

    model = CompetitorPrice
    output = shapes.PriceSeenOutput
    filterset_class = PriceSeenApiFilter
    orderings = {"id": "pk", "seen_on": "seen_on", "updated_at": "updated_at"}
    bodies = {"create": shapes.PriceSeenInput, "update": shapes.PriceSeenInput}
    answers = {"create": {201: shapes.PriceSeenOutput}}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With what it refers to."""
        return queryset.select_related("account", "competitor", "category", "author")

    def changeable(self) -> QuerySet[Any]:
        """Those at accounts that the caller may change."""
        return self.get_queryset().filter(account__in=self.editable().values("pk"))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List prices seen."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One price seen."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Note a price or terms, in your name."""
        body = self.body()
        named = self.at_accounts(body)
        return self.answer_created(services.save_price(**named, **self.signed(), **body).pk)

    def update(self, request: Request, **_kwargs: Any) -> Response:
        """Correct a price or terms as a whole."""
        body = self.body()
        with self.locked() as row:
            named = self.at_accounts(body)
            services.save_price(**named, price_seen=row, **self.signed(), **body)
        return self.answer(self.row())

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Remove a price noted by mistake; its history stays."""
        with self.locked() as row:
            services.remove_price(price_seen=row)
        return Response(status=status.HTTP_204_NO_CONTENT)


class CompetitorMoveApiFilter(_AtAccountFilter):
    """Filters of moves."""

    kind = ChoicesFilter(choices=CompetitorMoveKind, lookup_expr="in")

    class Meta:
        model = CompetitorMove
        fields: list[str] = []


class CompetitorMoveViewSet(_Market):
    """What competitors did, at accounts and in the market as a whole."""

    model = CompetitorMove
    output = shapes.CompetitorMoveOutput
    filterset_class = CompetitorMoveApiFilter
    orderings = {"id": "pk", "happened_on": "happened_on", "updated_at": "updated_at"}
    bodies = {"create": shapes.CompetitorMoveInput, "update": shapes.CompetitorMoveInput}
    answers = {"create": {201: shapes.CompetitorMoveOutput}}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With what it refers to."""
        return queryset.select_related("account", "competitor", "category", "author")

    def changeable(self) -> QuerySet[Any]:
        """Those of the whole market, and at accounts that the caller may change."""
        own = Q(account__isnull=True) | Q(account__in=self.editable().values("pk"))
        return self.get_queryset().filter(own)

    def named(self, body: dict[str, Any]) -> Any:
        """The account, if one is named, and the competitor, looked up."""
        pk = body.pop("account", None)
        competitor = self.competitor(body.pop("competitor"))
        return {
            "competitor": competitor,
            "account": None if pk is None else self.account(pk),
        }

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List moves."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One move."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Note a move, in your name."""
        body = self.body()
        named = self.named(body)
        return self.answer_created(services.save_move(**named, **self.signed(), **body).pk)

    def update(self, request: Request, **_kwargs: Any) -> Response:
        """Correct a move as a whole."""
        body = self.body()
        with self.locked() as row:
            services.save_move(**self.named(body), move=row, **self.signed(), **body)
        return self.answer(self.row())

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Remove a move noted by mistake; its history stays."""
        with self.locked() as row:
            services.remove_move(move=row)
        return Response(status=status.HTTP_204_NO_CONTENT)


class MarketFactApiFilter(UpdatedSince):
    """Filters of market facts."""

    country = CodesFilter(lookup_expr="in")
    category = IdFilter(field_name="category")
    channel = ChoicesFilter(choices=Channel, lookup_expr="in")
    measure = ChoicesFilter(choices=MarketMeasure, lookup_expr="in")
    on = django_filters.DateFilter(
        field_name="period", lookup_expr="contains", help_text=gettext_lazy("Covers this day.")
    )

    class Meta:
        model = MarketFact
        fields: list[str] = []


class MarketFactViewSet(_Market):
    """Size, growth, price level and trends of markets."""

    model = MarketFact
    output = shapes.MarketFactOutput
    filterset_class = MarketFactApiFilter
    orderings = {"id": "pk", "noted_on": "noted_on", "updated_at": "updated_at"}
    bodies = {"create": shapes.MarketFactInput, "partial_update": shapes.MarketFactInput}
    answers = {"create": {201: shapes.MarketFactOutput}}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With what it refers to."""
        return queryset.select_related("category", "author")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List market facts."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One market fact."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Keep a fact, in your name."""
        made = services.save_market_fact(**self.signed(), **self.body())
        return self.answer_created(made.pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Correct a fact."""
        body = self.body()
        with self.locked() as row:
            services.save_market_fact(fact=row, **self.signed(), **body)
        return self.answer(self.row())

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Remove a fact; its history stays."""
        with self.locked() as row:
            services.remove_market_fact(fact=row)
        return Response(status=status.HTTP_204_NO_CONTENT)
