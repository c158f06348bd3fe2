"""Agreements that end or ask for notice soon, at the head of an account's page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.translation import gettext as _

from accounts.models import Account
from kam.core import formats
from kam.core.cockpit import Line, LineProvider, line_providers
from kam.identity.models import User
from settlements.choices.terms import Renewal
from settlements.models import AgreementVersion

SOON, NEAR = 90, 30


def register() -> None:
    """Register the line."""
    line_providers.register(
        LineProvider(
            key="agreements-ending",
            what="action",
            find=ending,
            capability="terms.view",
            order=22,
            part="business",
        )
    )


def ending(user: User, account: Account, as_of: date) -> Iterator[Line]:
    """Agreements of the account and below it that end, or ask for notice, within 90 days."""
    rows = AgreementVersion.objects.visible_to(user).in_force(as_of)
    found = rows.filter(
        agreement__account__path__contains=[account.pk],
        valid__endswith__isnull=False,
        valid__endswith__lte=as_of + timedelta(days=SOON + 366),
    )
    for version in found.select_related("agreement").order_by("valid__endswith", "pk"):
        if (line := _line(version, as_of)) is not None:
            yield line


def _line(version: AgreementVersion, as_of: date) -> Line | None:
    """What has to be done by when; None where nothing is near."""
    last = version.valid.upper - timedelta(days=1)
    notice = version.notice_by
    name, url = version.agreement.name, version.get_absolute_url()
    if notice is not None and as_of <= notice <= as_of + timedelta(days=SOON):
        words = _("Notice can be given until %(day)s.")
        return _told(name, words, notice, url, as_of)
    if last > as_of + timedelta(days=SOON) or version.renewal == Renewal.SILENT:
        return None
    return _told(name, _("It ends on %(day)s."), last, url, as_of)


def _told(name: str, words: str, day: date, url: str, as_of: date) -> Line:
    near = day <= as_of + timedelta(days=NEAR)
    return Line(
        title=_("%(agreement)s is about to end") % {"agreement": name},
        detail=words % {"day": formats.date(day)},
        url=url,
        state="warning" if near else "info",
        urgency=1 if near else 2,
    )
