"""What the sender of a file allows and expects: kept as JSON with the batch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kam.core.dates import Period, PeriodError
from kam.core.money import quantise


class OptionsError(ValueError):
    """Options that cannot be: the message is for who typed them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Leave to create accounts and to leave rejected rows out; a period replaced as a whole.

    `data_as_of` says until when the data is complete; without it the latest date in the file does.
    `full_extract` says that the file names everything that is open; what it leaves out is listed
    for review. A file that leaves out more than half needs `accept_shrunk`.
    """

    create_accounts: bool = False
    accept_rejects: bool = False
    replace: Period | None = None
    data_as_of: date | None = None
    full_extract: bool = False
    accept_shrunk: bool = False

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote, or raise OptionsError."""
        try:
            return cls(
                create_accounts=bool(data.get("create_accounts")),
                accept_rejects=bool(data.get("accept_rejects")),
                replace=Period.parse(data["replace"]) if data.get("replace") else None,
                data_as_of=(
                    date.fromisoformat(data["data_as_of"]) if data.get("data_as_of") else None
                ),
                full_extract=bool(data.get("full_extract")),
                accept_shrunk=bool(data.get("accept_shrunk")),
            )
        except (PeriodError, ValueError, TypeError, AttributeError) as error:
            raise OptionsError(_("The options cannot be read: %s.") % error) from error

    def to_json(self) -> dict[str, Any]:
        """Return the options as JSON."""
        return {
            "create_accounts": self.create_accounts,
            "accept_rejects": self.accept_rejects,
            "replace": f"{self.replace.start}/{self.replace.end}" if self.replace else "",
            "data_as_of": self.data_as_of.isoformat() if self.data_as_of else "",
            **({"full_extract": True} if self.full_extract else {}),
            **({"accept_shrunk": True} if self.accept_shrunk else {}),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlTotals:
    """What the sender says the whole file holds: rows, and amounts by currency."""

    rows: int | None = None
    amounts: dict[str, Decimal] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote, or raise OptionsError."""
        amounts = data.get("amounts") or {}
        try:
            return cls(
                rows=None if data.get("rows") in {None, ""} else int(data["rows"]),
                amounts={code.upper(): Decimal(str(value)) for code, value in amounts.items()},
            )
        except (InvalidOperation, ValueError, TypeError, AttributeError) as error:
            raise OptionsError(_("The control totals cannot be read.")) from error

    def to_json(self) -> dict[str, Any]:
        """Return the totals as JSON; amounts as text, so that their decimals stay."""
        return {
            "rows": self.rows,
            "amounts": {code: str(amount) for code, amount in self.amounts.items()},
        }

    def differences(self, rows: int, totals: Mapping[str, Decimal]) -> list[str]:
        """Say where a file differs from what its sender says, at the decimals they gave."""
        found: list[str] = []
        if self.rows is not None and self.rows != rows:
            text = ngettext(
                "The file has %(found)s row, the control total says %(said)s.",
                "The file has %(found)s rows, the control total says %(said)s.",
                rows,
            )
            found.append(text % {"found": rows, "said": self.rows})
        for code, said in sorted(self.amounts.items()):
            places = max(-int(said.as_tuple().exponent), 0)
            total = quantise(totals.get(code, Decimal(0)), places)
            if total != said:
                text = _("The file adds up to %(found)s %(code)s, the control total says %(said)s.")
                found.append(text % {"found": total, "code": code, "said": said})
        return found
