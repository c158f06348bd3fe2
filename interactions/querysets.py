from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from accounts.querysets import of_teams, works_on
from interactions.analytics.concerns import UNSOLVED
from interactions.analytics.search import parse

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


BEST_FIRST = ("-relevance", "-occurred_at", "-pk")


class InteractionQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Contacts that the user may read, see `readable`."""
        return self.filter(readable(user)) if user.is_authenticated else self.none()

    def matching(self, typed: str) -> Self:
        """Contacts that say what was typed, in themselves or in a note, in the order they have."""
        return self.filter(pk__in=_contact_words().finding(typed).values("object_id"))

    def search(self, typed: str) -> Self:
        """Contacts that say what was typed with their `relevance`, the best first, then the
        latest."""
        words = _contact_words().filter(object_id=models.OuterRef("pk"))
        rank = models.Subquery(words.annotate(one=relevance(typed)).values("one")[:1])
        return self.matching(typed).annotate(relevance=rank).order_by(*BEST_FIRST)


def _contact_words() -> Any:
    words = apps.get_model("interactions", "SearchText")._default_manager
    return words.filter(kind="contact")


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


class VoiceQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What customers say, at accounts that one sees or works on as a supporting member."""
        return self.filter(works_on(user, "account__")) if user.is_authenticated else self.none()


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


def concerns_of(user: User, prefix: str = "") -> Q:
    """What selects the concerns that a user may read; `prefix` leads to the concern.

    As contacts are (`readable`), and those that one, or somebody one stands in for, owns.
    """
    return readable(user, prefix) | Q(**{f"{prefix}owner__in": user.acting_user_ids()})


class ConcernQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Concerns that the user may read, see `concerns_of`."""
        return self.filter(concerns_of(user)) if user.is_authenticated else self.none()

    def editable_by(self, user: User) -> Self:
        """Visible concerns, for who may work on what customers say."""
        return self.visible_to(user) if user.can("interactions.log") else self.none()

    def unsolved(self) -> Self:
        """Those that still have to be solved."""
        return self.filter(state__in=UNSOLVED)


class OfConcernQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Parts of concerns that the user may read."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(concerns_of(user, "concern__"))


class ConcernTargetQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Targets are known to everybody who may sign in."""
        return self if user.is_authenticated else self.none()

    def on(self, day: date) -> Self:
        """Those in force on a day."""
        return self.filter(valid__contains=day)


def readable_meetings(user: User, prefix: str = "") -> Q:
    """What selects the meetings whose details a user may read; `prefix` leads to the meeting.

    One's own, those one is invited to, and those of accounts that one sees or works on unless
    they are private.
    """
    invited = apps.get_model("interactions", "MeetingColleague")._default_manager.filter(user=user)
    open_ones = Q(**{f"{prefix}is_private": False, f"{prefix}account__isnull": False})
    return (
        Q(**{f"{prefix}owner": user})
        | Q(**{f"{prefix}pk__in": invited.values("meeting")})
        | (open_ones & works_on(user, f"{prefix}account__"))
    )


class MeetingQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Meetings whose details the user may read, see `readable_meetings`."""
        return self.filter(readable_meetings(user)) if user.is_authenticated else self.none()

    def busy_for(self, user: User) -> Self:
        """Meetings of which the user may know only that their owner is busy then.

        Private ones of accounts that the user sees or works on, and those of no account that
        people in the user's scope have.
        """
        near = Q(is_private=True, account__isnull=False) & works_on(user, "account__")
        theirs = Q(account__isnull=True)
        if not user.sees_everything():
            theirs &= Q(owner__in=user.scope_user_ids())
        return self.filter(near | theirs).exclude(readable_meetings(user))

    def editable_by(self, user: User) -> Self:
        """One's own meetings, and those of whom one stands in for unless they are private."""
        if not user.can("interactions.log"):
            return self.none()
        return self.filter(Q(owner=user) | Q(owner__in=user.acting_user_ids(), is_private=False))


class OfMeetingQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Parts of meetings whose details the user may read."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(readable_meetings(user, "meeting__"))


class Finds(models.Lookup):
    """Whether kept words fulfil a parsed search."""

    lookup_name = "finds"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return `words @@ query`."""
        left, left_parameters = self.process_lhs(compiler, connection)
        right, right_parameters = self.process_rhs(compiler, connection)
        return f"{left} @@ {right}", (*left_parameters, *right_parameters)


class Says(Finds):
    """The same, found out text by text: an index of words is not asked."""

    lookup_name = "says"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the function of `words @@ query`."""
        left, left_parameters = self.process_lhs(compiler, connection)
        right, right_parameters = self.process_rhs(compiler, connection)
        return f"ts_match_vq({left}, {right})", (*left_parameters, *right_parameters)


SearchVectorField.register_lookup(Finds)
SearchVectorField.register_lookup(Says)


def search_query(typed: str, *, is_title: bool = False, has_stems: bool = True) -> models.Func:
    """Return what was typed as a search of the database; NULL, which finds nothing, for no term.

    `is_title`: in the one line alone; without `has_stems` the words as they stand alone.
    """
    terms = parse(typed)
    texts = ArrayField(models.TextField())
    return models.Func(
        models.Value([one.text for one in terms], output_field=texts),
        models.Value([str(one.kind) for one in terms], output_field=texts),
        models.Value(is_title),
        models.Value(has_stems),
        function="interactions_query",
        output_field=SearchVectorField(),
    )


def relevance(typed: str) -> models.Case:
    """Return how well words fit: 3 in the one line as typed, 2 in the text, 1 in another form."""
    return models.Case(
        models.When(words__finds=search_query(typed, is_title=True, has_stems=False), then=3),
        models.When(words__finds=search_query(typed, has_stems=False), then=2),
        default=1,
        output_field=models.SmallIntegerField(),
    )


class SearchTextQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Words of rows that the user may read, as contacts are: see `readable`."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(readable(user) | Q(owner__in=user.acting_user_ids()))

    def finding(self, typed: str) -> Self:
        """Words that fulfil what was typed; for nothing to search by, none."""
        return self.filter(words__finds=search_query(typed))

    def saying(self, typed: str) -> Self:
        """The same rows, for a word so common that the texts are looked through."""
        return self.filter(words__says=search_query(typed))

    def sorted_late(self) -> Self:
        """The latest first, sorted once all are found: never read along the time."""
        at = models.ExpressionWrapper(
            models.F("occurred_at") + timedelta(), output_field=models.DateTimeField()
        )
        return self.order_by(at.desc(), "-pk")

    def ranked(self, typed: str) -> Self:
        """Those found with their `relevance`, the best first, then the latest."""
        return self.finding(typed).by_relevance(typed)

    def by_relevance(self, typed: str) -> Self:
        """Words known to fit, with their `relevance`, the best first, then the latest."""
        return self.annotate(relevance=relevance(typed)).order_by(*BEST_FIRST)
