"""People at accounts: places, lines, ratings, the map and its coverage."""

from __future__ import annotations

from typing import Any, cast

import django_filters
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import people as shapes
from accounts.choices import DecisionRole, Function
from accounts.models import Account, Person, Position
from accounts.selectors.people.listing import named
from accounts.services import people as services
from accounts.services.people_merging import merge_people
from kam.core.api.base import Listed, Resource, Retrieved
from kam.core.filters import ChoicesFilter, IdFilter, UpdatedSince
from kam.identity.models import User


def unknown(field: str, words: str) -> Exception:
    return exceptions.ValidationError({field: [exceptions.ErrorDetail(words, "does_not_exist")]})


class Looking(Resource):
    """Looks up what a body names, within the caller's scope; unknown and foreign answer alike."""

    @property
    def user(self) -> User:
        """The caller."""
        return cast("User", self.request.user)

    def staffable(self, pk: int) -> Account:
        """An account whose people the caller may change."""
        rows = Account.objects.editable_by(self.user).not_merged()
        found: Account | None = rows.filter(pk=pk).first()
        if found is None:
            raise unknown("account", _("There is no such account."))
        return found

    def visible_person(self, pk: int | None, field: str = "person") -> Person | None:
        """A person whom the caller may see."""
        if pk is None:
            return None
        found: Person | None = Person.objects.visible_to(self.user).filter(pk=pk).first()
        if found is None:
            raise unknown(field, _("There is no such person."))
        return found

    def visible_position(self, pk: int | None, field: str, **where: Any) -> Position | None:
        """A place that the caller may see."""
        if pk is None:
            return None
        rows: QuerySet[Position] = Position.objects.visible_to(self.user)
        found = rows.select_related("account").filter(pk=pk, **where).first()
        if found is None:
            raise unknown(field, _("There is no such position."))
        return found

    def place(self, body: dict[str, Any]) -> Any:
        """What a body says of a place, its boss looked up."""
        names = ("function", "title", "roles")
        facts = {name: body[name] for name in names if name in body}
        if "reports_to" in body:
            facts["reports_to"] = self.visible_position(body["reports_to"], "reports_to")
        return facts


class PeopleApiFilter(UpdatedSince):
    """Filters of people."""

    q = django_filters.CharFilter(
        method="by_text", help_text=gettext_lazy("Part of the name, or an e-mail address.")
    )
    account = IdFilter(
        method="by_account",
        help_text=gettext_lazy("Who stands or stood at this account, as far as you may see it."),
    )
    external_id = django_filters.CharFilter(
        field_name="identifiers__value", help_text=gettext_lazy("Has this identifier.")
    )

    class Meta:
        model = Person
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Person], _name: str, text: str) -> QuerySet[Person]:
        """Name in any script, or address."""
        return named(rows, text, "") if text.strip() else rows

    def by_account(self, rows: QuerySet[Person], _name: str, pk: Any) -> QuerySet[Person]:
        """With a place that the caller may see."""
        user: Any = cast("Any", self.request).user
        places = Position.objects.visible_to(user).filter(account=int(pk)).values("person")
        return rows.filter(pk__in=places)


class PersonViewSet(Listed, Retrieved, Looking):
    """People at customers. A new person begins with a position."""

    model = Person
    capability = "people.view"
    change_capability = "people.edit"
    output = shapes.StakeholderOutput
    filterset_class = PeopleApiFilter
    orderings = {"id": "pk", "name": "name_key", "updated_at": "updated_at"}
    default_ordering = "name"
    bodies = {"partial_update": shapes.StakeholderChange, "merge": shapes.StakeholderMerge}
    answers = {"merge": {200: shapes.StakeholderOutput}}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With identifiers."""
        return queryset.prefetch_related("identifiers")

    def changeable(self) -> QuerySet[Any]:
        """Those with a place at an account that the caller may change."""
        return Person.objects.editable_by(self.user)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List people."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One person."""
        return super().retrieve(request, *args, **kwargs)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change a name or how to reach somebody."""
        body = self.body()
        with self.locked() as person:
            services.update_person(person=person, **body)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def merge(self, request: Request, **_kwargs: Any) -> Response:
        """Merge a duplicate into this person; nothing of either is lost."""
        body = self.body()
        with self.locked() as keep:
            drop = self.changeable().filter(pk=body["duplicate"]).first()
            if drop is None:
                raise unknown("duplicate", _("There is no such person."))
            merge_people(keep=keep, drop=drop)
        return self.answer(self.row())


class PositionApiFilter(UpdatedSince):
    """Filters of positions."""

    account = IdFilter(field_name="account")
    within = IdFilter(
        method="by_branch", help_text=gettext_lazy("At this account and all below it today.")
    )
    person = IdFilter(field_name="person")
    function = ChoicesFilter(choices=Function, lookup_expr="in")
    role = django_filters.ChoiceFilter(choices=DecisionRole.choices, method="by_role")
    on = django_filters.DateFilter(
        field_name="valid", lookup_expr="contains", help_text=gettext_lazy("In force on this day.")
    )
    unmet = django_filters.BooleanFilter(field_name="person", lookup_expr="isnull")

    class Meta:
        model = Position
        fields: list[str] = []

    def by_branch(self, rows: QuerySet[Position], _name: str, pk: Any) -> QuerySet[Position]:
        """At a node and everything below it."""
        return rows.filter(account__path__contains=[int(pk)])

    def by_role(self, rows: QuerySet[Position], _name: str, role: str) -> QuerySet[Position]:
        """Those who hold a role, whatever else they hold."""
        return rows.filter(roles__contains=[role])


class PositionViewSet(Listed, Retrieved, Looking):
    """Places of people at accounts, and unmet roles."""

    model = Position
    capability = "people.view"
    change_capability = "people.edit"
    output = shapes.PlaceOutput
    filterset_class = PositionApiFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    bodies = {
        "create": shapes.PlaceInput,
        "partial_update": shapes.PlaceChange,
        "leave": shapes.LeaveInput,
        "move": shapes.PlaceMoveInput,
        "fill": shapes.FillInput,
    }
    answers = {
        "create": {201: shapes.PlaceOutput},
        "leave": {200: shapes.PlaceOutput},
        "move": {201: shapes.PlaceOutput},
        "fill": {200: shapes.PlaceOutput},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With account and person, and the boss if the caller may see them."""
        boss = Position.objects.visible_to(self.user).filter(pk=OuterRef("reports_to"))
        rows = queryset.select_related("account", "person")
        shown: QuerySet[Any] = rows.annotate(visible_boss=Subquery(boss.values("pk")[:1]))
        return shown

    def changeable(self) -> QuerySet[Any]:
        """Places at accounts that the caller may change."""
        return Position.objects.editable_by(self.user)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List positions."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One position."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Add a person to an account, somebody new, or an unmet role."""
        body = self.body()
        account = self.staffable(body["account"])
        person = self.visible_person(body.get("person"))
        since, place = body.get("valid_from"), self.place(body)
        if person is not None:
            made = services.place_person(person=person, account=account, from_date=since, **place)
        elif body.get("name", "").strip():
            made = services.add_person(
                account=account,
                from_date=since,
                person_facts=_facts(body),
                may_share_name=body["may_share_name"],
                **place,
            )
        else:
            made = services.add_placeholder(account=account, from_date=since, **place)
        return self.answer_created(made.pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change function, title, roles or boss."""
        body = self.body()
        with self.locked() as position:
            services.update_position(position=position, **self.place(body))
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def leave(self, request: Request, **_kwargs: Any) -> Response:
        """Note that somebody leaves; what was before stays known."""
        body = self.body()
        with self.locked() as position:
            services.leave(position=position, on=body["on"])
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def move(self, request: Request, **_kwargs: Any) -> Response:
        """Let somebody change company; answers the new position."""
        body = self.body()
        with self.locked() as position:
            account, place = self.staffable(body["account"]), self.place(body)
            made = services.move_person(position=position, account=account, on=body["on"], **place)
        return self.answer_created(made.pk)

    @action(detail=True, methods=["post"])
    def fill(self, request: Request, **_kwargs: Any) -> Response:
        """Say who stands where nobody was known."""
        body = self.body()
        with self.locked() as position:
            services.fill_placeholder(
                position=position,
                person=self.visible_person(body.get("person")),
                person_facts=_facts(body),
                from_date=body.get("valid_from"),
                may_share_name=body["may_share_name"],
            )
        return self.answer(self.row())


def _facts(body: dict[str, Any]) -> Any:
    return {name: body.get(name, "") for name in ("name", "email", "phone")}
