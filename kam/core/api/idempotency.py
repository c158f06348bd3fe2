"""`Idempotency-Key`: a repeated POST has one effect and gets the first answer again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any, cast

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from kam.core.api.problems import KeyReusedProblem
from kam.core.models import IdempotencyKey

HEADER = "Idempotency-Key"
MAX_LENGTH = 255
KEPT_HEADERS = ("Location", "ETag")
CHUNK = 1 << 20

Handler = Callable[..., Response]


def once(handler: Handler) -> Handler:
    """Wrap a POST handler: with the header it runs once for each key of a user.

    The key is inserted first: copies sent at the same time wait at its unique index until the
    first has committed, then replay. A refused request rolls back with its key and may be
    repeated. Work sent on commit (jobs) is sent once, with the transaction that did it.
    """

    def answer(request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return handler(request, *args, **kwargs)
        _check(key)
        request_hash = hash_of(request)
        with transaction.atomic():
            row = _claim(request, key, request_hash)
            if row is None:
                return _replay(request, key, request_hash)
            response = handler(request, *args, **kwargs)
            _remember(row, response)
        return response

    return answer


def _check(key: str) -> None:
    if not key or len(key) > MAX_LENGTH or not key.isprintable() or not key.isascii():
        raise exceptions.ValidationError(
            {HEADER: [_("An Idempotency-Key has 1 to 255 printable ASCII characters.")]}
        )


def _claim(request: Request, key: str, request_hash: str) -> int | None:
    """Insert the key; None when it stood already. Waits for a copy that is still at work.

    A committed row has a status, so a row without one is our own.
    """
    user = cast("Any", request.user)
    row = IdempotencyKey(user=user, key=key, request_hash=request_hash)
    IdempotencyKey.objects.bulk_create([row], ignore_conflicts=True)
    ours = IdempotencyKey.objects.filter(user=user, key=key, status=None)
    return ours.values_list("pk", flat=True).first()


def _replay(request: Request, key: str, request_hash: str) -> Response:
    row = IdempotencyKey.objects.filter(user=cast("Any", request.user), key=key).get()
    if row.request_hash != request_hash:
        raise KeyReusedProblem
    data = json.loads(row.body) if row.body else None
    return Response(
        data, status=row.status, headers={**row.headers, "Idempotency-Replayed": "true"}
    )


def _remember(pk: int, response: Response) -> None:
    body = "" if response.data is None else JSONRenderer().render(response.data).decode()
    headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    IdempotencyKey.objects.filter(pk=pk).update(
        status=response.status_code, headers=headers, body=body
    )


def hash_of(request: Request) -> str:
    """What was asked: method, address and content (files by their bytes, JSON by its meaning)."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    data = request.data
    if request.FILES:
        for name, file in sorted(request.FILES.items()):
            _add_file(digest, name, file)
        data = {name: value for name, value in dict(data).items() if name not in request.FILES}
    digest.update(json.dumps(data, sort_keys=True, default=str).encode())
    return digest.hexdigest()


def _add_file(digest: Any, name: str, file: Any) -> None:
    digest.update(f"{name} {file.name}\n".encode())
    for chunk in file.chunks(CHUNK):
        digest.update(chunk)
    file.seek(0)
