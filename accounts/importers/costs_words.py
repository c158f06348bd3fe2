"""Words of other systems for kinds of cost."""

from __future__ import annotations

from accounts.choices import CostKind

_KINDS = {
    **{kind.value: kind.value for kind in CostKind},
    **dict.fromkeys(("order", "order handling", "orderentry", "order processing"), CostKind.ORDERS),
    **dict.fromkeys(
        ("delivery", "freight", "transport", "logistics", "shipping", "picking", "toimitus",
         "物流", "vận chuyển", "livrare"),
        CostKind.DELIVERIES,
    ),
    **dict.fromkeys(("visit", "sales visit", "travel", "merchandiser"), CostKind.VISITS),
    **dict.fromkeys(("return", "returns handling", "palautus", "退货"), CostKind.RETURNS),
    **dict.fromkeys(
        ("promotion", "promo", "campaign", "marketing", "kampanja", "促销"), CostKind.PROMOTIONS
    ),
    **dict.fromkeys(("service", "support", "complaint", "complaints"), CostKind.SERVICE),
    **dict.fromkeys(
        ("capital", "cost of capital", "interest", "financing"), CostKind.CAPITAL
    ),
    **dict.fromkeys(
        ("trade terms", "terms", "bonus", "rebate", "listing fee", "back margin", "discount"),
        CostKind.TRADE_TERMS,
    ),
    **dict.fromkeys(("other", "misc", "miscellaneous"), CostKind.OTHER),
}  # fmt: skip


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


_WORDS = {_plain(word): str(kind) for word, kind in _KINDS.items()}


def cost_kind(text: str) -> str | None:
    """Return the kind of cost that a word means; None for a word that is not known."""
    return _WORDS.get(_plain(text))
