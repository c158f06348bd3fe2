"""Why a change was refused, in words for people, also where the database was the one to refuse.

A service raises `RefusedError` (or a subclass) from its checks. What only the database can see,
such as a race, arrives as an IntegrityError: `explained`, put *outside* the transaction, turns it
into the same kind of error. Never catch a database error inside `atomic`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import IntegrityError, models
from django.forms import BaseForm
from django.utils.translation import gettext_lazy as _

from kam.core.formats import Text

UNIQUE, FOREIGN_KEY, NOT_NULL = "23505", "23503", "23502"


class RefusedError(Exception):
    """A change that a rule refuses: words for people, the field they are about, a code."""

    code = "refused"
    field = ""
    words: Text = _("This cannot be saved.")
    row: tuple[str, int] | None = None

    def __init__(self, message: Text = "", *, field: str = "", code: str = "") -> None:
        """Keep the words lazy, so that they are spoken in the reader's language."""
        super().__init__(message)
        self.message = message or self.words
        self.field = field or self.field
        self.code = code or self.code

    def __str__(self) -> str:
        return str(self.message)

    def at(self, rows: str, place: int) -> Self:
        """Say which of several rows it is about, from 0; answer the refusal itself."""
        self.row = (rows, place)
        return self


class StaleError(RefusedError):
    """Somebody else changed a row since it was read."""

    code = "stale"
    words = _("Somebody else changed this meanwhile. Look at their version.")


def refuse_stale[Version: (datetime, str)](stands: Version, read: Version | None) -> None:
    """Raise StaleError where something is not what was read any more, by when it was saved or by
    its `fingerprint`; without `read` nobody asked."""
    if read is not None and stands != read:
        raise StaleError


@dataclass(frozen=True)
class Blocker:
    """A reason why something cannot be done; the page shows it, the service enforces it."""

    message: Text
    code: str = "refused"
    field: str = ""


@dataclass(frozen=True)
class Caution:
    """Something to know before doing it; it does not stand in the way."""

    message: Text
    code: str = "caution"


def refuse(blockers: Iterable[Blocker]) -> None:
    """Raise the first blocker, if there is one."""
    for blocker in blockers:
        raise RefusedError(blocker.message, field=blocker.field, code=blocker.code)


@dataclass(frozen=True)
class Explanation:
    """What a database constraint means."""

    message: Text
    field: str = ""
    kind: type[RefusedError] = RefusedError


_explanations: dict[str, Explanation] = {}


def register_constraint(
    name: str, message: Text, *, field: str = "", kind: type[RefusedError] = RefusedError
) -> None:
    """Say what a violation of a constraint means that no model declares, or say it better."""
    _explanations[name] = Explanation(message, field, kind)


@contextmanager
def explained() -> Iterator[None]:
    """Outside a transaction: let a refusal by the database surface as a `RefusedError`."""
    try:
        yield
    except IntegrityError as error:
        raise problem_of(error) from error


def problem_of(error: IntegrityError) -> RefusedError:
    """Translate a constraint's violation; an unknown one gives a general answer."""
    details = getattr(error.__cause__, "diag", None)
    name = getattr(details, "constraint_name", None) or ""
    if known := _explanations.get(name):
        return known.kind(known.message, field=known.field, code=name)
    model = _model(getattr(details, "table_name", None) or "")
    sqlstate = getattr(details, "sqlstate", None) or ""
    if model is None:
        return RefusedError(code=name)
    return _of_constraint(model, name) or _of_column(model, name, sqlstate, details)


def _model(table: str) -> type[models.Model] | None:
    return next((m for m in apps.get_models() if m._meta.db_table == table), None)


def _of_constraint(model: type[models.Model], name: str) -> RefusedError | None:
    found = next((c for c in model._meta.constraints if c.name == name), None)
    if found is None:
        return None
    fields = getattr(found, "fields", ())
    if isinstance(found, models.UniqueConstraint) and not found.violation_error_message:
        return _taken(model, fields[0] if fields else "", name)
    return RefusedError(
        str(found.get_violation_error_message()), field=fields[-1] if fields else "", code=name
    )


def _of_column(
    model: type[models.Model], name: str, sqlstate: str, details: object
) -> RefusedError:
    if sqlstate == UNIQUE:
        return _taken(model, _unique_field(model, name), name)
    if sqlstate == NOT_NULL:
        return RefusedError(_("This is needed."), field=_field_of(model, details), code=name)
    if sqlstate == FOREIGN_KEY:
        return RefusedError(
            _("Something else refers to this, or what this refers to is gone."), code=name
        )
    return RefusedError(code=name)


def _taken(model: type[models.Model], field: str, code: str) -> RefusedError:
    label = model._meta.get_field(field).verbose_name if field else model._meta.verbose_name  # type: ignore[union-attr]
    words = str(_("There is another one with this %(field)s already."))
    return RefusedError(words % {"field": str(label)}, field=field, code=code)


def _unique_field(model: type[models.Model], constraint: str) -> str:
    start = f"{model._meta.db_table}_"
    unique = [f for f in model._meta.fields if f.unique and not f.primary_key]
    return next((f.name for f in unique if constraint.startswith(f"{start}{f.column}_")), "")


def _field_of(model: type[models.Model], details: object) -> str:
    column = getattr(details, "column_name", None)
    return next((f.name for f in model._meta.fields if f.column == column), "")


def add_to_form(form: BaseForm, problem: RefusedError) -> None:
    """Show a refusal beside the field it is about, or above the form. A form that knows which
    version was read (`kam.core.forms.Versioned`) also says what stands there now."""
    field = problem.field if problem.field in form.fields else NON_FIELD_ERRORS
    form.add_error(None if field == NON_FIELD_ERRORS else field, str(problem.message))
    tell_stale(form, problem)


def tell_stale(form: object, problem: object) -> None:
    """Let a form, or an editor of several, that knows its version say what stands there now."""
    tell_now = getattr(form, "tell_now", None)
    if tell_now is not None and isinstance(problem, StaleError):
        tell_now()
