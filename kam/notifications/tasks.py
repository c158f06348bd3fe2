from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from kam.core.jobs import Progress, job


@job("notifications.send_mails", title=_("Send notifications by e-mail"))
def send_mails(progress: Progress) -> dict[str, Any]:
    """Send what is to be mailed at once."""
    return {}
