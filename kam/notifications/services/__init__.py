"""Telling people, what they choose, and mails. Other apps need `notify` and `notify_each` alone."""

from kam.notifications.services.telling import Telling, notify, notify_each

__all__ = ["Telling", "notify", "notify_each"]
