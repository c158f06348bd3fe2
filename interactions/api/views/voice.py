"""Ratings of us, surveys, and links that ask people of customers."""

from __future__ import annotations

from typing import Any, cast

import django_filters
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views.people import unknown
from accounts.api.views.promises import OfAccounts, Working
from accounts.forms.team import partners
from interactions.api.serializers import voice as shapes
from interactions.choices import VoiceSource, VoiceTopic
from interactions.models import Feedback, Invitation, Survey
from interactions.selectors.voice import people_worked_with
from interactions.services import voice as services
from kam.core.api.base import Listed, Resource, Retrieved
from kam.core.filters import ChoicesFilter, IdFilter

VIEW, LOG, CONFIGURE = "interactions.view", "interactions.log", "interactions.configure"


class FeedbackFilter(OfAccounts):
    """Filters of ratings."""

    position = IdFilter(field_name="position_id")
    topic = ChoicesFilter(choices=VoiceTopic, lookup_expr="in")
    source = ChoicesFilter(choices=VoiceSource, lookup_expr="in")
    given_from = django_filters.DateFilter(field_name="given_on", lookup_expr="gte")
    given_before = django_filters.DateFilter(field_name="given_on", lookup_expr="lt")
    max_points = django_filters.NumberFilter(
        field_name="points", lookup_expr="lte", help_text=gettext_lazy("At most so many of 100.")
    )

    class Meta:
        model = Feedback
        fields: list[str] = []


class FeedbackViewSet(Listed, Retrieved, Working):
    """How customers rate us. A low rating opens a follow-up for the account's lead."""

    model = Feedback
    capability = VIEW
    change_capability = LOG
    output = shapes.FeedbackOutput
    filterset_class = FeedbackFilter
    orderings = {"id": "pk", "given_on": "given_on", "updated_at": "updated_at"}
    bodies = {"create": shapes.FeedbackInput}
    answers = {"create": {201: shapes.FeedbackOutput}, "destroy": {204: None}}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With account and author."""
        return queryset.select_related("account", "author")

    def changeable(self) -> QuerySet[Any]:
        """Those that the caller may read."""
        return cast("QuerySet[Any]", Feedback.objects.visible_to(self.user))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List ratings."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One rating."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Note a rating."""
        body = self.body()
        account = self.worked_on(body.pop("account"))
        source, pk = body.pop("source"), body.pop("position", None)
        position = None
        if pk is not None:
            rows = partners(account, user=self.user, as_of=body["given_on"])
            position = rows.filter(pk=pk).first()
            if position is None:
                raise unknown("position", _("There is no such position."))
        made = services.note_feedback(
            rated=services.Rated(account=account, position=position, **body),
            source=source,
            author=self.user,
            as_of=timezone.localdate(),
        )
        return self.answer_created(made.pk)

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Take back a rating that was typed or sent over the API."""
        with self.locked() as row:
            services.remove_feedback(feedback=row)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SurveyViewSet(Listed, Retrieved, Resource):
    """What customers can be asked."""

    model = Survey
    capability = VIEW
    change_capability = CONFIGURE
    output = shapes.SurveyOutput
    orderings = {"id": "pk", "name": "name"}
    bodies = {"create": shapes.SurveyInput, "update": shapes.SurveyInput}
    answers = {"create": {201: shapes.SurveyOutput}, "update": {200: shapes.SurveyOutput}}

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List surveys."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One survey."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Make a survey."""
        return self.answer_created(services.save_survey(**self.body()).pk)

    def update(self, request: Request, **_kwargs: Any) -> Response:
        """Change a survey; answers keep the topics that they were given for."""
        body = self.body()
        with self.locked() as row:
            services.save_survey(survey=row, **body)
        return self.answer(self.row())


class InvitationFilter(OfAccounts):
    """Filters of links."""

    position = IdFilter(field_name="position_id")
    survey = IdFilter(field_name="survey_id")

    class Meta:
        model = Invitation
        fields: list[str] = []


class InvitationViewSet(Listed, Retrieved, Working):
    """Links that ask people of customers, each of which works once."""

    model = Invitation
    capability = VIEW
    change_capability = LOG
    output = shapes.InvitationOutput
    filterset_class = InvitationFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    bodies = {"create": shapes.InvitationInput}
    answers = {
        "create": {201: shapes.InvitationMadeOutput},
        "revoke": {200: shapes.InvitationOutput},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With the account."""
        return queryset.select_related("account")

    def changeable(self) -> QuerySet[Any]:
        """Those that the caller may read."""
        return cast("QuerySet[Any]", Invitation.objects.visible_to(self.user))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List links."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One link, without its secret."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Make a link for somebody; its address is told in this answer alone."""
        body = self.body()
        survey = Survey.objects.filter(pk=body["survey"], is_active=True).first()
        if survey is None:
            raise unknown("survey", _("There is no such survey."))
        position = people_worked_with(self.user).filter(pk=body["position"]).first()
        if position is None:
            raise unknown("position", _("There is no such position."))
        made, secret = services.invite(
            survey=survey,
            position=position,
            language=body["language"],
            sent_by=self.user,
            now=timezone.now(),
        )
        url = request.build_absolute_uri(reverse("interactions:survey-answer", args=[secret]))
        row = self.shown(self.changeable()).get(pk=made.pk)
        answer = {**shapes.InvitationOutput(row).data, "url": url}
        return Response(answer, status=status.HTTP_201_CREATED)

    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, **_kwargs: Any) -> Response:
        """Take a link back."""
        with self.locked() as row:
            services.revoke(invitation=row, now=timezone.now())
        return self.answer(self.row())
