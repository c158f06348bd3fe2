"""Shapes of the timeline and of the search."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.serializers.people import RowId
from kam.core.api.serializers import Input, Output
from kam.core.timeline import BadPointError, decode


class TimelineQuery(Input):
    """What of the timeline is asked."""

    account = RowId(required=False)
    alone = serializers.BooleanField(
        required=False, default=False, help_text=_("Without the accounts below it.")
    )
    person = RowId(required=False)
    source = serializers.CharField(  # type: ignore[assignment]  # DRF takes declared fields off the class
        required=False, help_text=_("Sources, with commas between; none: all."), max_length=300
    )
    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False, help_text=_("The first day that is left out."))
    q = serializers.CharField(required=False, max_length=300)
    cursor = serializers.CharField(required=False, help_text=_("Opaque; take it from `next`."))
    page_size = serializers.IntegerField(
        required=False, default=50, min_value=1, max_value=500, help_text=_("Events on a page.")
    )

    def validate_cursor(self, value: str) -> Any:
        """The point behind which the page begins."""
        try:
            return decode(value)
        except BadPointError as error:
            words = _("This cursor does not belong to this list and order; start without one.")
            raise serializers.ValidationError(words, code="invalid_cursor") from error


class EventNoteOutput(Output):
    """One thing heard."""

    kind = serializers.CharField()
    text = serializers.CharField()


class EventOutput(Output):
    """Something that happened."""

    source = serializers.CharField(help_text=_("Which kind of events it belongs to."))  # type: ignore[assignment]  # DRF takes declared fields off the class
    strand = serializers.CharField(help_text=_("With `id` it names the event once."))
    id = serializers.IntegerField(source="pk")
    occurred_at = serializers.DateTimeField()
    is_day = serializers.BooleanField(help_text=_("Known by day: it stands at the day's end."))
    kind = serializers.CharField()
    state = serializers.CharField()
    title = serializers.CharField()
    detail = serializers.CharField()
    notes = serializers.SerializerMethodField()
    who = serializers.CharField()
    account = serializers.CharField()
    is_confidential = serializers.BooleanField()
    url = serializers.CharField(help_text=_("Its page."))

    def get_notes(self, event: Any) -> list[dict[str, str]]:
        """What was heard, by its kind."""
        return [{"kind": str(kind), "text": str(text)} for kind, text in event.notes]


class TimelinePage(Output):
    """A page of events, the newest first."""

    next = serializers.CharField(allow_null=True, help_text=_("Address of the next page."))
    results = EventOutput(many=True)


class SearchQuery(Input):
    """What is searched."""

    q = serializers.CharField(max_length=300)
    account = RowId(required=False)
    cursor = serializers.CharField(required=False, help_text=_("Opaque; take it from `next`."))
    page_size = serializers.IntegerField(required=False, default=20, min_value=1, max_value=100)
