from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from kam.core.dates import Period
from kam.imports.engine.summary import Summary
from kam.imports.mapping import ColumnMapping, MappingError, identity_mapping
from kam.imports.models import ImportBatch
from kam.imports.options import ControlTotals, Options
from kam.imports.reading import BrokenFile, UnreadableFile
from kam.imports.registry import UnknownKindError, importer_for, importers
from kam.imports.services import batches, files, running

LINES_SHOWN = 200


class Command(BaseCommand):
    help = "Import a CSV or XLSX file: all of its accepted rows, or none."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", help=_kinds())
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", type=Path, help="which column is which (JSON)")
        parser.add_argument(
            "--create-accounts",
            action="store_true",
            help="create accounts that the file names and nobody knows",
        )
        parser.add_argument(
            "--accept-rejects",
            action="store_true",
            help="import the good rows, leave rejected ones out",
        )
        parser.add_argument("--dry-run", action="store_true", help="check only")
        parser.add_argument(
            "--replace",
            metavar="PERIOD",
            help="remove what this source had in the period (2026-03 or "
            "2026-01-01/2026-04-01, end excluded) and the file has not",
        )
        parser.add_argument(
            "--full-extract",
            action="store_true",
            help="the file names everything that is open: list what it leaves out",
        )
        parser.add_argument(
            "--accept-shrunk",
            action="store_true",
            help="take a full extract that leaves out more than half of what is open",
        )
        parser.add_argument("--control-rows", type=int, help="rows the file must have")
        parser.add_argument(
            "--control-total",
            action="append",
            default=[],
            metavar="CUR=AMOUNT",
            help="what the file must add up to in a currency",
        )
        parser.add_argument(
            "--data-as-of", type=date.fromisoformat, help="until when the data is complete"
        )
        parser.add_argument("--timings", action="store_true", help="say where the time goes")
        parser.add_argument("--json", action="store_true", help="answer as JSON")  # fmt: skip

    def handle(self, *_args: Any, **options: Any) -> None:
        """Receive, set up, and check or import the file; exit code 1 when nothing was imported."""
        self.as_json = bool(options["json"])
        as_of = timezone.localdate()
        try:
            batch = self.receive(options, as_of)
            summary = self.work(batch, as_of, dry_run=options["dry_run"])
        except BrokenFile as error:
            self.refuse(_broken(error), lines=list(error.lines))
        except (
            UnreadableFile, MappingError, UnknownKindError, OSError, ValueError,
            running.ImportFailedError,
        ) as error:  # fmt: skip
            self.refuse([str(error)])
        self.answer(batch, summary, options)

    def work(self, batch: ImportBatch, as_of: date, *, dry_run: bool) -> Summary:
        """Check or import; a file that turns out to be no table is not kept."""
        work = running.preview if dry_run else running.commit
        try:
            return work(batch_id=batch.pk, as_of=as_of, report=self.report)
        except running.ImportFailedError as error:
            if isinstance(error.__cause__, UnreadableFile):
                batches.discard(batch_id=batch.pk)
                raise error.__cause__ from error
            raise

    def receive(self, options: dict[str, Any], as_of: date) -> ImportBatch:
        """Store the file and say how it is read; a file that cannot be read leaves nothing."""
        importer = importer_for(options["kind"])
        mapping = _mapping(options["mapping"])
        with options["file"].open("rb") as stream:
            batch = batches.receive_file(
                kind=importer.key,
                source_code=mapping.source if mapping else importer.key,
                upload=File(stream, name=options["file"].name),
                user=None,
                as_of=as_of,
                whole=False,
            )
        try:
            if mapping is None:
                header = files.table_of(batch, ColumnMapping()).header
                mapping = identity_mapping(header, importer.visible_columns())
            return batches.set_up(
                batch_id=batch.pk,
                mapping=mapping,
                options=_options(options),
                control_totals=_control_totals(options),
            )
        except Exception:
            try:
                files.read_whole(files.table_of(batch, ColumnMapping()))  # a broken file first
            finally:
                batches.discard(batch_id=batch.pk)
            raise

    def report(self, done: int, total: int | None = None, message: str = "") -> None:
        """Show progress to whoever watches."""
        if self.stderr.isatty():
            text = message or f"{done:,} / {total:,}" if total else message
            self.stderr.write(f"\r{text:<60}", ending="")

    def refuse(self, problems: list[str], lines: list[int] | None = None) -> None:
        """Say why nothing was imported; exit code 1."""
        if self.as_json:
            answer = {"error": problems[0], "problems": problems, "lines": lines or []}
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        raise CommandError("\n".join(problems))

    def answer(self, batch: ImportBatch, summary: Summary, options: dict[str, Any]) -> None:
        """Print the outcome; exit code 1 when something kept the file from being imported."""
        refused = bool(summary.blockers) and not options["dry_run"]
        answer = _answer(batch, summary, refused=refused, dry_run=options["dry_run"])
        if options["timings"]:
            answer["timings"] = dict(summary.timings)
        if self.as_json:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(_lines(answer, summary)))
        if refused:
            raise CommandError(" ".join(summary.blockers))


def _kinds() -> str:
    return " | ".join(importer.key for importer in importers)


def _mapping(path: Path | None) -> ColumnMapping | None:
    if path is None:
        return None
    try:
        return ColumnMapping.from_json(json.loads(path.read_text(encoding="utf-8-sig")))
    except json.JSONDecodeError as error:
        raise MappingError(f"{path} is not JSON: {error}") from error


def _options(options: dict[str, Any]) -> Options:
    period = options["replace"]
    return Options(
        create_accounts=options["create_accounts"],
        accept_rejects=options["accept_rejects"],
        replace=Period.parse(period) if period else None,
        data_as_of=options["data_as_of"],
        full_extract=options["full_extract"],
        accept_shrunk=options["accept_shrunk"],
    )


def _control_totals(options: dict[str, Any]) -> ControlTotals:
    amounts = dict(pair.partition("=")[::2] for pair in options["control_total"])
    return ControlTotals.from_json({"rows": options["control_rows"], "amounts": amounts})


def _broken(error: BrokenFile) -> list[str]:
    shown = [str(problem) for problem in error.problems[:LINES_SHOWN]]
    more = error.count - len(shown)
    head = f"The file is broken, nothing was imported. Lines that are wrong: {error.count}."
    return [head, *shown, *([f"… and {more} more"] if more else [])]


def _answer(
    batch: ImportBatch, summary: Summary, *, refused: bool, dry_run: bool
) -> dict[str, Any]:
    return {
        "batch": batch.pk,
        "rows": summary.rows,
        "created": 0 if refused else summary.created,
        "updated": 0 if refused else summary.updated,
        "unchanged": summary.unchanged,
        "rejected": summary.rejected,
        "rejects": [
            {
                "reason": group.reason,
                "count": group.count,
                "amount": None if group.amount is None else float(group.amount),
                "currency": group.currency,
            }
            for group in summary.rejects
        ],
        "removed": 0 if refused else summary.removed,
        "also_created": dict(summary.also),
        "totals": [
            {"currency": t.currency, "rows": t.rows, "amount": float(t.amount)}
            for t in summary.totals
        ],
        "notices": [str(notice) for notice in summary.notices],
        "committed": not refused and not dry_run,
        "blockers": list(summary.blockers),
    }


def _lines(answer: dict[str, Any], summary: Summary) -> list[str]:
    counts = ("rows", "created", "updated", "unchanged", "rejected", "removed")
    lines = [f"batch #{answer['batch']}"]
    lines += [
        f"  {name:<10}{answer[name]:>12,}" for name in counts if answer[name] or name == "rows"
    ]
    lines += [
        f"  total {t.currency or '?'}: {t.amount:,} in {t.rows:,} rows" for t in summary.totals
    ]
    lines += [
        f"  rejected: {g.count:,} × {g.text}"
        + ("" if g.amount is None else f" ({g.amount:,} {g.currency})")
        for g in summary.rejects
    ]
    lines += [f"  also created: {count:,} {what}" for what, count in summary.also.items()]
    lines += [f"  note: {notice}" for notice in summary.notices]
    if timings := answer.get("timings"):
        lines += [f"  {seconds:>8.2f} s  {step}" for step, seconds in timings.items()]
    return lines
