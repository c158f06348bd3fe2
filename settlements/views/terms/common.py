"""What the pages of agreements share: rows in scope, crumbs, tabs, who may what."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from kam.core.nav import Tab
from kam.core.pages import Crumbs, MovedOnError
from kam.identity.decorators import signed_in
from kam.identity.models import User
from settlements.choices.terms import VersionState
from settlements.models import AgreementVersion, SettlementTerm, TradingAgreement
from settlements.services.terms.words import FIXED, NOT_WAITING, WAITS

_WITH = (
    "agreement__account", "agreement__selling_company", "agreement__currency",
    "written_by", "submitted_by", "approved_by", "ended_by",
)  # fmt: skip


def crumbs(*steps: tuple[str, str]) -> Crumbs:
    """Breadcrumbs of pages about agreements."""
    own = reverse("settlements:agreement-list") if steps else ""
    return [(_("Agreements"), own), *steps]


def version_crumbs(version: AgreementVersion, *steps: tuple[str, str]) -> Crumbs:
    """Breadcrumbs of a version and of what lies below it."""
    agreement = version.agreement
    name = _("Version %(n)s") % {"n": version.version}
    return crumbs(
        (agreement.name, agreement.get_absolute_url()),
        (name, version.get_absolute_url() if steps else ""),
        *steps,
    )


def tabs(active: str) -> list[Tab]:
    """The ways to look at agreements."""
    listed = reverse("settlements:agreement-list")
    ending = f"{listed}?ends=90"
    return [
        Tab(_("All"), listed, active == "all"),
        Tab(_("About to end"), ending, active == "ending"),
    ]


def get_agreement(request: HttpRequest, pk: int, *, to_write: bool = False) -> TradingAgreement:
    """An agreement in the user's scope, to be written where asked. Raises Http404."""
    user, rows = signed_in(request), TradingAgreement.objects
    scope = rows.editable_by(user) if to_write else rows.visible_to(user)
    found: TradingAgreement = get_object_or_404(
        scope.select_related("account", "selling_company", "currency"), pk=pk
    )
    return found


def get_version(request: HttpRequest, pk: int, number: int) -> AgreementVersion:
    """A version in the user's scope. Raises Http404."""
    rows = AgreementVersion.objects.visible_to(signed_in(request)).select_related(*_WITH)
    found: AgreementVersion = get_object_or_404(rows, agreement=pk, version=number)
    return found


def get_written(request: HttpRequest, pk: int, number: int) -> AgreementVersion:
    """A version that the user may write in or end. Raises Http404."""
    rows = AgreementVersion.objects.editable_by(signed_in(request)).select_related(*_WITH)
    found: AgreementVersion = get_object_or_404(rows, agreement=pk, version=number)
    return found


def get_draft(request: HttpRequest, pk: int, number: int) -> AgreementVersion:
    """A draft that the user may write in. Raises Http404, MovedOnError for what is no draft."""
    found = get_written(request, pk, number)
    if not found.is_editable:
        words = WAITS if found.state == VersionState.IN_APPROVAL else FIXED
        raise MovedOnError(words, found.get_absolute_url())
    return found


def refuse_decided(version: AgreementVersion) -> None:
    """Raise MovedOnError for a version that does not wait for approval any more."""
    if version.state != VersionState.IN_APPROVAL:
        raise MovedOnError(NOT_WAITING, version.get_absolute_url())


def get_term(version: AgreementVersion, pk: int) -> SettlementTerm:
    """A term of a version. Raises Http404."""
    rows = version.terms.select_related(
        "version__agreement", "deduction_schedule", "category", "calendar", "guarantee"
    )
    found: SettlementTerm = get_object_or_404(rows, pk=pk)
    return found


def may_write(user: User, agreement: TradingAgreement) -> bool:
    """Whether the user may write versions of an agreement."""
    if not user.can("terms.edit"):
        return False
    return TradingAgreement.objects.editable_by(user).filter(pk=agreement.pk).exists()


def page_of(name: str, version: AgreementVersion, *rest: object) -> str:
    """The address of a page about a version."""
    return reverse(f"settlements:{name}", args=[version.agreement_id, version.version, *rest])
