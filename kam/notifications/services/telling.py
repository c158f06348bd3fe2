"""Telling people, once each, in one statement however many they are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from kam.core import jobs
from kam.identity.models import User
from kam.notifications.choices import Mail
from kam.notifications.registry import kind_of

JOB = "notifications.send_mails"


@dataclass(frozen=True, kw_only=True)
class Telling:
    """One thing that one user is told; of two with the same `dedupe` only the first counts."""

    user_id: int
    url: str
    dedupe: str
    params: Mapping[str, Any] = field(default_factory=dict)
    subject_id: int | None = None


def notify(
    *,
    kind: str,
    users: Iterable[User | int | None],
    url: str,
    dedupe: str,
    occurred_at: datetime,
    params: Mapping[str, Any] | None = None,
    subject_id: int | None = None,
    by: User | None = None,
) -> int:
    """Tell several users the same and answer how many were told now.

    `kind` is a registered key and `params` (JSON: texts, numbers; dates and decimals become texts)
    is what its `told` makes words of in each reader's language. `url` is the page it leads to,
    `subject_id` the row that the kind's `visible` is asked about. Whoever was told of this kind
    with this `dedupe` before is not told again, so a job may run twice. `by` is who did it and is
    not told; missing users (None), disabled ones and those who switched the kind off are left
    out. Call it inside the transaction of what happened. Raises UnknownKindError.
    """
    chosen = {user.pk if isinstance(user, User) else user for user in users}
    chosen -= {None, by.pk if by else None}
    tellings = [
        Telling(user_id=user_id, url=url, dedupe=dedupe, params=params or {}, subject_id=subject_id)
        for user_id in sorted(one for one in chosen if one is not None)
    ]
    return notify_each(kind=kind, tellings=tellings, occurred_at=occurred_at)


_TELL_SQL = """
INSERT INTO notifications_notification
    (user_id, kind, params, subject_id, url, dedupe, in_app, mail, occurred_at, created_at, tries)
SELECT u.id, %(kind)s, t.params::jsonb, t.subject_id, t.url, t.dedupe,
       coalesce(p.in_app, %(in_app)s), coalesce(p.mail, %(mail)s), %(occurred_at)s, now(), 0
FROM unnest(%(users)s::bigint[], %(params)s::text[], %(subjects)s::bigint[], %(urls)s::text[],
            %(dedupes)s::text[]) AS t(user_id, params, subject_id, url, dedupe)
JOIN identity_user u ON u.id = t.user_id AND u.is_active
LEFT JOIN notifications_preference p ON p.user_id = u.id AND p.kind = %(kind)s
WHERE coalesce(p.in_app, %(in_app)s) OR coalesce(p.mail, %(mail)s) <> 'never'
ORDER BY u.id, t.dedupe
ON CONFLICT (user_id, kind, dedupe) DO NOTHING
RETURNING mail
"""


@transaction.atomic
def notify_each(*, kind: str, tellings: Sequence[Telling], occurred_at: datetime) -> int:
    """Tell each user their own, in one statement, and answer how many were told now.

    For nightly jobs: thousands of lines at once. The rules are those of `notify`; what is to be
    mailed at once is asked for in the same transaction. Raises UnknownKindError.
    """
    found = kind_of(kind)
    if not tellings:
        return 0
    values: dict[str, Any] = {
        "kind": found.key,
        "in_app": found.in_app,
        "mail": found.mail.value,
        "occurred_at": occurred_at,
        "users": [one.user_id for one in tellings],
        "params": [json.dumps(dict(one.params), cls=DjangoJSONEncoder) for one in tellings],
        "subjects": [one.subject_id for one in tellings],
        "urls": [one.url for one in tellings],
        "dedupes": [one.dedupe for one in tellings],
    }
    with connection.cursor() as cursor:
        cursor.execute(_TELL_SQL, values)
        told = [mail for (mail,) in cursor.fetchall()]
    if Mail.AT_ONCE in told:
        jobs.enqueue(JOB, key=JOB)
    return len(told)
