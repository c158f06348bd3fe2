from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Q
from django.utils import timezone

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

    def worked_on_by(self, user: User | AnonymousUser) -> Self:
        """Visible accounts, and those whose lead the user supports.

        For the team's own pages alone: a supporting member sees no figures, see ADR 0011.
        """
        return self.filter(works_on(user)) if user.is_authenticated else self.none()

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


class OpportunityQuerySet(AccountScopedQuerySet):
    def editable_by(self, user: User) -> Self:
        """Opportunities at accounts where the user may work on them."""
        visible = self.visible_to(user)
        if not user.can("opportunities.edit"):
            return self.none()
        if user.can("accounts.assign_lead"):
            return visible
        return visible.filter(account__lead_chain__overlap=user.acting_user_ids())


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
        return rows.known_to(user)

    def known_to(self, user: User) -> Self:
        """Those that somebody may know yet, at whatever account."""
        return self.filter(_known_to(self.model, user)) if rates_blind(user) else self


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

        The team of an account: who leads it or a node above it, who supports them there, who
        stands in for any of these, and the directors of the leads' team and of the teams above.
        Seeing the account is not enough.
        """
        if not user.is_authenticated:
            return self.none()
        return self.filter(of_teams(user, "position__account__"))


def of_teams(user: User, prefix: str = "") -> Q:
    """What selects the accounts whose team the user belongs to: see `NoteQuerySet.visible_to`."""
    is_director = Role.SALES_DIRECTOR in user.roles
    if is_director and user.team_id is None:
        return _all(prefix)
    ids = user.scope_user_ids() if is_director else user.acting_user_ids()
    return Q(**{f"{prefix}lead_chain__overlap": ids}) | of_members(user, prefix)


def _all(prefix: str) -> Q:
    """All accounts. An empty Q would do alone, but vanish beside another one in an "or"."""
    return Q(**{f"{prefix}pk__isnull": False})


def of_members(user: User, prefix: str = "") -> Q:
    """What selects the accounts on whose team the user supports the lead today.

    At the account itself or above it, in one's own right or for somebody absent. Scope is about
    today, so this reads the clock.
    """
    members = apps.get_model("accounts", "TeamMember")._default_manager.filter(
        user__in=user.acting_user_ids(), valid__contains=timezone.localdate()
    )
    return Q(**{f"{prefix}path__overlap": ArraySubquery(members.order_by().values("account"))})


def works_on(user: User, prefix: str = "") -> Q:
    """What selects the accounts that the user sees by scope or works on as a supporting member."""
    if user.sees_everything():
        return _all(prefix)
    scope = Q(**{f"{prefix}lead_chain__overlap": user.scope_user_ids()})
    return scope | of_members(user, prefix)


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


class StatementQuerySet(AccountScopedQuerySet):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Statements on visible accounts; confidential ones for the account's team only.

        Seeing the whole company is not enough for those: see `NoteQuerySet.visible_to`.
        """
        if not user.is_authenticated:
            return self.none()
        own = Q(is_confidential=False) | of_teams(user, "account__")
        return super().visible_to(user).filter(own)


class OpenOrScopedQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Rows of visible accounts, and rows of none, which everybody who may sign in knows."""
        if not user.is_authenticated:
            return self.none()
        if user.sees_everything():
            return self
        return self.filter(
            Q(account__isnull=True) | Q(account__lead_chain__overlap=user.scope_user_ids())
        )


class PlacementQuerySet(AccountScopedQuerySet):
    def editable_by(self, user: User) -> Self:
        """Placements at accounts that the user may change."""
        visible = self.visible_to(user)
        if not user.can("placement.edit"):
            return self.none()
        if user.can("accounts.assign_lead"):
            return visible
        return visible.filter(account__lead_chain__overlap=user.acting_user_ids())

    def on(self, day: date) -> Self:
        """Those in force on a day."""
        return self.filter(valid__contains=day)


class OfPlacementQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Rows of placements at visible accounts."""
        return _through(self, user, "placement__account__lead_chain__overlap")


class CheckLineQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Lines of checks of visible stores, wherever their placements were agreed."""
        return _through(self, user, "check_of__account__lead_chain__overlap")


class CorrectionQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Corrections of checks of visible stores."""
        return _through(self, user, "line__check_of__account__lead_chain__overlap")


def _through[R: models.QuerySet[Any]](rows: R, user: User | AnonymousUser, path: str) -> R:
    if not user.is_authenticated:
        return rows.none()
    return rows if user.sees_everything() else rows.filter(**{path: user.scope_user_ids()})


class TeamMemberQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The team of every account that the user sees or works on, and one's own places."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(works_on(user, "account__") | Q(user=user.pk))

    def on(self, day: date) -> Self:
        """Those in force on a day."""
        return self.filter(valid__contains=day)


class PromiseQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Promises at accounts that the user sees or works on, and those one gave or got."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(works_on(user, "account__") | Q(user__in=user.acting_user_ids()))

    def editable_by(self, user: User) -> Self:
        """Visible promises that one gave or got, or at accounts that one leads or directs."""
        visible = self.visible_to(user)
        if not user.can("promises.edit"):
            return self.none()
        is_director = user.can("accounts.assign_lead")
        if is_director and user.sees_everything():
            return visible
        ids = user.scope_user_ids() if is_director else user.acting_user_ids()
        own = Q(user__in=user.acting_user_ids()) | Q(account__lead_chain__overlap=ids)
        return visible.filter(own)


class PartOfPromiseQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """New days of promises that the user may see."""
        promises = apps.get_model("accounts", "Promise")._default_manager
        return self.filter(promise__in=promises.visible_to(user).values("pk"))


class TeamRequestQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Requests about accounts that the user sees or works on, and those one sent or got."""
        if not user.is_authenticated:
            return self.none()
        ids = user.acting_user_ids()
        return self.filter(works_on(user, "account__") | Q(sender__in=ids) | Q(to_user__in=ids))

    def to_answer(self, user: User) -> Self:
        """Requests that the user may answer: sent to them, or to their function while it is
        nobody's."""
        if not user.can("requests.answer"):
            return self.none()
        ids = user.acting_user_ids()
        members = apps.get_model("accounts", "TeamMember")._default_manager.filter(
            user__in=ids,
            valid__contains=timezone.localdate(),
            function=models.OuterRef("function"),
        )
        at = ArraySubquery(members.order_by().values("account"))
        return self.filter(Q(to_user__in=ids) | Q(to_user__isnull=True, account__path__overlap=at))

    def open(self) -> Self:
        """Those that wait for an answer or for their work."""
        return self.filter(closed_on__isnull=True)


class RequestCommentQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Comments on requests that the user may see."""
        requests = apps.get_model("accounts", "TeamRequest")._default_manager
        return self.filter(request__in=requests.visible_to(user).values("pk"))


class HandoverQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Handovers of visible accounts, and those of which one is a side."""
        if not user.is_authenticated:
            return self.none()
        if user.sees_everything():
            return self
        ids = user.acting_user_ids()
        return self.filter(
            Q(account__lead_chain__overlap=user.scope_user_ids())
            | Q(from_user__in=ids)
            | Q(to_user__in=ids)
        )
