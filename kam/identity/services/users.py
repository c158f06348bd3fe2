"""Users: made, changed and disabled by administrators; passwords are set by their owners."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.db.models import F
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from kam.core.locks import lock_names
from kam.core.problems import RefusedError, explained
from kam.identity.choices import Role
from kam.identity.models import SalesTeam, User

password_tokens = PasswordResetTokenGenerator()


class EmailTakenError(RefusedError):
    """Another user has this address."""

    code, field = "email_taken", "email"
    words = _("Another user has this e-mail address.")


class LastAdministratorError(RefusedError):
    """Without this user nobody could administer the installation."""

    code = "last_administrator"
    words = _("This is the last administrator. Make somebody else one first.")


class NotYourselfError(RefusedError):
    """One cannot take one's own administration or sign-in away."""

    code = "not_yourself"
    words = _("You cannot take this away from yourself. Ask another administrator.")


class AlreadySetUpError(RefusedError):
    """There is a user already, so the first one is not to be made."""

    code = "already_set_up"
    words = _("The first administrator is there already. Sign in instead.")


class UserFields(TypedDict):
    """What an administrator says about a user."""

    email: str
    full_name: str
    roles: Sequence[str]
    team: SalesTeam | None
    job_title: str
    language: str


@explained()
@transaction.atomic
def create_first_administrator(
    *, email: str, full_name: str, password: str, language: str = "en"
) -> User:
    """Create the administrator of a new installation, who may also enter the technical admin.

    Raises AlreadySetUpError as soon as there is any user; of two who try at once one wins.
    """
    lock_names("first administrator")
    if User.objects.exists():
        raise AlreadySetUpError
    return User.objects.create_superuser(email, password, full_name=full_name, language=language)


@explained()
@transaction.atomic
def create_user(*, fields: UserFields) -> User:
    """Create a user without a password; `password_link_parts` give the link to set one.

    Raises EmailTakenError.
    """
    email = _free_email(fields["email"])
    details = {name: value for name, value in fields.items() if name != "email"}
    return User.objects.create_user(email, None, **details)


@explained()
@transaction.atomic
def update_user(*, user: User, fields: UserFields, is_active: bool, by: User) -> User:
    """Change a user; new roles or a lost sign-in end the user's sessions at the next request.

    Raises EmailTakenError, NotYourselfError and LastAdministratorError.
    """
    lock_names("administrators")
    user = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user.pk)
    if Role.ADMINISTRATOR in user.roles and user.is_active:
        _keep_an_administrator(user, fields["roles"], by, is_active=is_active)
    email = _free_email(fields["email"], apart_from=user)
    for name, value in {**fields, "email": email, "is_active": is_active}.items():
        setattr(user, name, value)
    if Role.ADMINISTRATOR not in user.roles:
        user.is_superuser = False
    user.save()
    return user


def _keep_an_administrator(user: User, roles: Sequence[str], by: User, *, is_active: bool) -> None:
    if is_active and Role.ADMINISTRATOR in roles:
        return
    others = User.objects.filter(is_active=True, roles__contains=[Role.ADMINISTRATOR])
    if not others.exclude(pk=user.pk).exists():
        raise LastAdministratorError
    if user.pk == by.pk:
        raise NotYourselfError


def _free_email(email: str, *, apart_from: User | None = None) -> str:
    email = email.strip().lower()
    taken = User.objects.filter(email=email)
    if apart_from is not None:
        taken = taken.exclude(pk=apart_from.pk)
    lock_names(f"e-mail {email}")
    if taken.exists():
        raise EmailTakenError()
    return email


@transaction.atomic
def update_own_profile(*, user: User, full_name: str, job_title: str, language: str) -> User:
    """Change what everybody may change about themselves."""
    user.full_name, user.job_title, user.language = full_name, job_title, language
    user.save(update_fields=["full_name", "job_title", "language", "updated_at"])
    return user


@transaction.atomic
def choose_language(*, user: User, language: str) -> None:
    """Remember the language that the user switched to."""
    if user.language != language:
        user.language = language
        user.save(update_fields=["language", "updated_at"])


@transaction.atomic
def set_password(*, user: User, password: str) -> None:
    """Set a password, already validated; all sessions and password links of the user end."""
    user.set_password(password)
    user.save(update_fields=["password", "updated_at"])


@transaction.atomic
def end_sessions(*, user: User) -> None:
    """End every session of the user, on every device, at its next request."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])


def password_link_parts(user: User) -> tuple[str, str]:
    """The parts of a link that lets its holder set the user's password once, for three days.

    It ends when it was used, and when the user signs in.
    """
    return urlsafe_base64_encode(force_bytes(user.pk)), password_tokens.make_token(user)
