"""How a file's columns become canonical ones: what the command line calls MAP.json."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self, cast

from django.utils.translation import gettext as _

from kam.imports.columns import Column
from kam.imports.reading.values import DecimalSign, is_date_format

MAX_NAME = 200


class MappingError(ValueError):
    """A mapping that says something impossible; the message is for its author."""


@dataclass(frozen=True, kw_only=True)
class ColumnMapping:
    """Where each canonical column comes from and how its cells are written.

    `columns` gives for each canonical column the source columns, joined by `joiner` when there
    are several; `constants` a value for every row; `strip_suffix` a text to take off the end of
    a column's cells. Encoding, delimiter and sheet are detected when empty. `unused` are columns of
    the file that were left out, kept so that one that is new next time is seen to be new.
    """

    source: str = ""
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    date_format: str = ""
    decimal: DecimalSign = "."
    strip_suffix: dict[str, str] = field(default_factory=dict)
    joiner: str = "-"
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    unused: tuple[str, ...] | None = None

    @classmethod
    def from_json(cls, data: object) -> Self:
        """Read a mapping; raises MappingError naming what is wrong."""
        if not isinstance(data, Mapping):
            raise MappingError(_("A mapping is a JSON object."))
        if unknown := set(data) - set(cls.__dataclass_fields__):
            raise MappingError(_("A mapping has no key “%s”.") % min(unknown))
        texts = {
            key: _text(data, key)
            for key in ("source", "date_format", "joiner", "encoding", "delimiter", "sheet")
            if key in data
        }
        mapping = cls(
            columns={name: _names(value) for name, value in _object(data, "columns").items()},
            constants={k: _constant(v) for k, v in _object(data, "constants").items()},
            strip_suffix={k: str(v) for k, v in _object(data, "strip_suffix").items()},
            decimal=_decimal(data.get("decimal") or "."),
            unused=_names(data["unused"]) if data.get("unused") is not None else None,
            **cast("dict[str, Any]", texts),
        )
        if mapping.date_format and not is_date_format(mapping.date_format):
            raise MappingError(
                _("“%s” is not a date format such as %%d.%%m.%%Y.") % mapping.date_format
            )
        return mapping

    def to_json(self) -> dict[str, Any]:
        """Return the mapping as JSON that `from_json` reads back; a single column is a text."""
        data = asdict(self)
        data["columns"] = {
            name: sources[0] if len(sources) == 1 else list(sources)
            for name, sources in self.columns.items()
        }
        plain = asdict(type(self)())
        return {key: value for key, value in data.items() if value != plain[key]}

    def read(self) -> set[str]:
        """Names of the file's columns that are read."""
        return {source for sources in self.columns.values() for source in sources}

    def mapped(self) -> set[str]:
        """Names of the canonical columns that get a value."""
        return {name for name, sources in self.columns.items() if sources} | set(self.constants)

    def check(self, columns: Sequence[Column], header: Iterable[str]) -> None:
        """Raise MappingError when this cannot be applied to a file with this header."""
        known = {column.name for column in columns}
        for name in sorted(self.mapped() | set(self.strip_suffix)):
            if name not in known:
                raise MappingError(
                    _("There is no column “%(name)s” here; there are: %(known)s.")
                    % {"name": name, "known": ", ".join(column.name for column in columns)}
                )
        present = set(header)
        for name, sources in self.columns.items():
            for source in sources:
                if source not in present:
                    raise MappingError(
                        _("The file has no column “%(source)s” (for %(name)s); it has: %(header)s.")
                        % {"source": source, "name": name, "header": ", ".join(header)}
                    )
        for column in columns:
            if column.required and column.name not in self.mapped():
                raise MappingError(_("Say which column is “%s”.") % column.name)


def identity_mapping(header: Iterable[str], columns: Iterable[Column]) -> ColumnMapping:
    """Take the columns of a file that carry canonical names as what they say."""
    names = {column.name for column in columns}
    plain = {name.strip().lower(): name for name in header}
    return ColumnMapping(columns={n: (plain[n],) for n in plain if n in names})


def _object(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key) or {}
    if not isinstance(value, Mapping):
        raise MappingError(_("“%s” is a JSON object.") % key)
    return value


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data[key]
    if value is not None and not isinstance(value, str):
        raise MappingError(_("“%s” is a text.") % key)
    return (value or "")[:MAX_NAME]


def _names(value: object) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise MappingError(_("A column is named by a text or a list of texts."))
    return tuple(" ".join(name.split()) for name in names if name)


def _constant(value: object) -> str:
    if isinstance(value, dict | list):
        raise MappingError(_("A constant is a single value."))
    return "" if value is None else str(value).strip()


def _decimal(value: object) -> DecimalSign:
    if value not in {".", ","}:
        raise MappingError(_("The decimal sign is “.” or “,”."))
    return "," if value == "," else "."
