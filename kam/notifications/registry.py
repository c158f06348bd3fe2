"""What people can be told: apps register kinds from `AppConfig.ready`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from kam.core.formats import Text
from kam.core.problems import RefusedError
from kam.core.registry import Registry
from kam.notifications.choices import Mail


@dataclass(frozen=True)
class Told:
    """A notification in words of the reader's language."""

    title: str
    body: str = ""


@dataclass(frozen=True, kw_only=True)
class NotificationKind:
    """Something that people can be told.

    `told(params)` speaks in the language in force, at reading and mailing time: use `gettext` in
    it, and `kam.core.formats` for figures; of dates and amounts `params` has texts (ISO, plain).
    `visible(user)` answers the subjects that the user may see, as a queryset
    (`Account.objects.visible_to(user).values("pk")`); it is asked again whenever rows are read or
    mailed, so that what one lost sight of is hidden. Without it, and for rows told without
    a `subject_id`, it is about the reader alone. `capability` is what the reader must hold
    besides. `title` and `explains` stand on the page of preferences; `in_app` and `mail` hold
    until a user chooses otherwise.
    """

    key: str
    title: Text
    explains: Text
    told: Callable[[Mapping[str, Any]], Told]
    visible: Callable[[Any], Any] | None = None
    capability: str = ""
    icon: str = "bell"
    in_app: bool = True
    mail: Mail = Mail.DIGEST
    order: int = 100


class UnknownKindError(RefusedError):
    """No app registered a kind of notification of this name."""

    code, field = "unknown_notification_kind", "kinds"
    words = _("There is no such kind of notification.")


kinds: Registry[NotificationKind] = Registry()


def kind_of(key: str) -> NotificationKind:
    """The kind of a key; raises UnknownKindError for one that nobody registered."""
    found = kinds.get(key)
    if found is None:
        raise UnknownKindError
    return found


def spoken(kind: str, params: Mapping[str, Any] | str) -> Told:
    """What a notification says, in the language in force; its kind alone if words are missing."""
    found = kind_of(kind)
    values = json.loads(params) if isinstance(params, str) else params
    try:
        return found.told(values)
    except (KeyError, TypeError, ValueError):  # written by an older version of its app
        return Told(str(found.title))
