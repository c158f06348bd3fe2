"""What a part of a draft says, as a version: two people who write the same part see each other.

Every save of a part touches the version's row, so each part has a version of its own; who writes
another part stands in nobody's way.
"""

from __future__ import annotations

from kam.core.versions import fingerprint
from settlements.models import AgreementVersion
from settlements.services.terms.copying import header_of, responsibilities_of
from settlements.services.terms.drafts import TERM_COLUMNS, TermDraft

_PAYMENT = ("base_event", "calendar_id", "lines")
WITHIN: dict[str, tuple[str, ...]] = {
    "axes": (*(name for name in TERM_COLUMNS if name not in _PAYMENT), "schedule"),
    "payment": _PAYMENT,
    "guarantee": ("guarantee",),
    "media": ("media",),
}
"""What of a term's draft belongs to each of its parts."""


def header_version(version: AgreementVersion) -> str:
    """Return the version of the period, the renewal and the notice."""
    return fingerprint(header_of(version))


def bearers_version(version: AgreementVersion) -> str:
    """Return the version of who bears what."""
    return fingerprint(*sorted(responsibilities_of(version), key=lambda one: one.subject))


def term_version(draft: TermDraft, part: str = "") -> str:
    """Return the version of a part of a term as it was read from the database, or of all of it."""
    names = WITHIN[part] if part else [name for known in WITHIN.values() for name in known]
    return fingerprint(*(getattr(draft, name) for name in names))
