"""Words and signs of accounts in templates. `{% load accounts %}`."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from accounts.models import Account
from accounts.views import columns
from kam.core.formats import Text

register = template.Library()


@register.filter
def kind(account: Account) -> Text:
    """The kind in few words."""
    return columns.kind(account)


@register.filter
def status(account: Account) -> SafeString:
    """The status with its sign."""
    return columns.status_badge(account).__html__()


@register.filter
def country(account: Account) -> str:
    """The country's name in the user's language, or nothing."""
    return columns.country(account)
