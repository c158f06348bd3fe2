from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from kam.core.registry import may
from kam.notifications.choices import Mail
from kam.notifications.registry import kinds

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from kam.identity.models import User

MAX_TRIES = 5


def still_seen(user: User) -> Q:
    """What selects notifications whose subject the user may see now, one subquery per scope.

    A subquery about the row's own subject: few rows of one user are looked at, and their subjects
    are found by key, however many the user may see.
    """
    by_scope: dict[Any, list[str]] = defaultdict(list)
    for kind in kinds:
        if may(user, kind.capability):
            by_scope[kind.visible].append(kind.key)
    found = Q(pk__in=[])
    for visible, keys in by_scope.items():
        part = Q(kind__in=keys)
        if visible is not None:
            subject = visible(user).filter(pk=OuterRef("subject_id"))
            part &= Q(subject_id__isnull=True) | Q(Exists(subject))
        found |= part
    return found


class NotificationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """One's own notifications in the app, as far as one may still see what they are about."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(still_seen(user), user=user, in_app=True)

    def unread(self) -> Self:
        """Those that were not looked at yet."""
        return self.filter(read_at__isnull=True)

    def to_mail(self, mail: Mail) -> Self:
        """Those that wait to be mailed in this way; what was read in the app is not."""
        return self.filter(
            mail=mail,
            mailed_at__isnull=True,
            read_at__isnull=True,
            tries__lt=MAX_TRIES,
            user__is_active=True,
        )


class OwnQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """One's own rows alone."""
        return self.filter(user=user.pk) if user.is_authenticated else self.none()
