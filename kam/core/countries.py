"""Countries by ISO 3166 code, named in the user's language."""

from __future__ import annotations

import re
from functools import lru_cache

from babel import Locale

from kam.core.formats import current_locale

NOT_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})


@lru_cache(maxsize=16)
def _names(locale: str) -> dict[str, str]:
    territories = Locale.parse(locale).territories
    return {
        code: name
        for code, name in territories.items()
        if re.fullmatch(r"[A-Z]{2}", code) and code not in NOT_COUNTRIES
    }


def country_name(code: str) -> str:
    """The country's name in the language in force; the code itself where it is unknown."""
    return _names(str(current_locale())).get(code, code)


def country_choices() -> list[tuple[str, str]]:
    """Every country by code, sorted by its name."""
    return sorted(_names(str(current_locale())).items(), key=lambda item: item[1].casefold())
