"""The organisation that this installation serves, and its own selling companies."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kam.core.models import Currency, Organisation, SellingCompany
from kam.core.problems import Blocker, RefusedError, explained

type Guard = Callable[[], Blocker | None]
_base_currency_guards: list[Guard] = []


class BaseCurrencyInUseError(RefusedError):
    """Stored figures are in the base currency, so it cannot change under them."""

    code, field = "base_currency_in_use", "base_currency"


class CompanyInUseError(RefusedError):
    """Something refers to the company."""

    code = "company_in_use"
    words = _("Something refers to this company. Take it out of use instead.")


def guard_base_currency(guard: Guard) -> None:
    """Let an app say why the base currency cannot change now; apps register when they start."""
    if guard not in _base_currency_guards:
        _base_currency_guards.append(guard)


def base_currency_blockers() -> list[Blocker]:
    """Return why the base currency cannot change now: pages show it, the service enforces it."""
    return [blocker for guard in _base_currency_guards if (blocker := guard()) is not None]


class OrganisationFields(TypedDict):
    """What an administrator says about the organisation."""

    name: str
    base_currency: Currency
    time_zone: str
    fiscal_year_start: int


@explained()
@transaction.atomic
def update_organisation(*, fields: OrganisationFields) -> Organisation:
    """Change the organisation's settings; raises BaseCurrencyInUseError."""
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=1)
    if organisation.base_currency_id != fields["base_currency"].pk:
        for blocker in base_currency_blockers():
            raise BaseCurrencyInUseError(blocker.message)
    for name, value in fields.items():
        setattr(organisation, name, value)
    organisation.save()
    return organisation


class CompanyFields(TypedDict):
    """What is known of a selling company."""

    code: str
    name: str
    country: str
    currency: Currency
    vat_number: str
    is_active: bool


@explained()
@transaction.atomic
def create_company(*, fields: CompanyFields) -> SellingCompany:
    """Create a selling company; raises RefusedError where its code is taken."""
    return SellingCompany.objects.create(**fields)


@explained()
@transaction.atomic
def update_company(*, company: SellingCompany, fields: CompanyFields) -> SellingCompany:
    """Change a selling company; raises RefusedError where its code is taken."""
    company = SellingCompany.objects.select_for_update(of=("self",)).get(pk=company.pk)
    for name, value in fields.items():
        setattr(company, name, value)
    company.save()
    return company


@explained()
@transaction.atomic
def delete_company(*, company: SellingCompany) -> None:
    """Delete a selling company that nothing refers to; raises CompanyInUseError."""
    if _is_referred_to(company):
        raise CompanyInUseError
    company.delete()


def _is_referred_to(company: SellingCompany) -> bool:
    """Whether any row of any app points at the company; events of its history do not count."""
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: company}).exists()
        for relation in SellingCompany._meta.related_objects
        if not hasattr(relation.related_model, "pgh_tracked_model")
        or relation.related_model.pgh_tracked_model is None
    )
