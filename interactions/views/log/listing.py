"""The list of contacts, and its file that the import reads again."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from interactions.models import Interaction
from interactions.selectors import log as reads
from interactions.selectors.portable import CONTACTS, contact_rows
from interactions.views.log import common
from interactions.views.log.filters import ContactFilter, account_named
from interactions.views.log.tabs import tabs
from kam.core import exports
from kam.core.registry import may
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in

COLUMNS = [
    Column(name="when", title=gettext_lazy("When"), kind="datetime", value="occurred_at",
           sort="occurred_at"),
    Column(name="kind", title=gettext_lazy("Kind"), kind="badge", value=common.kind_badge,
           sort="kind"),
    Column(name="summary", title=gettext_lazy("In one line"), sort="summary"),
    Column(name="account", title=gettext_lazy("Account"), value="account.name",
           sort="account__name_key"),
    Column(name="people", title=gettext_lazy("With"),
           value=lambda row: common.people_in_words(row) or None,
           unknown=gettext_lazy("Nobody of theirs is named")),
    Column(name="author", title=gettext_lazy("Logged by"), value="author.full_name",
           sort="author__full_name"),
    Column(name="direction", title=gettext_lazy("Direction"),
           value=lambda row: row.get_direction_display(), sort="direction", default=False),
    Column(name="minutes", title=gettext_lazy("Minutes"), kind="number", places=0, sort="minutes",
           unknown=gettext_lazy("No duration told"), default=False),
    Column(name="place", title=gettext_lazy("Place"),
           value=lambda row: row.place.name if row.place else None, sort="place__name_key",
           unknown=gettext_lazy("No place told"), default=False),
    Column(name="confidential", title=gettext_lazy("Confidential"),
           value=lambda row: _("Confidential") if row.is_confidential else None,
           unknown=gettext_lazy("Open to all who see the account"), default=False),
]  # fmt: skip


@requires("interactions.view")
@require_GET
def interaction_list(request: HttpRequest) -> HttpResponseBase:
    """Contacts that the user may read, filtered, the latest first."""
    user = signed_in(request)
    table = Table(
        request,
        reads.contacts_for(user),
        COLUMNS,
        name="contacts",
        caption=_("Contacts"),
        default_sort="-when",
        row_url=Interaction.get_absolute_url,
        filters=ContactFilter,
        empty=Empty(
            _("No contacts yet"),
            _("Calls, visits, meetings and mails with customers stand here."),
            _("Log a contact"),
            reverse("interactions:log"),
            icon="messages",
        ),
    )
    context: dict[str, Any] = {
        "crumbs": common.contacts_crumbs(),
        "tabs": tabs(request, "interaction-list"),
        "may_log": user.can("interactions.log"),
        "may_import": may(user, "imports.run"),
        "may_configure": user.can("interactions.configure"),
        "of_account": account_named(user, request.GET.get("account", "")),
    }
    return table.response("interactions/contact_list.html", context)


@requires("interactions.view")
@require_GET
def interaction_file(request: HttpRequest) -> HttpResponseBase:
    """All contacts in one's scope, in the layout of their import."""
    user = signed_in(request)
    rows = list(contact_rows(user))
    return exports.export_response(
        request,
        name="contacts",
        kind=request.GET.get("export", "csv"),
        headings=CONTACTS,
        records=lambda: rows,
        exceeds=lambda limit: len(rows) > limit,
        back_url=reverse("interactions:interaction-list"),
    )
