from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from accounts.querysets import of_teams, works_on

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from kam.identity.models import User


def readable(user: User, prefix: str = "") -> Q:
    """What selects the contacts that a user may read; `prefix` leads to the interaction.

    Those of accounts that one sees or works on as a supporting member; confidential ones only
    for the account's team and their author.
    """
    account = f"{prefix}account__"
    open_ones = Q(**{f"{prefix}is_confidential": False}) & works_on(user, account)
    return open_ones | of_teams(user, account) | Q(**{f"{prefix}author": user})


class InteractionQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Contacts that the user may read, see `readable`."""
        return self.filter(readable(user)) if user.is_authenticated else self.none()


class OfInteractionQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Parts of contacts that the user may read."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(readable(user, "interaction__"))


class OwnQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """One's own rows alone."""
        return self.filter(user=user) if user.is_authenticated else self.none()


class NeedQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Needs of accounts that one sees or supports; heard in confidence, for its readers alone.

        A need that grew out of a confidential contact is read by whoever may read the contact.
        """
        if not user.is_authenticated:
            return self.none()
        heard = Q(note__isnull=True) | readable(user, "note__interaction__")
        return self.filter(works_on(user, "account__")).filter(heard)

    def open(self) -> Self:
        """Those that still matter."""
        return self.filter(closed_on__isnull=True)

    def unanswered(self) -> Self:
        """Open ones to which we have no answer, not even in words."""
        return self.open().filter(
            programme_item__isnull=True, opportunity__isnull=True, task__isnull=True,
            answer_words="",
        )  # fmt: skip
