from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q

from kam.identity.choices import Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from kam.identity.models import User


class AccountQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Accounts whose lead, or a lead above it, is in the user's scope today."""
        if not user.is_authenticated:
            return self.none()
        if user.sees_everything():
            return self
        return self.filter(lead_chain__overlap=user.scope_user_ids())

    def editable_by(self, user: User) -> Self:
        """Visible accounts that the user may change: a manager's own ones, a director's all."""
        visible = self.visible_to(user)
        if not user.can("accounts.edit"):
            return self.none()
        if user.can("accounts.assign_lead"):
            return visible
        return visible.filter(lead_chain__overlap=user.acting_user_ids())

    def not_merged(self) -> Self:
        """Leave out the empty shells that duplicates became."""
        return self.filter(merged_into__isnull=True)

    def within(self, account_id: int) -> Self:
        """The account itself and everything below it today."""
        return self.filter(path__contains=[account_id])


class AccountScopedQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Rows of visible accounts; unassigned rows only for who sees the whole company."""
        if not user.is_authenticated:
            return self.none()
        if user.sees_everything():
            return self
        return self.filter(account__lead_chain__overlap=user.scope_user_ids())


class TargetQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Targets of visible accounts and of managers in the user's scope."""
        if not user.is_authenticated:
            return self.none()
        if user.sees_everything():
            return self
        return self.filter(
            Q(account__lead_chain__overlap=user.scope_user_ids())
            | Q(manager__in=user.scope_user_ids())
        )


class CompanyWideQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Products and categories are known to everybody who may sign in."""
        return self if user.is_authenticated else self.none()


class SnapshotQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Snapshots show the company's total, so only who sees the whole company gets them."""
        if not user.is_authenticated or not user.sees_everything():
            return self.none()
        return self


class PersonQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """People who stand, or once stood, at a visible account."""
        if not user.is_authenticated:
            return self.none()
        if user.sees_everything():
            return self
        return self.filter(
            _stands_at(self.model, account__lead_chain__overlap=user.scope_user_ids())
        )

    def editable_by(self, user: User) -> Self:
        """Visible people with a place at an account that the user may work on."""
        visible = self.visible_to(user)
        if not user.can("people.edit"):
            return self.none()
        if user.can("accounts.assign_lead"):
            return visible
        return visible.filter(
            _stands_at(self.model, account__lead_chain__overlap=user.acting_user_ids())
        )


def _stands_at(model: Any, **where: Any) -> models.Exists:
    positions = model._meta.get_field("positions").related_model._default_manager
    return models.Exists(positions.filter(person=models.OuterRef("pk"), **where))


class PositionQuerySet(AccountScopedQuerySet):
    def editable_by(self, user: User) -> Self:
        """Positions at accounts whose people the user may change."""
        visible = self.visible_to(user)
        if not user.can("people.edit"):
            return self.none()
        if user.can("accounts.assign_lead"):
            return visible
        return visible.filter(account__lead_chain__overlap=user.acting_user_ids())

    def on(self, day: date) -> Self:
        """Those in force on a day."""
        return self.filter(valid__contains=day)


class RatingQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Ratings of people at visible accounts, as far as they may be known to the user yet.

        Who still has to give a first rating of somebody sees that of others only afterwards, for
        each kind apart, while the organisation wants it so.
        """
        if not user.is_authenticated:
            return self.none()
        rows = self
        if not user.sees_everything():
            rows = rows.filter(position__account__lead_chain__overlap=user.scope_user_ids())
        return rows.filter(_known_to(self.model, user)) if rates_blind(user) else rows


def rates_blind(user: User) -> bool:
    """Whether somebody rates without seeing others' ratings first.

    Those who rate do; who watches over accounts (directors) or never rates sees everything.
    """
    return user.can("people.rate") and not user.can("accounts.assign_lead")


def _known_to(ratings: Any, user: User) -> Q:
    own = ratings._default_manager.filter(
        author=user, position=models.OuterRef("position"), kind=models.OuterRef("kind")
    )
    settings = apps.get_model("accounts", "RelationshipSettings")._default_manager
    open_to_all = settings.filter(has_blind_first_rating=False)
    return Q(author=user) | Q(models.Exists(own)) | Q(models.Exists(open_to_all))


class NoteQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Notes on people at accounts whose team the user belongs to, whoever wrote them.

        The team of an account: who leads it or a node above it, who stands in for them, and the
        directors of their team and of the teams above. Seeing the account is not enough.
        """
        if not user.is_authenticated:
            return self.none()
        return self.filter(of_teams(user, "position__account__"))


def of_teams(user: User, prefix: str = "") -> Q:
    """What selects the accounts whose team the user belongs to: see `NoteQuerySet.visible_to`."""
    is_director = Role.SALES_DIRECTOR in user.roles
    if is_director and user.team_id is None:
        return Q()
    ids = user.scope_user_ids() if is_director else user.acting_user_ids()
    return Q(**{f"{prefix}lead_chain__overlap": ids})


class LineQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Lines of which both ends stand at visible accounts."""
        if not user.is_authenticated:
            return self.none()
        if user.sees_everything():
            return self
        ids = user.scope_user_ids()
        return self.filter(
            from_position__account__lead_chain__overlap=ids,
            to_position__account__lead_chain__overlap=ids,
        )

    def editable_by(self, user: User) -> Self:
        """Visible lines that begin where the user may change people."""
        visible = self.visible_to(user)
        if not user.can("people.edit"):
            return self.none()
        if user.can("accounts.assign_lead"):
            return visible
        return visible.filter(from_position__account__lead_chain__overlap=user.acting_user_ids())
