"""Contacts: logged in one request, read, put right, with their files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import FileResponse, Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views.people import unknown
from accounts.api.views.promises import OfAccounts, Working
from accounts.models import Account, Position
from interactions.api.serializers import contacts as shapes
from interactions.choices import Direction, InteractionKind, InteractionSource
from interactions.forms.log import usual_direction
from interactions.models import Attachment, Interaction
from interactions.selectors import log as reads
from interactions.services import attachments, changing
from interactions.services.becoming import Wish
from interactions.services.log import Contact, Said, log_contact
from interactions.views.log.files import download
from kam.core.api.base import Listed, Retrieved
from kam.core.api.parsers import BoundedJSONParser
from kam.core.file_kinds import CONTENT_TYPES
from kam.core.filters import ChoicesFilter, IdFilter

VIEW, LOG = "interactions.view", "interactions.log"
_WISHES = ("keep", "importance", "side", "due_on", "competitor", "follow_up_on")
_PLAIN = ("kind", "direction", "occurred_at", "minutes", "summary", "text", "is_confidential")


class ContactFilter(OfAccounts):
    """Filters of contacts."""

    kind = ChoicesFilter(choices=InteractionKind, lookup_expr="in")
    direction = ChoicesFilter(choices=Direction, lookup_expr="in")
    author = IdFilter(field_name="author_id")
    person = IdFilter(method="with_person", help_text=gettext_lazy("Who took part."))
    occurred_from = django_filters.DateFilter(field_name="occurred_on", lookup_expr="gte")
    occurred_before = django_filters.DateFilter(field_name="occurred_on", lookup_expr="lt")
    confidential = django_filters.BooleanFilter(field_name="is_confidential")

    class Meta:
        model = Interaction
        fields: list[str] = []

    def with_person(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """Contacts that a person took part in."""
        return rows.filter(participants__position__person=int(pk)).distinct()


class ContactViewSet(Listed, Retrieved, Working):
    """Contacts with customers: what was said, with whom, and what was heard."""

    model = Interaction
    capability = VIEW
    change_capability = LOG
    output = shapes.ContactOutput
    detail_output = shapes.ContactDetailOutput
    filterset_class = ContactFilter
    parser_classes = (BoundedJSONParser, MultiPartParser)
    orderings = {"id": "pk", "occurred_at": "occurred_at", "updated_at": "updated_at"}
    bodies = {
        "create": shapes.ContactInput,
        "correct": shapes.ContactCorrection,
        "attachments": shapes.AttachmentInput,
    }
    answers = {
        "create": {201: shapes.ContactDetailOutput},
        "correct": {200: shapes.ContactDetailOutput},
        "attachments": {201: shapes.AttachmentOutput},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With everything that belongs to them."""
        rows = queryset.select_related("account", "place", "author").prefetch_related(
            "participants__position__person", "colleagues__user", "notes__need", "attachments"
        )
        return rows if self.action == "list" else rows.prefetch_related("corrections__author")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List contacts; confidential ones for the account's team and their author alone."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One contact with its corrections."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Log a contact with participants and notes; all of it or nothing.

        You are its author. A note with `keep` becomes a need, a concern, a promise or a
        competitor's move.
        """
        body = self.body()
        account = self.worked_on(body["account"])
        notes = body.pop("notes", [])
        facts = self._facts(account, {"minutes": None, "place": None, **body})
        made = log_contact(
            contact=Contact(
                account=account,
                source=InteractionSource.API,
                notes=[self._said(account, note) for note in notes],
                **facts,
            ),
            author=self.user,
            now=timezone.now(),
        )
        return self.answer_created(made.pk)

    @action(detail=True, methods=["post"])
    def correct(self, request: Request, **_kwargs: Any) -> Response:
        """Put a contact right with a reason; what it said before stays on record.

        Its author, and who may change the account. What is left out stays as it is.
        """
        body = self.body()
        with self.locked() as contact:
            if not reads.may_correct(contact, self.user):
                raise Http404
            facts = {**_present(contact), **self._facts(contact.account, body)}
            changing.correct_contact(
                interaction=contact,
                contact=Contact(account=contact.account, **facts),
                why=body["why"],
                author=self.user,
                now=timezone.now(),
            )
        return self.answer(self.row())

    @extend_schema(request={"multipart/form-data": shapes.AttachmentInput})
    @action(detail=True, methods=["post"])
    def attachments(self, request: Request, **_kwargs: Any) -> Response:
        """Keep a file with a contact: told by its content, at most 20 MB and ten a contact."""
        upload = self.body()["file"]
        with self.locked() as contact:
            self.worked_on(contact.account_id)
            kept = attachments.attach(interaction=contact, upload=upload, by=self.user)
        return Response(shapes.AttachmentOutput(kept).data, status=status.HTTP_201_CREATED)

    # What a body names

    def _facts(self, account: Account, body: Mapping[str, Any]) -> dict[str, Any]:
        facts = {name: body[name] for name in _PLAIN if name in body}
        if "kind" in body:
            facts.setdefault("direction", usual_direction(body["kind"]))
        if "place" in body:
            facts["place"] = self._place(account, body["place"])
        if "colleagues" in body:
            facts["colleagues"] = body["colleagues"]
        if "participants" in body:
            facts["participants"] = self._participants(account, body["participants"])
        return facts

    def _place(self, account: Account, pk: int | None) -> Account | None:
        if pk is None:
            return None
        rows = reads.accounts_to_log(self.user).filter(current_group=account.current_group_id)
        found = rows.filter(pk=pk).first()
        if found is None:
            raise unknown("place", _("There is no such place of this customer."))
        return found

    def _participants(
        self, account: Account, rows: Sequence[Mapping[str, Any]]
    ) -> dict[Position, int | None]:
        known = reads.people_known(account, self.user, [row["position"] for row in rows])
        found = {}
        for number, row in enumerate(rows):
            if row["position"] not in known:
                raise unknown(f"participants.{number}.position", _("There is no such position."))
            found[known[row["position"]]] = row.get("sentiment")
        return found

    def _said(self, account: Account, note: Mapping[str, Any]) -> Said:
        pk = note.get("position")
        known = reads.people_known(account, self.user, [pk] if pk else [])
        if pk and pk not in known:
            raise unknown("notes", _("There is no such position."))
        wish = Wish(**{name: note[name] for name in _WISHES if name in note})
        return Said(kind=note["kind"], text=note["text"], position=known.get(pk or 0), wish=wish)


def _present(contact: Interaction) -> dict[str, Any]:
    facts: dict[str, Any] = {name: getattr(contact, name) for name in (*_PLAIN, "place")}
    facts["colleagues"] = [one.user for one in contact.colleagues.all()]
    facts["participants"] = {one.position: one.sentiment for one in contact.participants.all()}
    return facts


class ContactFileViewSet(Working):
    """Files kept with contacts, by their number."""

    model = Attachment
    capability = VIEW
    output = shapes.AttachmentOutput

    @extend_schema(responses={(200, kind): OpenApiTypes.BINARY for kind in CONTENT_TYPES.values()})
    def retrieve(self, request: Request, **_kwargs: Any) -> FileResponse:
        """A file as it was sent, as a download."""
        return download(self.row())
