"""Versions of a resource: `ETag` on what is read, `If-Match` on what is changed."""

from __future__ import annotations

import hashlib
from typing import Any

from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from kam.core.api.problems import PreconditionFailedProblem


def etag_of(data: Any) -> str:
    """The version of a representation: the same content has the same tag."""
    return f'"{hashlib.sha256(JSONRenderer().render(data)).hexdigest()[:32]}"'


def is_known(request: Request, etag: str) -> bool:
    """Whether the caller has this version already (`If-None-Match`)."""
    return _lists(request.headers.get("If-None-Match", ""), etag)


def demand_match(request: Request, data: Any) -> None:
    """Raise PreconditionFailedProblem unless `If-Match` is absent or names the present version."""
    header = request.headers.get("If-Match")
    if header is not None and not _lists(header, etag_of(data)):
        raise PreconditionFailedProblem


def _lists(header: str, etag: str) -> bool:
    tags = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return "*" in tags or etag in tags
