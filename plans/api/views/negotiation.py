"""Negotiations, the gives-and-gets ledger, offers."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any

import django_filters
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views.people import unknown
from accounts.api.views.promises import OfAccounts
from accounts.models import Account, Product
from kam.core.api.base import Listed, Retrieved
from kam.core.filters import ChoicesFilter, IdFilter
from kam.core.models import Currency
from plans.api.serializers import negotiation as shapes
from plans.api.views.together import Together
from plans.choices.negotiation import (
    BriefState,
    EntryState,
    OfferState,
    Side,
    Subject,
)
from plans.models import (
    BriefDecider,
    GiveGet,
    NegotiationBrief,
    Offer,
)
from plans.selectors.negotiation import reads
from plans.services.negotiation import briefs, entries, offers

VIEW, EDIT = "negotiations.view", "negotiations.edit"
TOLD = tuple(one.name for one in fields(briefs.Preparation))


class Negotiating(Together):
    """Looks up what a body names, within the account's team."""

    capability, change_capability = VIEW, EDIT

    def of_team(self, pk: int) -> Account:
        """An account to whose team the caller belongs."""
        found = self.worked_on(pk)
        if not reads.is_of_team(self.user, found.pk):
            raise unknown("account", _("There is no such account."))
        return found

    def currency(self, code: str) -> Currency:
        """A currency of this installation."""
        found = Currency.objects.filter(pk=code).first()
        if found is None:
            raise unknown("currency", _("There is no such currency."))
        return found

    def brief_for(self, account: Account, pk: int | None) -> NegotiationBrief | None:
        """An open brief of the account or of one above it, that the caller may write."""
        if pk is None:
            return None
        rows = NegotiationBrief.objects.editable_by(self.user)
        found: NegotiationBrief | None = rows.filter(
            pk=pk, state__in=reads.OPEN, account__in=account.path
        ).first()
        if found is None:
            raise unknown("brief", _("There is no such negotiation."))
        return found


class BriefFilter(OfAccounts):
    """Filters of negotiations."""

    state = ChoicesFilter(choices=BriefState, lookup_expr="in")
    plan = IdFilter(field_name="plan_id")
    owner = IdFilter(field_name="owner_id")

    class Meta:
        model = NegotiationBrief
        fields: list[str] = []


class NegotiationBriefViewSet(Listed, Retrieved, Negotiating):
    """What we go into negotiations with; the account's team alone reads it."""

    model = NegotiationBrief
    output = shapes.BriefOutput
    filterset_class = BriefFilter
    orderings = {"id": "pk", "begins_on": "begins_on", "updated_at": "updated_at"}
    bodies = {
        "create": shapes.BriefInput,
        "partial_update": shapes.BriefChange,
        "conclude": shapes.ConcludeInput,
        "put_issue": shapes.BriefIssueInput,
        "add_decider": shapes.BriefDeciderInput,
    }
    answers = {
        "create": {201: shapes.BriefOutput},
        "partial_update": {200: shapes.BriefOutput},
        "begin": {200: shapes.BriefOutput},
        "conclude": {200: shapes.BriefOutput},
        "put_issue": {200: shapes.BriefOutput},
        "add_decider": {200: shapes.BriefOutput},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With issues and who decides."""
        people = BriefDecider.objects.order_by("pk")
        rows = queryset.select_related("account", "plan", "owner", "currency")
        return rows.prefetch_related("issues", Prefetch("deciders", people))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List negotiations, the latest made first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One negotiation."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Prepare a negotiation; you lead it unless you name somebody."""
        body = self.body()
        account = self.of_team(body.pop("account"))
        body["plan"] = self.plan_for(account, body.get("plan"))
        body["currency"] = self.currency(body["currency"])
        body.setdefault("owner", self.user)
        made = briefs.prepare(account=account, facts=briefs.Preparation(**body))
        return self.answer_created(made.pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change what is told of a negotiation that is not over."""
        body = self.body()
        with self.locked() as brief:
            if "plan" in body:
                body["plan"] = self.plan_for(brief.account, body["plan"])
            if "currency" in body:
                body["currency"] = self.currency(body["currency"])
            facts = {name: getattr(brief, name) for name in TOLD} | body
            briefs.update_brief(brief=brief, facts=briefs.Preparation(**facts))
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def begin(self, request: Request, **_kwargs: Any) -> Response:
        """The talks begin."""
        with self.locked() as brief:
            briefs.begin(brief=brief)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def conclude(self, request: Request, **_kwargs: Any) -> Response:
        """Close a negotiation with how it ended."""
        body = self.body()
        with self.locked() as brief:
            briefs.conclude(brief=brief, **body)
        return self.answer(self.row())

    @action(detail=True, methods=["post"], url_path="put-issue")
    def put_issue(self, request: Request, **_kwargs: Any) -> Response:
        """Put an issue in, or change one."""
        body = self.body()
        with self.locked() as brief:
            issue = None
            if (pk := body.pop("id", None)) is not None:
                issue = brief.issues.filter(pk=pk).first()
                if issue is None:
                    raise unknown("id", _("There is no such issue."))
            briefs.save_issue(brief=brief, facts=body, issue=issue)
        return self.answer(self.row())

    @action(detail=True, methods=["post"], url_path="add-decider")
    def add_decider(self, request: Request, **_kwargs: Any) -> Response:
        """Name somebody who decides on their side."""
        body = self.body()
        with self.locked() as brief:
            position = self.position_for(brief.account, body["position"])
            assert position is not None  # noqa: S101 - a body names one
            briefs.add_decider(brief=brief, position=position, note=body.get("note", ""))
        return self.answer(self.row())


class GiveGetFilter(OfAccounts):
    """Filters of gives and gets."""

    side = ChoicesFilter(choices=Side, lookup_expr="in")
    subject = ChoicesFilter(choices=Subject, lookup_expr="in")
    state = ChoicesFilter(choices=EntryState, lookup_expr="in")
    brief = IdFilter(field_name="brief_id")
    plan = IdFilter(field_name="plan_id")

    class Meta:
        model = GiveGet
        fields: list[str] = []


class GiveGetViewSet(Listed, Retrieved, Negotiating):
    """What is given and got."""

    model = GiveGet
    output = shapes.GiveGetOutput
    filterset_class = GiveGetFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    bodies = {
        "create": shapes.GiveGetInput,
        "partial_update": shapes.GiveGetChange,
        "move": shapes.GiveGetMove,
    }
    answers = {
        "create": {201: shapes.GiveGetOutput},
        "partial_update": {200: shapes.GiveGetOutput},
        "move": {200: shapes.GiveGetOutput},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With account."""
        return queryset.select_related("account", "plan", "brief")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List gives and gets."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One give or get."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Write down a give or get."""
        body = self.body()
        account = self.of_team(body.pop("account"))
        brief = self.brief_for(account, body.pop("brief", None))
        state = body.pop("state", EntryState.PLANNED)
        made = entries.add_entry(
            account=account, brief=brief, state=state, by=self.user, facts=self._facts(body)
        )
        return self.answer_created(made.pk)

    def _facts(self, body: dict[str, Any], valid: Any = None) -> dict[str, Any]:
        """What was sent, as the service takes it."""
        first: date | None = body.pop("valid_from", valid.lower if valid else None)
        after: date | None = body.pop("valid_until", valid.upper if valid else None)
        if "currency" in body:
            body["currency"] = self.currency(body["currency"])
        if first is not None and after is not None and after <= first:
            raise unknown("valid_until", _("The period ends before it begins."))
        return body | {"valid": DateRange(first, after)}

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change an entry."""
        body = self.body()
        with self.locked() as entry:
            proves = set(body) <= {"proof"}
            facts = body if proves else self._facts(body, entry.valid)
            entries.update_entry(entry=entry, facts=facts)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def move(self, request: Request, **_kwargs: Any) -> Response:
        """Take an entry further."""
        body = self.body()
        with self.locked() as entry:
            entries.move_entry(entry=entry, **body)
        return self.answer(self.row())


class OfferFilter(OfAccounts):
    """Filters of offers."""

    state = ChoicesFilter(choices=OfferState, lookup_expr="in")
    brief = IdFilter(field_name="brief_id")
    product = IdFilter(field_name="product_id")
    offered_from = django_filters.DateFilter(field_name="offered_on", lookup_expr="gte")
    offered_before = django_filters.DateFilter(field_name="offered_on", lookup_expr="lt")

    class Meta:
        model = Offer
        fields: list[str] = []


class OfferViewSet(Listed, Retrieved, Negotiating):
    """Prices offered to accounts, with what they were checked against."""

    model = Offer
    capabilities = {"decide": "negotiations.approve"}
    output = shapes.OfferOutput
    detail_output = shapes.OfferDetailOutput
    filterset_class = OfferFilter
    orderings = {"id": "pk", "offered_on": "offered_on", "updated_at": "updated_at"}
    bodies = {"create": shapes.OfferInput, "decide": shapes.DecideInput}
    answers = {
        "create": {201: shapes.OfferDetailOutput},
        "decide": {200: shapes.OfferDetailOutput},
        "withdraw": {200: shapes.OfferDetailOutput},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With product and people."""
        return queryset.select_related("account", "product", "offered_by", "decided_by")

    def changeable(self) -> QuerySet[Any]:
        """Those that the caller may withdraw; those that wait for them, when deciding."""
        if self.action == "decide":
            return reads.waiting_offers(self.user).select_related(None)
        return super().changeable()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List offers, the latest made first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One offer with its check."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Record an offer; one that goes below waits for somebody else."""
        body = self.body()
        account = self.of_team(body.pop("account"))
        body["currency"] = self.currency(body["currency"])
        body["brief"] = self.brief_for(account, body.get("brief"))
        code = body["product"]
        body["product"] = Product.objects.visible_to(self.user).filter(code=code).first()
        if body["product"] is None:
            raise unknown("product", _("There is no such product."))
        made = offers.record_offer(
            account=account, draft=offers.Draft(**body), by=self.user, now=timezone.now()
        )
        return self.answer_created(made.pk)

    @action(detail=True, methods=["post"])
    def decide(self, request: Request, **_kwargs: Any) -> Response:
        """Say yes or no to an offer of somebody else's."""
        body = self.body()
        with self.locked() as offer:
            offers.decide_offer(offer=offer, by=self.user, now=timezone.now(), **body)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, **_kwargs: Any) -> Response:
        """Take an offer back."""
        with self.locked() as offer:
            offers.withdraw_offer(offer=offer)
        return self.answer(self.row())
