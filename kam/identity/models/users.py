from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from kam.core.models import Record
from kam.core.tracking import track
from kam.identity import scope
from kam.identity.choices import Role
from kam.identity.models.triggers import REFUSE_TEAM_CYCLES
from kam.identity.permissions import SEES_EVERYTHING, grants
from kam.identity.querysets import DelegationQuerySet, UserQuerySet


@track()
class SalesTeam(Record):
    """A node of the sales organisation; a director of a team sees the teams below it."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
    )

    class Meta:
        verbose_name = _("sales team")
        verbose_name_plural = _("sales teams")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="sales_team_not_its_own_parent",
                violation_error_message=_("A team cannot be part of itself."),
            ),
        ]
        triggers = [REFUSE_TEAM_CYCLES]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        """Users with their vocabulary."""
        return UserQuerySet(self.model, using=self._db)

    def visible_to(self, user: User | AnonymousUser) -> UserQuerySet:
        """Users that somebody may see: see `UserQuerySet.visible_to`."""
        return self.get_queryset().visible_to(user)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user with a lower-case address; without a password the user cannot sign in."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """An administrator who may also enter the technical admin."""
        fields.setdefault("roles", [Role.ADMINISTRATOR])
        return self.create_user(email, password, is_superuser=True, **fields)


@track(exclude=["password", "last_login"])
class User(AbstractBaseUser, Record):
    """Someone who signs in by e-mail, with roles (what one may do) and a team (whose accounts)."""

    email = models.EmailField(_("e-mail"), unique=True)
    full_name = models.CharField(_("name"), max_length=200)
    roles = ArrayField(
        models.CharField(max_length=20, choices=Role), default=list, verbose_name=_("roles")
    )
    team = models.ForeignKey(
        SalesTeam,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="members",
        verbose_name=_("sales team"),
    )
    job_title = models.CharField(_("job title"), max_length=200, blank=True)
    staff_number = models.CharField(
        _("staff number"),
        max_length=50,
        blank=True,
        default="",
        help_text=_("What personnel calls them; files may name leads by it."),
    )
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default="en"
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_superuser = models.BooleanField(_("may enter the technical admin"), default=False)
    session_epoch = models.PositiveIntegerField(
        default=0, editable=False, help_text=_("Raising it ends all of the user's sessions.")
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["full_name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(email=models.functions.Lower("email")), name="user_email_lower_case"
            ),
            models.CheckConstraint(
                condition=Q(roles__contained_by=Role.values), name="user_roles_known"
            ),
            models.UniqueConstraint(
                fields=["staff_number"],
                condition=~Q(staff_number=""),
                name="user_staff_number_once",
                violation_error_message=_("Somebody else has this staff number."),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    @property
    def is_staff(self) -> bool:
        return self.is_superuser

    @property
    def is_administrator(self) -> bool:
        return Role.ADMINISTRATOR in self.roles

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_active and self.is_superuser

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_superuser

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must match at each request: it ends when any of this changes."""
        state = [self.password, sorted(self.roles), self.is_superuser, self.session_epoch]
        salt = "kam.identity.models.User.session"
        return salted_hmac(salt, json.dumps(state), secret=secret, algorithm="sha256").hexdigest()

    def can(self, capability: str) -> bool:
        """Whether one of the roles grants a capability; nobody inactive can do anything."""
        return self.is_active and grants(self.roles, capability)

    def sees_everything(self) -> bool:
        """Whether the scope is the whole company: by role, or a director above all teams."""
        if not SEES_EVERYTHING.isdisjoint(self.roles):
            return True
        return Role.SALES_DIRECTOR in self.roles and self.team_id is None

    def scope_user_ids(self) -> list[int]:
        """Ids of the user, the members of the user's team and below, and whom one stands in for.

        Looked up once per instance, that is once per request.
        """
        return self._scope_user_ids

    @cached_property
    def _scope_user_ids(self) -> list[int]:
        return scope.user_ids(self)

    def acting_user_ids(self) -> list[int]:
        """Ids of the user and of those who delegated to the user today: whose work one may do."""
        return self._acting_user_ids

    @cached_property
    def _acting_user_ids(self) -> list[int]:
        return [self.pk, *scope.delegator_ids(self.pk)]


@track()
class Delegation(Record):
    """During an absence, one user sees and does what another may see and do on accounts."""

    from_user = models.ForeignKey(
        User, models.CASCADE, related_name="delegations_given", verbose_name=_("absent")
    )
    to_user = models.ForeignKey(
        User, models.CASCADE, related_name="delegations_held", verbose_name=_("stands in")
    )
    valid = DateRangeField(
        _("period"), help_text=_("From the first day up to, not including, the last date.")
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_user=F("to_user")),
                name="delegation_to_somebody_else",
                violation_error_message=_("Somebody else must stand in."),
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False)
                & Q(valid__lower_inf=False)
                & Q(valid__upper_inf=False),
                name="delegation_has_a_period",
                violation_error_message=_("A delegation has a first and a last date."),
            ),
            ExclusionConstraint(
                name="delegation_no_overlap",
                expressions=[
                    ("from_user", RangeOperators.EQUAL),
                    ("to_user", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("These two have an overlapping delegation already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_user} → {self.to_user}"

    @property
    def last_day(self) -> date:
        """The last day on which it is in force."""
        last: date = self.valid.upper - timedelta(days=1)
        return last
