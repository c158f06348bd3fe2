"""Rejected rows: kept with the batch as they stood in the file, and written back as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator

from kam.imports.engine.run import ROWS, Run
from kam.imports.reading import Table
from kam.imports.shaping import copy_block

PAGE = 5_000
MESSAGE_LENGTH = 500
_PAGE_SQL = f"""
SELECT line_no, reason, COALESCE(detail, ''),
    CASE WHEN abs(amount) < 1e18 THEN amount::text END
FROM {ROWS}
WHERE reason IS NOT NULL AND line_no > %(after)s ORDER BY line_no LIMIT {PAGE}
"""
_COPY = (
    "COPY imports_importreject (batch_id, line, reason, message, amount, cells) "
    "FROM STDIN (FORMAT text, NULL '')"
)

type Reject = tuple[int, str, str, str | None]


def keep_rejects(run: Run, table: Table) -> int:
    """Replace the batch's rejected rows by those of this pass, with their cells from the file."""
    run.execute("DELETE FROM imports_importreject WHERE batch_id = %(batch)s")
    kept = 0
    rows = table.rows()
    for page in _pages(run):
        wanted = {line: (reason, detail, amount) for line, reason, detail, amount in page}
        last = page[-1][0]
        found: list[list[str]] = []
        for line, cells in rows:
            if line in wanted:
                found.append(_record(run.batch.pk, line, *wanted[line], cells))
            if line >= last:
                break
        if found:
            with run.cursor.copy(_COPY) as copy:
                copy.write(copy_block([list(column) for column in zip(*found, strict=True)]))
        kept += len(found)
    return kept


def _pages(run: Run) -> Iterator[list[Reject]]:
    after = 0
    while page := run.rows(_PAGE_SQL, {"after": after}):
        yield [(line, reason, detail, amount) for line, reason, detail, amount in page]
        after = page[-1][0]


def _record(
    batch_id: int, line: int, reason: str, detail: str, amount: str | None, cells: list[str]
) -> list[str]:
    message = f"{reason} ({detail})" if detail else reason
    data = json.dumps([cell.replace("\0", "") for cell in cells], ensure_ascii=False)
    return [str(batch_id), str(line), reason, message[:MESSAGE_LENGTH], amount or "", data]
