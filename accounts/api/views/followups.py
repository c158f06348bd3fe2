"""Follow-ups: the one list of things to do for accounts."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import placement as shapes
from accounts.api.views.people import Looking, unknown
from accounts.models import Account, Task
from accounts.services import tasks
from kam.core.api.base import Listed, Retrieved
from kam.core.filters import IdFilter, UpdatedSince
from kam.identity.models import User


class TaskFilter(UpdatedSince):
    """Filters of follow-ups."""

    account = IdFilter(field_name="account_id")
    within = IdFilter(method="by_branch")
    owner = IdFilter(field_name="owner_id")
    placement = IdFilter(field_name="placement_id")
    open = django_filters.BooleanFilter(field_name="done_on", lookup_expr="isnull")
    due_before = django_filters.DateFilter(field_name="due_on", lookup_expr="lt")

    class Meta:
        model = Task
        fields: list[str] = []

    def by_branch(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """An account and everything below it today."""
        return rows.filter(account__path__contains=[int(pk)])


class TaskViewSet(Listed, Retrieved, Looking):
    """Follow-ups: what is to be done for accounts, from contacts, gaps in stores, or by itself."""

    model = Task
    capability = "accounts.view"
    change_capability = "accounts.edit"
    output = shapes.TaskOutput
    filterset_class = TaskFilter
    orderings = {"id": "pk", "updated_at": "updated_at", "due_on": "due_on"}
    bodies = {
        "create": shapes.TaskInput,
        "partial_update": shapes.TaskChange,
        "finish": shapes.TaskDoneInput,
    }
    answers = {
        "create": {201: shapes.TaskOutput},
        "partial_update": {200: shapes.TaskOutput},
        "finish": {200: shapes.TaskOutput},
        "reopen": {200: shapes.TaskOutput},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With account and owner."""
        return queryset.select_related("account", "owner")

    def changeable(self) -> QuerySet[Any]:
        """One's own follow-ups, and those of accounts that the user may change."""
        editable = Account.objects.editable_by(self.user)
        return self.get_queryset().filter(Q(owner=self.user) | Q(account__in=editable))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List follow-ups, the latest first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One follow-up."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Note something to be done."""
        body = self.body()
        account = self.staffable(body.pop("account"))
        owner = _colleague(body.pop("owner", self.user.pk))
        task = tasks.add_task(account=account, owner=owner, created_by=self.user, **body)
        return self.answer_created(task.pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change what is to be done, by whom, until when; what is done has to be reopened."""
        body = self.body()
        with self.locked() as task:
            names = ("title", "due_on", "reminder_on")
            facts = {name: getattr(task, name) for name in names} | body
            pk = facts.pop("owner", None)
            owner = task.owner if pk is None else _colleague(pk)
            tasks.update_task(task=task, owner=owner, by=self.user, **facts)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def finish(self, request: Request, **_kwargs: Any) -> Response:
        """Close a follow-up with what came of it."""
        body = self.body()
        with self.locked() as task:
            tasks.finish_task(
                task=task, as_of=timezone.localdate(), outcome=body.get("outcome", "")
            )
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, **_kwargs: Any) -> Response:
        """Take up again what was done."""
        with self.locked() as task:
            tasks.reopen_task(task=task)
        return self.answer(self.row())


def _colleague(pk: int) -> User:
    owner = User.objects.filter(pk=pk, is_active=True).first()
    if owner is None:
        raise unknown("owner", _("There is no such user."))
    return owner
