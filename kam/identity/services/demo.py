"""The end of the demo company: who clears it becomes a real person with a secret of their own."""

from __future__ import annotations

from typing import TypedDict

from django.db import transaction

from kam.core import demo
from kam.core.problems import RefusedError
from kam.identity.models import User
from kam.identity.services.users import EmailTakenError


class Claim(TypedDict):
    """Who an administrator of the demo really is."""

    full_name: str
    email: str
    password: str


class ClaimNeededError(RefusedError):
    """The demo's passwords are known to everybody, so its administrator needs another one."""

    code = "claim_needed"


def is_demo_person(user: User) -> bool:
    """Whether the user signs in with a password that is shown to everybody."""
    return user.email in {person.email for person in demo.sign_ins()}


@transaction.atomic
def clear_demo(*, by: User, claim: Claim | None, including_added: bool = False) -> dict[str, int]:
    """Clear the demo company; its administrator stays under a new name, address and password.

    Raises what `kam.core.demo.clear_demo` raises, ClaimNeededError and EmailTakenError.
    """
    if claim is None and is_demo_person(by):
        raise ClaimNeededError
    removed = demo.clear_demo(keep_user_id=by.pk, including_added=including_added)
    if claim is not None:
        _claim(by, claim)
    return removed


def _claim(user: User, claim: Claim) -> None:
    email = claim["email"].strip().lower()
    if User.objects.filter(email=email).exclude(pk=user.pk).exists():
        raise EmailTakenError
    user.refresh_from_db()
    user.full_name, user.email, user.job_title = claim["full_name"], email, ""
    user.set_password(claim["password"])
    user.save()
