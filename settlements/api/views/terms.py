"""Agreements, their versions as whole documents, and calendars of working days."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views.promises import OfAccounts
from accounts.models import Account
from kam.core.api.base import Listed, Resource, Retrieved
from kam.core.filters import ChoicesFilter, CodesFilter, IdFilter, UpdatedSince
from kam.core.problems import RefusedError
from kam.identity.models import User
from settlements.api.filters import DayFilter
from settlements.api.scope import company_of, unknown
from settlements.api.serializers import terms as shapes
from settlements.api.serializers import terms_input as inputs
from settlements.choices.terms import Preset, VersionState
from settlements.models import AgreementVersion, BusinessCalendar, TradingAgreement
from settlements.services.terms import agreements, calendars, parts, versions
from settlements.services.terms.copying import PARTS
from settlements.services.terms.locking import locked_agreement
from settlements.services.terms.problems import problems_of

VIEW, EDIT, APPROVE = "terms.view", "terms.edit", "terms.approve"


class AgreementFilter(OfAccounts):
    """Filters of agreements."""

    selling_company = CodesFilter(field_name="selling_company__code", lookup_expr="in")
    number = CodesFilter(lookup_expr="in")
    state = ChoicesFilter(
        choices=VersionState,
        field_name="versions__state",
        lookup_expr="in",
        distinct=True,
        help_text=gettext_lazy("Agreements with a version in this state."),
    )
    method = ChoicesFilter(
        choices=Preset, field_name="versions__terms__preset", lookup_expr="in", distinct=True
    )

    class Meta:
        model = TradingAgreement
        fields: list[str] = []


class TermsResource(Resource):
    """What agreements and versions have in common: who may write them."""

    @property
    def user(self) -> User:
        """The caller."""
        return cast("User", self.request.user)

    def changeable(self) -> QuerySet[Any]:
        """Those that the caller may write."""
        rows: Any = self.model._default_manager
        return cast("QuerySet[Any]", rows.editable_by(self.user))

    def get_serializer_context(self) -> dict[str, Any]:
        """With the day, for what holds today."""
        return {**super().get_serializer_context(), "today": timezone.localdate()}


class AgreementViewSet(Listed, Retrieved, TermsResource):
    """Agreements with customers. What they say is in their versions."""

    model = TradingAgreement
    capability = VIEW
    change_capability = EDIT
    output = shapes.AgreementOutput
    filterset_class = AgreementFilter
    orderings = {"id": "pk", "number": "number", "updated_at": "updated_at"}
    bodies = {"create": inputs.AgreementInput, "partial_update": inputs.AgreementChange}
    answers = {
        "create": {201: shapes.AgreementOutput},
        "partial_update": {200: shapes.AgreementOutput},
        "destroy": {204: None},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With account, company and versions."""
        rows = queryset.select_related("account", "selling_company")
        return rows.prefetch_related("versions")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List agreements, the latest first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One agreement."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Write down an agreement with an account that you lead; a version follows."""
        body = self.body()
        pk = body.pop("account")
        company = company_of(body.pop("selling_company", None))
        rows = Account.objects.visible_to(self.user)
        if not self._writes_all():
            rows = rows.editable_by(self.user)
        account = rows.not_merged().filter(pk=pk).first()
        if account is None:
            raise unknown("account", _("There is no such account."))
        made = agreements.create_agreement(
            account=account, selling_company=company, by=self.user, **body
        )
        return self.answer_created(made.pk)

    def _writes_all(self) -> bool:
        return self.user.can(APPROVE) or self.user.can("accounts.assign_lead")

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change an agreement; number, company and currency only before the first approval."""
        body = self.body()
        with self.locked() as agreement:
            agreements.update_agreement(agreement=agreement, **body)
        return self.answer(self.row())

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Remove an agreement of which nothing was ever submitted."""
        with self.locked() as agreement:
            agreements.delete_agreement(agreement=agreement)
        return Response(status=status.HTTP_204_NO_CONTENT)


class VersionFilter(UpdatedSince):
    """Filters of versions."""

    agreement = IdFilter(field_name="agreement_id")
    account = IdFilter(field_name="agreement__account_id")
    within = IdFilter(
        method="by_branch", help_text=gettext_lazy("At this account and all below it today.")
    )
    state = ChoicesFilter(choices=VersionState, lookup_expr="in")
    on = DayFilter(
        field_name="valid",
        lookup_expr="contains",
        help_text=gettext_lazy("Versions whose period holds this day."),
    )
    ending_before = django_filters.DateFilter(field_name="valid__endswith", lookup_expr="lte")

    class Meta:
        model = AgreementVersion
        fields: list[str] = []

    def by_branch(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """At a node and everything below it."""
        return rows.filter(agreement__account__path__contains=[int(pk)])


class VersionViewSet(Listed, Retrieved, TermsResource):
    """Versions of agreements, each one document. An approved version never changes."""

    model = AgreementVersion
    capability = VIEW
    change_capability = EDIT
    capabilities = {"approve": APPROVE, "terminate": APPROVE, "problems": VIEW}
    output = shapes.AgreementVersionOutput
    detail_output = shapes.AgreementVersionDetailOutput
    filterset_class = VersionFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    bodies = {
        "create": inputs.AgreementVersionNewInput,
        "update": inputs.AgreementVersionInput,
        "send_back": inputs.AgreementNoteInput,
        "approve": inputs.AgreementNoteInput,
        "terminate": inputs.AgreementEndInput,
    }
    answers = {
        "create": {201: shapes.AgreementVersionDetailOutput},
        "update": {200: shapes.AgreementVersionDetailOutput},
        "destroy": {204: None},
        "submit": {200: shapes.AgreementVersionDetailOutput},
        "send_back": {200: shapes.AgreementVersionDetailOutput},
        "approve": {200: shapes.AgreementVersionDetailOutput},
        "terminate": {200: shapes.AgreementVersionDetailOutput},
        "problems": {200: shapes.VersionRemarksOutput},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With who decided; one row with all it says."""
        rows = queryset.select_related("submitted_by", "approved_by")
        if self.action == "list":
            return rows
        return rows.prefetch_related(*PARTS, "conditions__schedule__bands")

    @contextmanager
    def locked(self) -> Iterator[Any]:
        """Take the agreement's lock first, as everything that changes a version does."""
        found = self.changeable().filter(pk=self.row_key()).first()
        if found is None:
            raise Http404
        with transaction.atomic():
            locked_agreement(found.agreement_id)
            with super().locked() as row:
                yield row

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List versions, the latest first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One version with everything it says."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Begin a version: whole, or as a copy of another one. Nothing holds before approval."""
        body = self.body()
        agreement = self._agreement(body.pop("agreement"))
        source = body.pop("copy_of")
        draft = inputs.draft_from(body)
        with transaction.atomic(), _in_body():
            made = versions.draft_version(
                agreement=agreement,
                header=draft.header,
                by=self.user,
                copy_of=self._copied(agreement, source),
            )
            if source is None:
                parts.save_whole(version=made, draft=draft, by=self.user)
        return self.answer_created(made.pk)

    def _agreement(self, pk: int) -> TradingAgreement:
        found = TradingAgreement.objects.editable_by(self.user).filter(pk=pk).first()
        if found is None:
            raise unknown("agreement", _("There is no such agreement."))
        return cast("TradingAgreement", found)

    def _copied(self, agreement: TradingAgreement, pk: int | None) -> AgreementVersion | None:
        if pk is None:
            return None
        found: AgreementVersion | None = agreement.versions.filter(pk=pk).first()
        if found is None:
            raise unknown("copy_of", _("There is no such version."))
        return found

    def update(self, request: Request, **_kwargs: Any) -> Response:
        """Write a draft anew, as a whole. A version that was submitted is refused."""
        draft = inputs.draft_from(self.body())
        with self.locked() as version, _in_body():
            parts.save_whole(version=version, draft=draft, by=self.user)
        return self.answer(self.row())

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Throw a draft away. A version that was submitted is refused."""
        with self.locked() as version:
            versions.discard_draft(version=version, by=self.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(detail=True, methods=["post"])
    def submit(self, request: Request, **_kwargs: Any) -> Response:
        """Hand a draft to somebody else for approval."""
        with self.locked() as version, _in_body():
            versions.submit_version(version=version, by=self.user, at=timezone.now())
        return self.answer(self.row())

    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request: Request, **_kwargs: Any) -> Response:
        """Send a version back to its draft, saying why; or take one's own back."""
        body = self.body()
        with self.locked() as version:
            mine = version.submitted_by_id == self.user.pk
            if not (mine or self.user.can(APPROVE)):
                raise Http404
            versions.return_version(
                version=version, note=body["note"], by=self.user, at=timezone.now()
            )
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def approve(self, request: Request, **_kwargs: Any) -> Response:
        """Bring a version into force that others wrote and submitted."""
        body = self.body()
        with self.locked() as version, _in_body():
            versions.approve_version(
                version=version, by=self.user, at=timezone.now(), note=body["note"]
            )
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def terminate(self, request: Request, **_kwargs: Any) -> Response:
        """End a version in force from a day on, saying why."""
        body = self.body()
        with self.locked() as version:
            versions.terminate_version(
                version=version,
                by=self.user,
                as_of=timezone.localdate(),
                at=timezone.now(),
                **body,
            )
        return self.answer(self.row())

    @action(detail=True, methods=["get"])
    def problems(self, request: Request, **_kwargs: Any) -> Response:
        """What stands in the way of a version, and what to know before it is approved."""
        return Response(shapes.VersionRemarksOutput(problems_of(self.row())).data)


@contextmanager
def _in_body() -> Iterator[None]:
    """Let a refusal name fields as the document has them: the header's are at its top."""
    try:
        yield
    except RefusedError as refusal:
        refusal.field = refusal.field.removeprefix("header.")
        raise


class CalendarFilter(UpdatedSince):
    """Filters of calendars."""

    code = CodesFilter(lookup_expr="in")

    class Meta:
        model = BusinessCalendar
        fields: list[str] = []


class CalendarViewSet(Listed, Retrieved, Resource):
    """Calendars of working days that payment terms roll by."""

    model = BusinessCalendar
    capability = VIEW
    change_capability = APPROVE
    output = shapes.BusinessCalendarOutput
    detail_output = shapes.BusinessCalendarDetailOutput
    filterset_class = CalendarFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    bodies = {"create": inputs.BusinessCalendarInput, "update": inputs.BusinessCalendarInput}
    answers = {
        "create": {201: shapes.BusinessCalendarDetailOutput},
        "update": {200: shapes.BusinessCalendarDetailOutput},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """One row with its days."""
        return queryset if self.action == "list" else queryset.prefetch_related("days")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List calendars."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One calendar with the days it names."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Write a calendar with all its days."""
        body = self.body()
        made = calendars.save_calendar(
            code=body["code"], name=body["name"], days=inputs.days_from(body)
        )
        return self.answer_created(made.pk)

    def update(self, request: Request, **_kwargs: Any) -> Response:
        """Write a calendar anew, as a whole; posted due dates stay."""
        body = self.body()
        with self.locked() as calendar:
            calendars.save_calendar(
                code=body["code"],
                name=body["name"],
                days=inputs.days_from(body),
                calendar=calendar,
            )
        return self.answer(self.row())
