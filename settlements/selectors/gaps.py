"""Items that a full extract no longer named, with what is open of them now."""

from __future__ import annotations

from django.db.models import DecimalField, ExpressionWrapper, F, OuterRef, QuerySet, Subquery, Sum

from kam.identity.models import User
from settlements.models import ExtractGap, LedgerItem


def gaps_for(user: User) -> QuerySet[ExtractGap]:
    """Gaps of payers in the user's scope, answered or not, with `open_now`.

    `open_now` is what of the document is not allocated at this moment, whatever the dates.
    """
    money = DecimalField(max_digits=20, decimal_places=4)
    left = (
        LedgerItem.objects.filter(document=OuterRef("document"))
        .order_by()
        .values("document")
        .annotate(left=Sum(ExpressionWrapper(F("amount") - F("allocated"), output_field=money)))
        .values("left")
    )
    rows: QuerySet[ExtractGap] = ExtractGap.objects.visible_to(user)
    return rows.select_related(
        "batch__source", "document", "party", "reviewed_by", "answered_by"
    ).annotate(open_now=Subquery(left, output_field=money))
