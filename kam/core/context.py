"""What every page's frame needs, worked out only where a template asks for it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, get_language_info

from kam.core import nav

THEMES = ("auto", "light", "dark")
DENSITIES = ("normal", "compact")


def _with_capital(name: str) -> str:
    return name[:1].upper() + name[1:]


class Frame:
    """The frame of a page: its rail, and what the user chose for this browser."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def _cookie(self, name: str, allowed: tuple[str, ...]) -> str:
        value = self.request.COOKIES.get(name, "")
        return value if value in allowed else allowed[0]

    @property
    def theme(self) -> str:
        """Light, dark, or as the system says."""
        return self._cookie("theme", THEMES)

    @property
    def density(self) -> str:
        """How close table rows stand."""
        return self._cookie("density", DENSITIES)

    @property
    def folded(self) -> bool:
        """Whether the rail shows icons only."""
        return self.request.COOKIES.get("rail") == "folded"

    @cached_property
    def rail(self) -> list[nav.NavEntry]:
        """The entries of the rail."""
        return nav.rail(self.request)

    @property
    def phone(self) -> list[nav.NavEntry]:
        """The entries of the phone's bottom bar."""
        return nav.phone_bar(self.rail)

    @cached_property
    def user_menu(self) -> list[nav.NavEntry]:
        """The entries of the user's own menu."""
        return nav.visible(getattr(self.request, "user", None), nav.user_menu)

    @cached_property
    def topbar(self) -> list[nav.NavEntry]:
        """What apps put in the top bar (notifications): each loads its own sign."""
        return nav.visible(getattr(self.request, "user", None), nav.topbar)

    @cached_property
    def shortcuts(self) -> list[nav.NavEntry]:
        """What is begun from any page."""
        return nav.visible(getattr(self.request, "user", None), nav.shortcuts)

    @property
    def sign_out_url(self) -> str:
        """Where signing out is posted to, if this build has it."""
        try:
            return reverse("identity:sign-out")
        except NoReverseMatch:
            return ""

    @property
    def language(self) -> str:
        """The language in force."""
        return get_language() or settings.LANGUAGE_CODE

    @property
    def languages(self) -> list[dict[str, Any]]:
        """The languages on offer, each named in itself."""
        return [
            {
                "code": code,
                "name": _with_capital(get_language_info(code)["name_local"]),
                "current": code == self.language,
            }
            for code, _name in settings.LANGUAGES
        ]


def shell(request: HttpRequest) -> dict[str, Any]:
    """What every page's frame needs."""
    return {"frame": Frame(request)}
