"""What a batch's page says about its file: counts, totals, rejects, notices, next steps."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kam.core.formats import Text
from kam.core.registry import may
from kam.core.stats import Stat
from kam.imports.choices import BatchState
from kam.imports.engine.notices import also_of, reason_text
from kam.imports.engine.summary import Summary
from kam.imports.models import ImportBatch, ImportReject
from kam.imports.options import ControlTotals, Options

REJECTS_SHOWN = 20
AFTER = {BatchState.COMMITTED, BatchState.UNDONE}


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the way in, for the bar above the page."""

    title: str
    state: str


@dataclass(frozen=True, slots=True)
class Total:
    """What the file adds up to in a currency, held against what its sender says."""

    currency: str
    rows: int
    amount: Decimal
    rejected: Decimal
    said: Decimal | None


REACHED = {
    BatchState.UPLOADED: 1,
    BatchState.MAPPED: 2,
    BatchState.PREVIEWED: 3,
    BatchState.REFUSED: 3,
    BatchState.FAILED: 2,
    BatchState.COMMITTING: 3,
}


def steps(reached: int) -> list[Step]:
    """The way in; the step of this number (from 0) is the one at hand."""
    titles = [_("Upload"), _("Columns"), _("Check"), _("Import"), _("Report")]
    return [
        Step(title, "done" if place < reached else "current" if place == reached else "open")
        for place, title in enumerate(titles)
    ]


def report_context(batch: ImportBatch, user: Any) -> dict[str, Any]:
    """What the templates need to show a batch; without a check there is no summary."""
    has_summary = bool(batch.summary)
    summary = Summary.from_json(batch.summary)
    rejects = list(batch.rejects.order_by("line", "pk")[:REJECTS_SHOWN]) if has_summary else []
    return {
        "steps": steps(REACHED.get(BatchState(batch.state), 5)),
        "summary": summary if has_summary else None,
        "stats": _stats(batch, summary) if has_summary else [],
        "totals": _totals(batch, summary),
        "rejects": [(reject, reason_text(reject.reason), _detail(reject)) for reject in rejects],
        "more_rejects": max(summary.rejected - len(rejects), 0),
        "other_blockers": _other_blockers(summary),
        "options": Options.from_json(batch.options),
        "undo": batch.summary.get("undo"),
        "also": _also(summary, user),
        "has_amounts": any(group.amount for group in summary.rejects),
        "has_conflicts": any(group.is_conflict for group in summary.rejects),
    }


def _detail(reject: ImportReject) -> str:
    """What in the row is wrong, without the reason that stands before it."""
    return (
        str(reject.message).removeprefix(reject.reason).strip().removeprefix("(").removesuffix(")")
    )


def _other_blockers(summary: Summary) -> list[str]:
    """Blockers that leave to reject rows would not lift; the first one is about rejects."""
    return list(summary.blockers[1:] if _counts_rejects(summary) else summary.blockers)


def _counts_rejects(summary: Summary) -> bool:
    return (
        bool(summary.rejected and summary.blockers)
        and str(summary.rejected) in (summary.blockers[0])
    )


def _stats(batch: ImportBatch, summary: Summary) -> list[Stat]:
    done = batch.state in AFTER
    rejects_url = reverse("imports:batch-rejects", args=[batch.pk]) if summary.rejected else ""
    words = (
        (_("Created"), _("Updated"), _("Unchanged"), _("Removed"))
        if done
        else (_("To create"), _("To update"), _("Unchanged"), _("To remove"))
    )
    figures = [
        ("rows", _("Rows"), summary.rows, "", _("Rows of the file that are not blank.")),
        ("created", words[0], summary.created, "", _("Rows that nothing here stood for.")),
        ("updated", words[1], summary.updated, "", _("Rows with a known key and other content.")),
        ("unchanged", words[2], summary.unchanged, "",
         _("Rows that say what is here already, and lines that repeat.")),
        ("removed", words[3], summary.removed, "",
         _("Rows of the source in the replaced period that the file has not.")),
        ("rejected", _("Rejected"), summary.rejected, rejects_url,
         _("Rows that cannot be imported; their reasons stand below.")),
    ]  # fmt: skip
    return [
        Stat(name=name, title=title, value=value, places=0, url=url, what=what,
             url_text=_("Download them"))
        for name, title, value, url, what in figures
        if name != "removed" or value or Options.from_json(batch.options).replace
    ]  # fmt: skip


def _totals(batch: ImportBatch, summary: Summary) -> list[Total]:
    said = ControlTotals.from_json(batch.control_totals).amounts
    return [
        Total(
            total.currency, total.rows, total.amount, total.rejected_amount,
            said.get(total.currency),
        )
        for total in summary.totals
    ]  # fmt: skip


def _also(summary: Summary, user: Any) -> list[tuple[Text, int, str]]:
    """What happened beside the rows, with the page that shows it to who may open it."""
    found = []
    for code, count in summary.also.items():
        also = also_of(code)
        may_open = also.url_name and may(user, also.capability)
        found.append((also.title, count, reverse(also.url_name) if may_open else ""))
    return found
