"""What an app offers to do with rows of a page of another app, as "What if we lose them?"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from kam.core.formats import Text
from kam.core.registry import Registry, may


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Something to do with one row or with several of a slot.

    The address of `url_name` takes one by the query `parameter`, and several as posted `ids`.
    `short` is the link's text in a row.
    """

    key: str
    slot: str
    title: Text
    short: Text
    url_name: str
    icon: str = "arrow-right"
    parameter: str = "id"
    capability: str = ""
    order: int = 100

    @property
    def url(self) -> str:
        """Where several are posted."""
        return reverse(self.url_name)

    def url_for(self, key: int) -> str:
        """Where one row leads."""
        return f"{self.url}?{urlencode({self.parameter: key})}"


offers: Registry[Offer] = Registry()


def offers_for(slot: str, user: Any) -> list[Offer]:
    """The offers of a slot that the user may take up, in order."""
    return [one for one in offers if one.slot == slot and may(user, one.capability)]
