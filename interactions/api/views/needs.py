"""The needs register over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views.people import unknown
from accounts.api.views.promises import OfAccounts, Working
from accounts.forms.team import partners
from accounts.models import Account, Opportunity, Position, ProgrammeItem, Task
from interactions.api.serializers import contacts as shapes
from interactions.choices import NeedAnswer, NeedImportance, NeedKind
from interactions.models import Need
from interactions.selectors.log import accounts_to_log
from interactions.services import needs as services
from interactions.services.needs import NeedFacts, Reply
from interactions.views.log.filters import answered_by
from kam.core.api.base import Listed, Retrieved
from kam.core.filters import ChoicesFilter

_ANSWERS: dict[str, Any] = {
    "programme_item": ProgrammeItem,
    "opportunity": Opportunity,
    "task": Task,
}


class NeedFilter(OfAccounts):
    """Filters of needs."""

    kind = ChoicesFilter(choices=NeedKind, lookup_expr="in")
    importance = ChoicesFilter(choices=NeedImportance, lookup_expr="in")
    answer = django_filters.ChoiceFilter(choices=NeedAnswer.choices, method="with_answer")
    open = django_filters.BooleanFilter(field_name="closed_on", lookup_expr="isnull")
    confirmed_before = django_filters.DateFilter(
        field_name="last_confirmed_on", lookup_expr="lt",
        help_text=gettext_lazy("Nobody confirmed it since this day."),
    )  # fmt: skip

    class Meta:
        model = Need
        fields: list[str] = []

    def with_answer(self, rows: QuerySet[Need], _name: str, value: str) -> QuerySet[Need]:
        """By what our answer is; `none` are open ones without any."""
        return answered_by(rows, value)


class NeedViewSet(Listed, Retrieved, Working):
    """Needs, challenges and goals of accounts, with our answer."""

    model = Need
    capability = "interactions.view"
    change_capability = "interactions.log"
    output = shapes.NeedOutput
    filterset_class = NeedFilter
    orderings = {
        "id": "pk",
        "importance": "importance",
        "last_confirmed_on": "last_confirmed_on",
        "updated_at": "updated_at",
    }
    bodies = {
        "create": shapes.NeedInput,
        "partial_update": shapes.NeedChange,
        "confirm": shapes.NeedConfirm,
        "answer_with": shapes.NeedReply,
        "close": shapes.NeedClose,
    }
    answers = {
        "create": {201: shapes.NeedOutput},
        "confirm": {200: shapes.NeedOutput},
        "answer_with": {200: shapes.NeedOutput},
        "close": {200: shapes.NeedOutput},
        "reopen": {200: shapes.NeedOutput},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With account and author."""
        return queryset.select_related("account", "author")

    def changeable(self) -> QuerySet[Any]:
        """Those of accounts whose contacts the caller may log."""
        return self.get_queryset().filter(account__in=accounts_to_log(self.user))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List needs; what was heard in confidence for its readers alone."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One need."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Note a need."""
        body, today = self.body(), timezone.localdate()
        account = self.worked_on(body["account"])
        made = services.add_need(
            account=account,
            facts=NeedFacts(**self._facts(account, body)),
            author=self.user,
            as_of=today,
            voiced_on=body.get("voiced_on"),
        )
        return self.answer_created(made.pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Mend what a need says."""
        body = self.body()
        with self.locked() as need:
            names = ("text", "kind", "importance", "voiced_by")
            facts = {name: getattr(need, name) for name in names}
            facts |= self._facts(need.account, body)
            services.change_need(need=need, facts=NeedFacts(**facts))
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, **_kwargs: Any) -> Response:
        """It still holds."""
        body, today = self.body(), timezone.localdate()
        with self.locked() as need:
            services.confirm_need(need=need, on=body.get("on") or today, as_of=today)
        return self.answer(self.row())

    @action(detail=True, methods=["post"], url_path="answer", url_name="answer")
    def answer_with(self, request: Request, **_kwargs: Any) -> Response:
        """Say what our answer is; the former one is replaced."""
        body = self.body()
        with self.locked() as need:
            named = {name: self._named(name, body) for name in _ANSWERS}
            reply = Reply(words=body.get("words", ""), **named)
            services.answer_need(need=need, reply=reply)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def close(self, request: Request, **_kwargs: Any) -> Response:
        """Close a need with a reason."""
        body = self.body()
        with self.locked() as need:
            services.close_need(need=need, why=body["why"], as_of=timezone.localdate())
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, **_kwargs: Any) -> Response:
        """Take a closed need up again."""
        with self.locked() as need:
            services.reopen_need(need=need)
        return self.answer(self.row())

    def _facts(self, account: Account, body: Mapping[str, Any]) -> dict[str, Any]:
        facts = {name: body[name] for name in ("text", "kind", "importance") if name in body}
        if "voiced_by" in body:
            facts["voiced_by"] = self._position(account, body["voiced_by"])
        return facts

    def _position(self, account: Account, pk: int | None) -> Position | None:
        if pk is None:
            return None
        rows = partners(account, user=self.user, as_of=timezone.localdate())
        found = rows.filter(pk=pk).first()
        if found is None:
            raise unknown("voiced_by", _("There is no such position."))
        return found

    def _named(self, name: str, body: Mapping[str, Any]) -> Any:
        pk = body.get(name)
        if pk is None:
            return None
        found = _ANSWERS[name].objects.visible_to(self.user).filter(pk=pk).first()
        if found is None:
            raise unknown(name, _("There is no such row."))
        return found
