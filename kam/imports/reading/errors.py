"""What can be wrong with a file, said so that its sender can mend it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

LINES_LISTED = 1_000


@dataclass(frozen=True, slots=True)
class LineProblem:
    """One line that does not have the shape its header promises."""

    line: int
    problem: str

    def __str__(self) -> str:
        return _("line %(line)d: %(problem)s") % {"line": self.line, "problem": self.problem}


class UnreadableFile(Exception):  # noqa: N818 - reads as a fact, like the messages it carries
    """The file as a whole cannot be read as a table."""


class BrokenFile(UnreadableFile):
    """Some lines of the file are structurally broken, so none of it is taken.

    `problems` lists the first thousand of them, `count` says how many there are.
    """

    def __init__(self, problems: Iterable[LineProblem], count: int) -> None:
        self.problems = tuple(problems)
        self.count = count
        super().__init__(str(self))

    @property
    def lines(self) -> tuple[int, ...]:
        return tuple(problem.line for problem in self.problems)

    def __str__(self) -> str:
        first = "; ".join(str(problem) for problem in self.problems[:3])
        text = ngettext(
            "%(count)d line is broken: %(first)s",
            "%(count)d lines are broken: %(first)s",
            self.count,
        )
        return text % {"count": self.count, "first": first + ("; …" if self.count > 3 else "")}


class ProblemList:
    """Collects problems: every one counted, the first thousand kept."""

    def __init__(self) -> None:
        self.kept: list[LineProblem] = []
        self.count = 0

    def add(self, line: int, problem: str) -> None:
        self.count += 1
        if len(self.kept) < LINES_LISTED:
            self.kept.append(LineProblem(line, problem))

    def raise_if_any(self) -> None:
        if self.count:
            raise BrokenFile(self.kept, self.count)
