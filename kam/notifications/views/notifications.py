"""One's own notifications: the bell, the list, and what was read."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from kam.core import formats, htmx
from kam.core.badges import Badge
from kam.core.pages import safe_next
from kam.core.tables import BulkAction, Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from kam.notifications import selectors
from kam.notifications.filters import NotificationFilter
from kam.notifications.models import Notification
from kam.notifications.registry import kind_of
from kam.notifications.services import reading

VIEW = "notifications.view"


def _what(row: Notification) -> Any:
    """Title and body, the title bold while unread."""
    title = format_html("<strong>{}</strong>", row.title) if not row.is_read else row.title
    link = format_html('<a href="{}">{}</a>', row.get_absolute_url(), title)
    if not row.body:
        return link
    return format_html('{}<br><span class="text-secondary">{}</span>', link, row.body)


def _state(row: Notification) -> Badge:
    if row.is_read:
        return Badge(_("Read"), "muted")
    return Badge(_("Unread"), "info")


COLUMNS = [
    Column(name="what", title=gettext_lazy("What"), kind="html", value=_what, css="is-wrap"),
    Column(name="kind", title=gettext_lazy("Kind"), value=lambda row: kind_of(row.kind).title),
    Column(name="when", title=gettext_lazy("When"), kind="datetime", value="occurred_at",
           sort="occurred_at", nullable=False),
    Column(name="state", title=gettext_lazy("State"), kind="badge", value=_state),
    Column(name="mailed", title=gettext_lazy("Mailed"), kind="datetime", value="mailed_at",
           default=False, unknown=gettext_lazy("Not sent by e-mail")),
]  # fmt: skip


def _shown(unread: int) -> str:
    return f"{selectors.MOST}+" if unread > selectors.MOST else formats.number(unread)


@requires(VIEW)
@require_GET
@never_cache
def bell(request: HttpRequest) -> HttpResponse:
    """The sign in the top bar; without scripts it leads to the list."""
    if not htmx.is_htmx(request):
        return redirect("notifications:list")
    unread = selectors.unread_count(signed_in(request))
    context = {"unread": unread, "shown": _shown(unread)}
    return render(request, "notifications/bell.html", context)


@requires(VIEW)
@require_GET
def notification_list(request: HttpRequest) -> HttpResponseBase:
    """Everything one was told, the latest first."""
    user = signed_in(request)
    rows = selectors.notifications_for(user)
    table = Table(
        request,
        rows,
        COLUMNS,
        name="notifications",
        caption=_("Notifications"),
        default_sort="-when",
        filters=NotificationFilter,
        bulk=[
            BulkAction(title=_("Mark as read"), url=reverse("notifications:read"), icon="check"),
            BulkAction(
                title=_("Mark as unread"), url=reverse("notifications:unread"), icon="circle"
            ),
        ],
        empty=Empty(
            _("Nothing yet"),
            _("You are told here when something of yours changes or waits for you."),
            _("Choose what is sent"),
            reverse("notifications:preferences"),
            icon="bell",
        ),
    )
    unread = selectors.unread_count(user)
    newest = rows.order_by("-pk").values_list("pk", flat=True).first()
    context = {
        "unread": unread,
        "shown": _shown(unread),
        "up_to": newest or 0,
        "crumbs": [(_("Notifications"), "")],
    }
    return table.response("notifications/notification_list.html", context)


@requires(VIEW)
@require_GET
@never_cache
def open_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as read and go to its page."""
    user = signed_in(request)
    row = get_object_or_404(selectors.notifications_for(user), pk=pk)
    reading.mark_read(user=user, ids=[row.pk], at=timezone.now())
    return redirect(row.url)


def _ids(request: HttpRequest) -> list[int]:
    return [int(one) for one in request.POST.getlist("ids") if one.isdigit() and len(one) < 19]


def _back(request: HttpRequest) -> HttpResponse:
    return htmx.redirect(request, safe_next(request, reverse("notifications:list")))


@requires(VIEW)
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark some as read."""
    count = reading.mark_read(user=signed_in(request), ids=_ids(request), at=timezone.now())
    messages.success(request, _read_words(count))
    return _back(request)


@requires(VIEW)
@require_POST
def unread(request: HttpRequest) -> HttpResponse:
    """Let some stand as unread again."""
    reading.mark_unread(user=signed_in(request), ids=_ids(request))
    return _back(request)


@requires(VIEW)
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all as read that stood on the page when it was made."""
    text = request.POST.get("up_to", "")
    up_to = int(text) if text.isdigit() and len(text) < 19 else 0
    count = reading.mark_all_read(user=signed_in(request), up_to=up_to, at=timezone.now())
    messages.success(request, _read_words(count))
    return _back(request)


def _read_words(count: int) -> str:
    words = ngettext(
        "%(n)s notification is marked as read.", "%(n)s notifications are marked as read.", count
    )
    return words % {"n": formats.number(count)}
