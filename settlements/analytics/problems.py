"""What mathematics of settlement refuses, in codes; whoever shows it has the words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self


class CalculationError(ValueError):
    """An input that cannot be computed; `code` names the reason, `params` what it is about."""

    def __init__(self, code: str, **params: Any) -> None:
        """Keep the code and what it is about."""
        super().__init__(f"{code} {params}" if params else code)
        self.code = code
        self.params = params

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """Return the error that says the same as a problem; the row is one of its params."""
        where = {} if problem.row is None else {"row": problem.row}
        return cls(problem.code, **where, **problem.params)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that does not hold, found by a check that names all at once.

    `row` is the row it stands in, from 0; None where it is about the whole.
    """

    code: str
    params: dict[str, Any] = field(default_factory=dict)
    row: int | None = None
