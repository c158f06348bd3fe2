"""Photos of store checks over the API: sent as a form with a file, read as an attachment."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers.placement import StoreCheckLineOutput
from accounts.api.views.people import Looking
from accounts.choices import CheckState
from accounts.models import Account, StoreCheckLine
from accounts.services.placement import checks
from accounts.services.placement.photos import CONTENT_TYPES
from accounts.views.placement.photos import as_attachment
from kam.core.api.parsers import BoundedJSONParser
from kam.core.api.serializers import Input, TextField
from kam.core.problems import RefusedError
from kam.identity.models import User


class PhotoInput(Input):
    """A photo of a shelf; a finished check is put right with a reason."""

    photo = serializers.FileField(help_text=_("JPEG, PNG or WebP, at most 10 MB."))
    why = TextField(max_length=300, help_text=_("Needed once the check is finished."))


class StoreCheckPhotoViewSet(Looking):
    """The photo of one line of a store check, by the number of the line."""

    model = StoreCheckLine
    capability = "placement.view"
    change_capability = "placement.check"
    output = StoreCheckLineOutput
    parser_classes = (BoundedJSONParser, MultiPartParser)
    bodies = {"update": PhotoInput}
    answers = {"update": {200: StoreCheckLineOutput}}

    def get_queryset(self) -> QuerySet[Any]:
        """Lines of finished checks and of one's own drafts."""
        rows = super().get_queryset()
        if not isinstance(self.request.user, User):
            return rows
        known = Q(check_of__state=CheckState.FINISHED) | Q(check_of__checker=self.user)
        return rows.filter(known)

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With the check and what was agreed."""
        return queryset.select_related(
            "check_of__account", "placement__product", "placement__category"
        )

    @extend_schema(responses={(200, kind): OpenApiTypes.BINARY for kind in CONTENT_TYPES.values()})
    def retrieve(self, request: Request, **_kwargs: Any) -> FileResponse:
        """The photo as it was sent, as a download."""
        return as_attachment(self.row())

    @extend_schema(request={"multipart/form-data": PhotoInput})
    def update(self, request: Request, **_kwargs: Any) -> Response:
        """Keep a photo with a line; a former one of a draft goes.

        Told by its content, whatever its name says. What was seen must be said first. Lines of a
        finished check are put right with `why`, which stays on record with the former photo.
        """
        body = self.body()
        line = self.row()
        rows = Account.objects.editable_by(self.user).not_merged()
        if not rows.filter(pk=line.check_of.account_id).exists():
            raise Http404
        if not line.outcome:
            words = _("Say first what was seen.")
            raise RefusedError(words, field="photo", code="nobody_looked")
        seen = checks.Seen(
            outcome=line.outcome,
            quantity=line.quantity,
            reason=line.reason,
            note=line.note,
            photo=body["photo"],
        )
        if line.check_of.is_finished:
            checks.correct(line=line, seen=seen, why=body.get("why", ""), author=self.user)
        else:
            checks.record(line=line, seen=seen)
        return self.answer(self.row())
