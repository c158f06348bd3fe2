"""Signing in by e-mail and password, slowly for who guesses."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.crypto import salted_hmac

from kam.core.locks import lock_names
from kam.identity.models import SignInFailure, User

WINDOW = timedelta(minutes=5)
KEPT = timedelta(days=1)


class SignInError(Exception):
    """The sign-in did not succeed; who asks is not told more than the subclass says."""


class WrongCredentialsError(SignInError):
    """No such user, a wrong password, or a user who may not sign in: always the same answer."""


class TooManyAttemptsError(SignInError):
    """Too many failures for this account or from this address; `until` says when to try again."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"Too many failed sign-ins; wait until {until:%H:%M}.")
        self.until = until


def verify_sign_in(*, email: str, password: str, address: str | None, now: datetime) -> User:
    """Return the user with these credentials.

    Raises WrongCredentialsError, or TooManyAttemptsError after 5 failures within 5 minutes for the
    account (whether it exists or not) or from the address. The attempt is counted as a failure
    before the password is looked at, under a lock, so that parallel guesses cannot slip through;
    a success takes the account's failures back.
    """
    account = _digest(email)
    _count_attempt(account, address, now)
    user = authenticate(email=email, password=password)
    if not isinstance(user, User):
        raise WrongCredentialsError
    SignInFailure.objects.filter(account=account).delete()
    return user


@transaction.atomic
def _count_attempt(account: str, address: str | None, now: datetime) -> None:
    lock_names(f"sign-in account {account}", f"sign-in address {address}")
    recent = SignInFailure.objects.filter(at__gt=now - WINDOW).order_by("-at")
    limits = [(recent.filter(account=account), settings.KAM_SIGN_IN_FAILURES_PER_ACCOUNT)]
    if address is not None:
        per_address = settings.KAM_SIGN_IN_FAILURES_PER_ADDRESS
        limits.append((recent.filter(address=address), per_address))
    for failures, limit in limits:
        times = failures.values_list("at", flat=True)[:limit]
        if len(times) >= limit:
            raise TooManyAttemptsError(times[limit - 1] + WINDOW)
    SignInFailure.objects.filter(at__lt=now - KEPT).delete()
    SignInFailure.objects.create(account=account, address=address, at=now)


@transaction.atomic
def forget_what_is_over(*, now: datetime) -> None:
    """Delete expired sessions, and failures that are older than a day."""
    Session.objects.filter(expire_date__lt=now).delete()
    SignInFailure.objects.filter(at__lt=now - KEPT).delete()


def _digest(email: str) -> str:
    salt = "kam.identity.sign_in"
    return salted_hmac(salt, email.strip().lower(), algorithm="sha256").hexdigest()
