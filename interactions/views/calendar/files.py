"""A calendar file: uploaded, looked at, taken or dropped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from interactions.analytics.ical_reading import BrokenCalendarError
from interactions.choices import UploadKind
from interactions.forms.calendar import CalendarFileForm
from interactions.models import Meeting, Upload
from interactions.services import uploads
from interactions.services.calendar import Span
from interactions.services.calendar_import import Preview, Row, preview_of, take_calendar
from interactions.views.calendar.common import crumbs_of, when
from kam.core import formats
from kam.core.badges import Badge, State
from kam.core.pages import form_page
from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import requires, signed_in

SHOWN = 500
BROKEN = {
    "too_large": gettext_lazy("The file is too large: at most 5 MB."),
    "empty": gettext_lazy("The file is empty."),
    "no_calendar": gettext_lazy("This is no calendar: it does not begin with BEGIN:VCALENDAR."),
    "bad_line": gettext_lazy("There is a line that no calendar has."),
    "bad_nesting": gettext_lazy("A part of the calendar ends that did not begin."),
    "cut_off": gettext_lazy("The file is cut off: a part of it does not end."),
    "unreadable": gettext_lazy("The file cannot be read as a calendar."),
}
ACTIONS: dict[str, tuple[Any, State]] = {
    "new": (gettext_lazy("New"), "success"),
    "update": (gettext_lazy("Changed"), "info"),
    "cancel": (gettext_lazy("Called off"), "warning"),
    "gone": (gettext_lazy("No longer in the series: called off"), "warning"),
    "unchanged": (gettext_lazy("As it is here"), "muted"),
    "older": (gettext_lazy("Newer here: stays"), "muted"),
    "logged": (gettext_lazy("In the log: stays"), "muted"),
    "cancelled": (gettext_lazy("Cancelled: not taken"), "muted"),
    "too_long": (gettext_lazy("Longer than 92 days: not taken"), "muted"),
}
NOTES = {
    "without_zone": gettext_lazy("No time zone is given: the organisation's is assumed."),
    "length_assumed": gettext_lazy("No end is given: half an hour is assumed."),
    "without_end": gettext_lazy("Repeats without end: taken for the next 12 months."),
    "series_cut": gettext_lazy("Repeats too often: the first 366 are taken."),
    "unusual_rule": gettext_lazy("Its rule of repeating is not known here: taken once."),
    "attendees_cut": gettext_lazy("More than 100 people are invited: the first 100 are read."),
}
FILE_NOTES = {
    "encoding_guessed": gettext_lazy(
        "The file does not say how its letters are written: that was guessed. Check the names."
    ),
    "too_many": gettext_lazy("The file holds too many meetings: the first ones are shown."),
    "took_too_long": gettext_lazy("Some of the file took too long to read and is left out."),
}
REASONS = {
    "no_start": gettext_lazy("says no time"),
    "bad_time": gettext_lazy("its time cannot be read"),
    "bad_rule": gettext_lazy("its rule of repeating cannot be read"),
}


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def file_create(request: HttpRequest) -> HttpResponse:
    """Upload a calendar file; nothing is stored in the calendar yet."""
    form = CalendarFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = uploads.keep_upload(
                user=signed_in(request),
                kind=UploadKind.CALENDAR,
                upload=form.cleaned_data["file"],
                account=None,
                now=timezone.now(),
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            return _readable(request, form, row)
    return _upload_page(request, form)


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def file_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What would become of each meeting; taking those that are ticked."""
    user, today = signed_in(request), timezone.localdate()
    upload = _upload(request, pk)
    preview = preview_of(uploads.content_of(upload), user=user, as_of=today)
    if request.method == "POST":
        if request.POST.get("digest") != preview.digest:
            messages.warning(request, _("The calendar changed meanwhile. Look once more."))
            return redirect("interactions:calendar-file", pk=pk)
        try:
            count = take_calendar(
                preview=preview,
                chosen=set(request.POST.getlist("take")),
                user=user,
                as_of=today,
                is_private="is_private" in request.POST,
            )
        except RefusedError as problem:
            messages.error(request, _("Nothing was stored: %s") % problem.message)
            return redirect("interactions:calendar-file", pk=pk)
        uploads.drop_upload(upload=upload)
        words = ngettext("%(count)s meeting was taken.", "%(count)s meetings were taken.", count)
        messages.success(request, words % {"count": formats.number(count)})
        return redirect("interactions:calendar")
    return render(request, "interactions/calendar_file.html", _context(upload, preview))


@requires("interactions.log")
@require_POST
def file_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget an uploaded file."""
    uploads.drop_upload(upload=_upload(request, pk))
    messages.success(request, _("The file was dropped. Nothing was stored."))
    return redirect("interactions:calendar")


def _upload(request: HttpRequest, pk: int) -> Upload:
    rows = Upload.objects.visible_to(signed_in(request)).filter(kind=UploadKind.CALENDAR)
    found: Upload = get_object_or_404(rows, pk=pk)
    return found


def _readable(request: HttpRequest, form: CalendarFileForm, row: Upload) -> HttpResponse:
    """On to the preview; a file that cannot be read goes, with where it breaks."""
    user, today = signed_in(request), timezone.localdate()
    try:
        preview_of(uploads.content_of(row), user=user, as_of=today)
    except BrokenCalendarError as broken:
        uploads.drop_upload(upload=row)
        form.add_error("file", _where(broken))
        return _upload_page(request, form)
    return redirect("interactions:calendar-file", pk=row.pk)


def _where(broken: BrokenCalendarError) -> str:
    words = str(BROKEN[broken.code])
    if not broken.line:
        return words
    return _("Line %(line)s: %(words)s") % {"line": broken.line, "words": words}


def _upload_page(request: HttpRequest, form: CalendarFileForm) -> HttpResponse:
    return form_page(
        request,
        form,
        title=_("Take a calendar file"),
        lead=_("Nothing changes before you have seen what would change."),
        save=_("Upload"),
        cancel_url=reverse("interactions:calendar"),
        crumbs=crumbs_of((_("Calendar file"), "")),
    )


def _context(upload: Upload, preview: Preview) -> dict[str, Any]:
    rows = sorted(preview.rows, key=lambda row: not row.is_taken)
    reading = preview.reading
    return {
        "upload": upload,
        "rows": list(_shown(rows[:SHOWN])),
        "hidden": [row.key for row in rows[SHOWN:] if row.is_taken],
        "taken": preview.count("new", "update", "cancel", "gone"),
        "digest": preview.digest,
        "notes": [FILE_NOTES[one] for one in sorted(reading.notes)],
        "outside": reading.outside,
        "unreadable": [(title, REASONS[reason]) for title, reason in reading.unreadable],
        "crumbs": crumbs_of((_("Calendar file"), "")),
    }


def _badge(row: Row) -> str:
    words, state = ACTIONS[row.action]
    return Badge(words, state).__html__()


def _shown(rows: Sequence[Row]) -> Iterator[tuple[Row, str, str, Sequence[Any]]]:
    """Rows with their words; what is said of a series is said once."""
    told: set[tuple[str, str]] = set()
    for row in rows:
        uid = row.origin.uid if row.origin is not None else row.key
        notes = [one for one in row.notes if (uid, one) not in told]
        told |= {(uid, one) for one in notes}
        yield row, _badge(row), _when(row.span), [NOTES[one] for one in notes]


def _when(span: Span) -> str:
    first, last = span.days()
    return when(
        Meeting(
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            starts_on=first,
            ends_on=last,
            is_all_day=span.is_all_day,
        )
    )
