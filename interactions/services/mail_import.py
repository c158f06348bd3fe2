"""Taking an e-mail into the log: what is read from it, and storing what somebody made of that."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction

from accounts.models import Account, Position
from interactions.analytics.mail import Mail, Part, read_mail
from interactions.choices import Direction, InteractionKind, InteractionSource
from interactions.models import Interaction
from interactions.selectors.matching import Matched, known_by, matched
from interactions.services.attachments import MOST, attach_all
from interactions.services.log import Contact, log_contact
from kam.core.clock import organisation_zone
from kam.core.file_kinds import checked
from kam.core.problems import RefusedError, explained
from kam.identity.models import User


@dataclass(frozen=True, kw_only=True)
class MailPreview:
    """What a mail says, who is meant, which of its files can be kept, and whether it is known."""

    mail: Mail
    people: Matched
    direction: str
    files: Sequence[Part] = ()
    left_out: Sequence[Part] = ()
    is_known: bool = False


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What somebody made of a mail before it is stored."""

    account: Account
    occurred_at: datetime
    summary: str
    text: str
    direction: str
    participants: Sequence[Position] = ()
    colleagues: Sequence[User] = ()
    files: Collection[int] = field(default_factory=set)
    is_confidential: bool = False


def preview_of(
    content: bytes, *, user: User, now: datetime, account: Account | None = None
) -> MailPreview:
    """Return what a mail would become. Raises NotAMailError. Nothing is stored."""
    mail = read_mail(content)
    addresses = [*mail.senders, *mail.recipients]
    known = known_by(user, [address for address, _name in addresses])
    day = (mail.sent_at or now).astimezone(organisation_zone()).date()
    people = matched(known, addresses, day=day, account=account)
    is_ours = any(address in known.users for address, _name in mail.senders)
    kept = [part for part in mail.parts if _is_kept(part)]
    return MailPreview(
        mail=mail,
        people=people,
        direction=Direction.OUTBOUND if is_ours else Direction.INBOUND,
        files=kept[:MOST],
        left_out=[part for part in mail.parts if part not in kept[:MOST]],
        is_known=Interaction.objects.filter(
            source=InteractionSource.EMAIL, source_key=mail.key
        ).exists(),
    )


@explained()
@transaction.atomic
def take_mail(*, preview: MailPreview, taken: Taken, author: User, now: datetime) -> Interaction:
    """Log a mail as a contact, with the files that were chosen. All or nothing.

    Raises what `log_contact` does, LoggedAlreadyError for a mail that is in the log.
    """
    contact = Contact(
        account=taken.account,
        kind=InteractionKind.EMAIL,
        occurred_at=taken.occurred_at,
        summary=taken.summary,
        text=taken.text,
        direction=taken.direction,
        is_confidential=taken.is_confidential,
        participants=dict.fromkeys(taken.participants),
        colleagues=taken.colleagues,
        source=InteractionSource.EMAIL,
        source_key=preview.mail.key,
    )
    row = log_contact(contact=contact, author=author, now=now)
    chosen = [_file(part) for part in preview.files if part.number in taken.files]
    attach_all(interaction=row, uploads=chosen, by=author)
    return row


def _file(part: Part) -> ContentFile[bytes]:
    return ContentFile(part.content, name=part.name)


def _is_kept(part: Part) -> bool:
    try:
        checked(_file(part))
    except RefusedError:
        return False
    return True
