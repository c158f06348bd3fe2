"""Lines and ratings of people, the stakeholder map and its coverage."""

from __future__ import annotations

from typing import Any, cast

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import people as shapes
from accounts.api.views.people import Looking, unknown
from accounts.choices import RatingKind
from accounts.models import Account, Position, StakeholderLink, StakeholderRating
from accounts.selectors.people.coverage import coverage_of
from accounts.selectors.people.stakeholder_map import (
    StakeholderMap,
    stakeholder_map,
    visible_bosses,
)
from accounts.services import people_lines
from accounts.services.ratings import Ground, rate
from kam.core.api.base import Listed, Retrieved, StrictView
from kam.core.filters import ChoicesFilter, IdFilter, UpdatedSince
from kam.identity.models import User


class LineApiFilter(UpdatedSince):
    """Filters of informal lines."""

    account = IdFilter(field_name="from_position__account")
    kind = django_filters.CharFilter()

    class Meta:
        model = StakeholderLink
        fields: list[str] = []


class LineViewSet(Listed, Retrieved, Looking):
    """Informal lines between people."""

    model = StakeholderLink
    capability = "people.view"
    change_capability = "people.edit"
    output = shapes.StakeholderLinkOutput
    filterset_class = LineApiFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    bodies = {"create": shapes.StakeholderLinkInput}
    answers = {"create": {201: shapes.StakeholderLinkOutput}}

    def changeable(self) -> QuerySet[Any]:
        """Lines that begin where the caller may change people."""
        return StakeholderLink.objects.editable_by(self.user)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List informal lines."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One informal line."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Draw a line; drawn again it changes strength and note."""
        body = self.body()
        source = Position.objects.editable_by(self.user).filter(pk=body.pop("from_position"))
        start = source.select_related("account").first()
        if start is None:
            raise unknown("from_position", _("There is no such position."))
        end = self.visible_position(body.pop("to_position"), "to_position")
        line = people_lines.draw_line(
            from_position=start, to_position=cast("Position", end), **body
        )
        return self.answer_created(line.pk)

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Take a line away."""
        with self.locked() as line:
            people_lines.remove_line(link=line)
        return Response(status=status.HTTP_204_NO_CONTENT)


class RatingApiFilter(django_filters.FilterSet):
    """Filters of ratings."""

    position = IdFilter(field_name="position")
    account = IdFilter(field_name="position__account")
    person = IdFilter(field_name="position__person")
    author = IdFilter(field_name="author")
    kind = ChoicesFilter(choices=RatingKind, lookup_expr="in")
    rated_from = django_filters.DateFilter(field_name="rated_on", lookup_expr="gte")
    rated_before = django_filters.DateFilter(field_name="rated_on", lookup_expr="lt")

    class Meta:
        model = StakeholderRating
        fields: list[str] = []


class RatingViewSet(Listed, Retrieved, Looking):
    """Ratings of people, as far as you may know them: who rates first sees those of others after.

    A rating is never changed and never deleted; a new one takes its place.
    """

    model = StakeholderRating
    capability = "people.view"
    change_capability = "people.rate"
    output = shapes.StakeholderRatingOutput
    filterset_class = RatingApiFilter
    orderings = {"id": "pk", "rated_on": "rated_on"}
    bodies = {"create": shapes.StakeholderRatingInput}
    answers = {"create": {201: shapes.StakeholderRatingOutput}}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With author and team member."""
        return queryset.select_related("author", "team_member")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List ratings, the latest recorded first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One rating."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Rate somebody; the author is you."""
        body = self.body()
        position = self.visible_position(body.pop("position"), "position")
        ground = Ground(basis=body.pop("basis"), evidence=body.pop("evidence", ""))
        self._check_member(body.get("team_member"))
        made = rate(
            position=cast("Position", position),
            author=self.user,
            as_of=timezone.localdate(),
            ground=ground,
            **body,
        )
        return self.answer_created(made.pk)

    def _check_member(self, member: User | None) -> None:
        if member is None or self.user.sees_everything():
            return
        if member.pk not in self.user.scope_user_ids():
            raise unknown("team_member", _("There is no such person."))


class _MapView(StrictView):
    """What is read off the people of one account."""

    capability = "people.view"
    queries = {"get": shapes.MapQuery}

    def found(self, request: Request, pk: int) -> StakeholderMap:
        """The map of a visible account; raises NotFound."""
        user = cast("User", request.user)
        rows = Account.objects.visible_to(user).not_merged().select_related("current_lead")
        account: Account | None = rows.filter(pk=pk).first()
        if account is None:
            raise exceptions.NotFound
        is_alone = self.query()["alone"]
        return stakeholder_map(account, user=user, as_of=timezone.localdate(), is_alone=is_alone)


class MapView(_MapView):
    """The stakeholder map."""

    answers = {"get": {200: shapes.MapOutput}}

    def get(self, request: Request, pk: int) -> Response:
        """Who is who at an account today, with all below it.

        Influence and support are the latest ratings that you may know.
        """
        found = self.found(request, pk)
        bosses = visible_bosses([card.position for card in found.cards], cast("User", request.user))
        return Response(shapes.MapOutput(found, context={"bosses": bosses}).data)


class CoverageView(_MapView):
    """Coverage of an account."""

    answers = {"get": {200: shapes.CoverageOutput}}

    def get(self, request: Request, pk: int) -> Response:
        """Which functions and roles are covered at an account, and which are gaps."""
        coverage = coverage_of(self.found(request, pk))
        data = {
            **{name: getattr(coverage, name) for name in _PLAIN},
            "functions": [
                {
                    "function": row.function,
                    "is_required": row.is_required,
                    "people": len(row.people),
                    "days": row.days,
                    "gap": row.gap.value,
                }
                for row in coverage.functions
            ],
        }
        return Response(shapes.CoverageOutput(data).data)


_PLAIN = (
    "missing_roles", "of_functions", "of_roles", "of_influence", "strength", "threads", "attention"
)  # fmt: skip
