"""What the pages of contacts share: rows in scope, crumbs, signs."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.views.team.common import account_page
from interactions.choices import InteractionKind, NoteKind
from interactions.models import Interaction, Note
from interactions.selectors import log as reads
from kam.core import formats
from kam.core.badges import Badge, State
from kam.core.pages import Crumbs
from kam.identity.decorators import signed_in
from kam.identity.models import User

# icons: phone building-store users mail confetti message clipboard-check bulb alert-circle
# icons: heart-handshake chart-bar swords tag file-check lock paperclip microphone
KIND_ICONS: dict[str, str] = {
    InteractionKind.CALL: "phone",
    InteractionKind.VISIT: "building-store",
    InteractionKind.MEETING: "users",
    InteractionKind.EMAIL: "mail",
    InteractionKind.EVENT: "confetti",
    InteractionKind.MESSAGE: "message",
    InteractionKind.STORE_CHECK: "clipboard-check",
}
NOTE_ICONS: dict[str, str] = {
    NoteKind.NEED: "bulb",
    NoteKind.CONCERN: "alert-circle",
    NoteKind.PROMISE: "heart-handshake",
    NoteKind.MARKET: "chart-bar",
    NoteKind.COMPETITOR: "swords",
    NoteKind.PRICE: "tag",
    NoteKind.AGREEMENT: "file-check",
}
MOODS: dict[int, State] = {-2: "danger", -1: "warning", 0: "neutral", 1: "success", 2: "success"}


def kind_badge(contact: Interaction) -> Badge:
    """The kind of a contact with its sign."""
    return Badge(contact.get_kind_display(), "neutral", icon=KIND_ICONS[contact.kind])


def get_contact(request: HttpRequest, pk: int) -> Interaction:
    """A contact that the user may read. Raises Http404."""
    found: Interaction = get_object_or_404(reads.contacts_for(signed_in(request)), pk=pk)
    return found


def get_note(request: HttpRequest, pk: int) -> Note:
    """A note of a contact at an account whose contacts the user may log. Raises Http404."""
    user = signed_in(request)
    rows = Note.objects.visible_to(user).select_related(
        "interaction__account", "interaction__place", "position__person"
    )
    found: Note = get_object_or_404(rows, pk=pk)
    get_object_or_404(reads.accounts_to_log(user), pk=found.interaction.account_id)
    return found


def log_url(account: Account | None = None, person: int | None = None) -> str:
    """Where a contact is logged, with what is known of it already."""
    known = {"account": account.pk if account else None, "person": person}
    query = "&".join(f"{name}={value}" for name, value in known.items() if value is not None)
    return reverse("interactions:log") + (f"?{query}" if query else "")


def contacts_crumbs(*steps: tuple[str, str]) -> Crumbs:
    """Breadcrumbs of pages about contacts."""
    here = (_("Contacts"), reverse("interactions:interaction-list") if steps else "")
    return [here, *steps]


def contact_crumbs(user: User, contact: Interaction, *steps: tuple[str, str]) -> Crumbs:
    """Breadcrumbs of one contact: all contacts, its account, itself."""
    account = contact.account
    own = (contact.summary, contact.get_absolute_url() if steps else "")
    return contacts_crumbs((account.name, account_page(user, account, "contacts")), own, *steps)


def evidence_of(contact: Interaction, said: str = "") -> str:
    """A contact as evidence cites it; of a confidential one without what it was about."""
    if contact.is_confidential:
        known = {"kind": contact.get_kind_display(), "day": contact.occurred_on.isoformat()}
        words = _("%(kind)s of %(day)s") % known
        return f"{words} ({said})" if said else words
    words = _("%(kind)s on %(day)s: %(what)s") % {
        "kind": contact.get_kind_display(),
        "day": formats.date(contact.occurred_on),
        "what": contact.summary,
    }
    return f"{words} ({said})" if said else words


def people_in_words(contact: Interaction, most: int = 3) -> str:
    """Who of theirs took part, a few by name; read `participants__position__person` along."""
    names = [one.position.person.name for one in contact.participants.all() if one.position.person]
    shown = ", ".join(names[:most])
    rest = len(names) - most
    return _("%(names)s and %(n)s more") % {"names": shown, "n": rest} if rest > 0 else shown


def ago(moment: datetime, now: datetime) -> int:
    """Full days since."""
    return (now.date() - moment.date()).days
