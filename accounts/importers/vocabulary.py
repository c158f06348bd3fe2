"""Words of other systems for countries, kinds of account, status and sales channels."""

from __future__ import annotations

from functools import cache

from babel import Locale
from babel.core import get_global

from accounts.choices import AccountKind, AccountStatus, Channel

LANGUAGES = ("en", "fi", "ro", "zh_Hans", "vi", "de", "fr", "es")
_ALSO = {
    "GB": ("uk", "great britain", "britain", "england", "scotland", "wales", "northern ireland"),
    "US": ("usa", "us", "united states of america", "america"),
    "IE": ("eire", "republic of ireland"),
    "NL": ("holland", "the netherlands"),
    "ZA": ("rsa",),
    "CZ": ("czech republic",),
    "KR": ("korea", "south korea", "republic of korea"),
    "KP": ("north korea",),
    "VN": ("viet nam",),
    "RU": ("russian federation",),
    "CN": ("prc", "mainland china", "people's republic of china"),
    "HK": ("hong kong",),
    "MO": ("macau", "macao"),
    "TW": ("taiwan, province of china",),
    "AE": ("uae",),
    "MK": ("macedonia", "north macedonia"),
    "TR": ("turkey", "türkiye"),
    "MD": ("republic of moldova",),
    "SZ": ("swaziland",),
    "MM": ("burma",),
    "CI": ("ivory coast",),
    "CV": ("cape verde",),
    "VA": ("vatican",),
}
# Words that stand where a country should, and are none: the country stays empty.
NO_COUNTRY = frozenset(
    {
        *("unspecified", "unknown", "n/a", "na.", "none", "-", "other", "others", "various"),
        *("european community", "european union", "eu", "europe", "world", "worldwide"),
        *("international", "channel islands", "export", "asia", "africa", "rest of world"),
    }
)


@cache
def _countries() -> dict[str, str]:
    """Return ISO codes by lower-case code or name, in the languages that files come in."""
    known: dict[str, str] = {}
    for language in reversed(LANGUAGES):
        for code, name in Locale.parse(language).territories.items():
            if len(str(code)) == 2 and str(code).isalpha():
                known[str(name).casefold()] = str(code)
    iso = {code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha()}
    for alias, codes in get_global("territory_aliases").items():
        if len(alias) == 3 and alias.isalpha() and codes[0] in iso:
            known.setdefault(alias.casefold(), codes[0])
    known |= {code.casefold(): code for code in iso - {"EU", "UN", "EZ", "ZZ", "XA", "XB", "QO"}}
    return known | {word: code for code, words in _ALSO.items() for word in words}


def country_code(text: str) -> str | None:
    """Return the ISO code; nothing for a word that stands for no country; None if unknown."""
    word = " ".join(text.casefold().split())
    if word in NO_COUNTRY:
        return ""
    return _countries().get(word)


def no_country_word(text: str) -> str:
    """Return the text if it is one of the words that stand for no country."""
    return text if country_code(text) == "" else ""


_KINDS = {
    **{value: value for value in AccountKind.values},
    **dict.fromkeys(("ultimate parent", "holding", "headquarters", "chain"), AccountKind.GROUP),
    **dict.fromkeys(("brand", "country organisation"), AccountKind.BANNER),
    **dict.fromkeys(
        ("legal entity", "company", "entity", "customer", "sold to"), AccountKind.LEGAL_ENTITY
    ),
    **dict.fromkeys(("shop", "outlet", "ship to", "market"), AccountKind.STORE),
    **dict.fromkeys(
        ("distribution centre", "distribution center", "warehouse", "depot"),
        AccountKind.DISTRIBUTION_CENTRE,
    ),
}
_STATUSES = {
    **{value: value for value in AccountStatus.values if value != AccountStatus.MERGED},
    **dict.fromkeys(("customer", "open", "live"), AccountStatus.ACTIVE),
    **dict.fromkeys(("lead", "potential", "suspect"), AccountStatus.PROSPECT),
    **dict.fromkeys(("inactive", "paused", "blocked"), AccountStatus.DORMANT),
    **dict.fromkeys(("lost", "terminated", "deleted"), AccountStatus.CLOSED),
}
_CHANNELS = {
    **{value: value for value in Channel.values},
    **dict.fromkeys(("hyper", "hypermarkets"), Channel.HYPERMARKET),
    **dict.fromkeys(("super", "supermarkets", "grocery"), Channel.SUPERMARKET),
    **dict.fromkeys(("convenience store", "convenience stores"), Channel.CONVENIENCE),
    **dict.fromkeys(("discounter", "discounters", "discount store"), Channel.DISCOUNT),
    **dict.fromkeys(("cash & carry", "wholesale club", "warehouse"), Channel.CASH_AND_CARRY),
    **dict.fromkeys(("traditional trade", "independent", "mom and pop"), Channel.TRADITIONAL),
    **dict.fromkeys(("wholesaler", "wholesale", "value added reseller"), Channel.DISTRIBUTOR),
    **dict.fromkeys(("ecommerce", "web", "internet", "web shop"), Channel.ONLINE),
}


def _word(text: str) -> str:
    """Return the letters alone: “Ware House”, “warehouse” and “ware-house” are one word."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


@cache
def _plain(kind: str) -> dict[str, str]:
    words = {"kind": _KINDS, "status": _STATUSES, "channel": _CHANNELS}[kind]
    return {_word(word): str(value) for word, value in words.items()}


def account_kind(text: str) -> str | None:
    """Return the kind of account, or None for a word that is not known."""
    return _plain("kind").get(_word(text))


def account_status(text: str) -> str | None:
    """Return the status, or None for a word that is not known."""
    return _plain("status").get(_word(text))


def sales_channel(text: str) -> str:
    """Return the sales channel; a word that is not known is some other channel."""
    return _plain("channel").get(_word(text)) or Channel.OTHER


def other_channel_word(text: str) -> str:
    """Return the text if it is not a channel that is known."""
    return "" if _plain("channel").get(_word(text)) else text
