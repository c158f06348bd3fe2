from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import AddressKind
from accounts.models.accounts import Account
from accounts.querysets import AccountScopedQuerySet
from kam.core.models import Record
from kam.core.tracking import track


@track()
class AccountAddress(Record):
    """Where an account is visited, invoiced or delivered; one of each kind is the main one."""

    account = models.ForeignKey(
        Account, models.CASCADE, related_name="addresses", verbose_name=_("account")
    )
    kind = models.CharField(_("kind"), max_length=9, choices=AddressKind)
    lines = models.TextField(_("street and number"), max_length=500, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    is_main = models.BooleanField(_("main address of its kind"), default=False)

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        ordering = ["account_id", "kind", "-is_main", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind"],
                condition=Q(is_main=True),
                name="account_address_one_main_of_a_kind",
                violation_error_message=_("Another address is the main one of this kind."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=AddressKind.values),
                name="account_address_kind_known",
                violation_error_message=_("There is no such kind of address."),
            ),
            models.CheckConstraint(
                condition=~Q(lines="") | ~Q(city=""),
                name="account_address_says_where",
                violation_error_message=_("An address needs a street or a city."),
            ),
            models.CheckConstraint(
                condition=Q(country="") | Q(country__regex=r"^[A-Z]{2}$"),
                name="account_address_country_is_iso",
                violation_error_message=_("A country is a two-letter ISO code."),
            ),
        ]

    def __str__(self) -> str:
        place = " ".join(part for part in (self.postal_code, self.city) if part)
        return ", ".join(part for part in (*self.lines.splitlines(), place) if part)
