"""Errors of the API as `application/problem+json` (RFC 9457), each with a stable code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError as ModelValidationError
from django.db import DataError, IntegrityError
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, status
from rest_framework.exceptions import ErrorDetail
from rest_framework.response import Response
from rest_framework.views import exception_handler

from kam.core.problems import RefusedError, problem_of

CONTENT_TYPE = "application/problem+json"
WHOLE_BODY = "non_field_errors"


class QueryError(exceptions.ValidationError):
    """A parameter of the address that cannot be used; `errors` names it."""


class RefusedProblem(exceptions.APIException):
    """What was sent is well formed, but a rule refuses it."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = _("This cannot be saved.")
    default_code = "refused"

    def __init__(self, refusal: RefusedError) -> None:
        """Take over the rule's words, code and field."""
        super().__init__(str(refusal), code=refusal.code)
        self.field = refusal.field


class PreconditionFailedProblem(exceptions.APIException):
    """The row changed since the caller read it."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = _("This was changed since you read it. Read it again, then change it.")
    default_code = "changed_meanwhile"


class KeyReusedProblem(exceptions.APIException):
    """An idempotency key came with another request than the first one."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = _("This Idempotency-Key was used for another request. Use a new one.")
    default_code = "idempotency_key_reused"


class RuleProblem(exceptions.APIException):
    """A refusal by a domain error that an app registered, with its status and code."""

    def __init__(self, error: Exception, status_code: int, code: str, field: str = "") -> None:
        """Say what the error says."""
        self.status_code = status_code
        self.field = field
        super().__init__(str(error), code=code)


_rules: dict[type[Exception], tuple[int, str]] = {}


def register_problem(kind: type[Exception], code: str, *, status_code: int = 422) -> None:
    """Say how the API answers a domain error whose words are meant for its reader."""
    _rules[kind] = (status_code, code)


def handle_exception(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer an error as a problem; what nobody foresaw is left to the outer layers (500, 503)."""
    known = _as_api_error(error)
    response = exception_handler(known, context)
    if response is None or not isinstance(known, exceptions.APIException):
        return response
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": response.status_text,
        "status": response.status_code,
        "code": _code(known),
        "detail": _detail(known),
    }
    if errors := list(_errors(known)):
        problem["errors"] = errors
    response.data = problem
    response.content_type = CONTENT_TYPE
    return response


def entries_of(error: Exception) -> list[dict[str, Any]]:
    """The places that an error names, for an answer about one row of several."""
    known = _as_api_error(error)
    if not isinstance(known, exceptions.APIException):
        raise error
    code, detail = _code(known), _detail(known)
    return list(_errors(known)) or [_entry((), "body", detail, code)]


def _as_api_error(error: Exception) -> Exception:
    if isinstance(error, RefusedError):
        return RefusedProblem(error)
    if isinstance(error, DataError):
        return RefusedProblem(RefusedError(code="unstorable"))
    if isinstance(error, IntegrityError):
        return RefusedProblem(problem_of(error))
    if isinstance(error, ModelValidationError):
        return exceptions.ValidationError(_messages(error))
    if isinstance(error, Http404):
        return exceptions.NotFound()
    for kind, (status_code, code) in _rules.items():
        if isinstance(error, kind):
            return RuleProblem(error, status_code, code, getattr(error, "field", ""))
    return error


def _messages(error: ModelValidationError) -> dict[str, list[str]]:
    if hasattr(error, "error_dict"):
        return {("" if k == "__all__" else k): v for k, v in error.message_dict.items()}
    return {WHOLE_BODY: error.messages}


def _code(error: exceptions.APIException) -> str:
    if isinstance(error, exceptions.ValidationError):
        return "invalid_parameters" if isinstance(error, QueryError) else "invalid"
    return str(getattr(error.detail, "code", error.default_code))


def _detail(error: exceptions.APIException) -> str:
    if isinstance(error, QueryError):
        return str(_("The address has parameters that cannot be used: see errors."))
    if isinstance(error, exceptions.ValidationError):
        return str(_("What was sent cannot be used: see errors."))
    return str(error.detail)


def _errors(error: exceptions.APIException) -> Iterator[dict[str, Any]]:
    """Every message with the place it is about: a parameter, or a path into the body."""
    if isinstance(error, exceptions.ValidationError):
        where = "query" if isinstance(error, QueryError) else "body"
        yield from _flat(error.detail, (), where)
    elif field := getattr(error, "field", ""):
        yield _entry(tuple(field.split(".")), "body", str(error.detail), _code(error))


def _flat(detail: Any, path: tuple[str, ...], where: str) -> Iterator[dict[str, Any]]:
    if isinstance(detail, dict):
        for name, inner in detail.items():
            below = path if name in {WHOLE_BODY, ""} else (*path, str(name))
            yield from _flat(inner, below, where)
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            below = (*path, str(index)) if isinstance(inner, dict | list) else path
            yield from _flat(inner, below, where)
    elif detail:
        code = detail.code if isinstance(detail, ErrorDetail) else "invalid"
        yield _entry(path, where, str(detail), str(code))


def _entry(path: tuple[str, ...], where: str, message: str, code: str) -> dict[str, Any]:
    entry = {"field": ".".join(path), "in": where, "message": message, "code": code}
    if where == "body":
        parts = (part.replace("~", "~0").replace("/", "~1") for part in path)
        entry["pointer"] = "".join(f"/{part}" for part in parts)
    return {name: _sendable(text) for name, text in entry.items()}


def _sendable(text: str) -> str:
    """The text, with what UTF-8 cannot carry replaced: an error may quote what was sent."""
    return text.encode("utf-8", "replace").decode()
