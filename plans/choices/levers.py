"""Growth levers: what sales to shoppers are made of."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class LeverKind(TextChoices):
    """The factors of retail sales, in the order in which they multiply."""

    SHOPPERS = "shoppers", pgettext_lazy("growth lever", "Shoppers")
    TRIPS = "trips", pgettext_lazy("growth lever", "Trips per shopper")
    SPEND = "spend", pgettext_lazy("growth lever", "Spend per trip")
