"""The API file: read from what views declare, with the rules that hold for every operation."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

STANDARD = {"list", "retrieve", "create", "update", "partial_update", "destroy"}
KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Send the same key again and the request has one effect: see Repeating a request.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The `ETag` that you read. The change is refused if the row has another by now.",
)
PROBLEMS = {
    "400": "Something sent cannot be used: `errors` names each field or parameter.",
    "401": "No valid token or session.",
    "403": "The token may only read, or the session's CSRF token is missing.",
    "404": "There is nothing here, or not for you.",
    "412": "Changed since you read it (`If-Match`).",
    "422": "Well formed, but a rule refuses it.",
}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "An error (RFC 9457).",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "The status in words."},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable name of the problem."},
        "detail": {"type": "string", "description": "What is wrong, in the caller's language."},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/ProblemEntry"}},
    },
}
ENTRY: dict[str, Any] = {
    "type": "object",
    "required": ["field", "in", "message", "code"],
    "properties": {
        "field": {"type": "string", "description": "Dotted path or parameter; empty: all of it."},
        "in": {"type": "string", "enum": ["body", "query"]},
        "pointer": {"type": "string", "description": "JSON pointer into the body (RFC 6901)."},
        "message": {"type": "string"},
        "code": {"type": "string"},
    },
}


class Schema(AutoSchema):
    """Operations named after their action, described by its docstring."""

    method_mapping = {
        **AutoSchema.method_mapping,
        "patch": "update",
        "put": "replace",
        "delete": "delete",
    }

    @property
    def act(self) -> str:
        """The action, or the method of a view without actions."""
        return str(getattr(self.view, "action", None) or self.method.lower())

    def get_operation_id(self) -> str:
        """`accounts_list`, and `accounts_move` for an action of its own."""
        if self.act in STANDARD or self.act == self.method.lower():
            return super().get_operation_id()
        return "_".join(token.replace("-", "_") for token in self._tokenize_path())

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        """What goes out is called by its plain name: `Account`, not `AccountOutput`."""
        name: str = super().get_serializer_name(serializer, direction)
        return name.removesuffix("Output")

    def _words(self) -> tuple[str, str]:
        handler = getattr(self.view, self.act, None)
        text = " ".join((getattr(handler, "__doc__", "") or "").split("\n\n")[0].split())
        more = (getattr(handler, "__doc__", "") or "").split("\n\n")[1:]
        return text, "\n\n".join(" ".join(part.split()) for part in more).strip()

    def get_summary(self) -> str | None:
        """The first line of the action's docstring."""
        return self._words()[0].removesuffix(".") or None

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular does
        """The rest of the action's docstring."""
        return self._words()[1]

    def get_override_parameters(self) -> list[Any]:
        """The headers and the query parameters that the view declares."""
        query = getattr(self.view, "queries", {}).get(self.act)
        parameters: list[Any] = [query] if query else []
        if self.method == "POST":
            parameters.append(KEY)
        if self.method in {"PATCH", "PUT", "DELETE"}:
            parameters.append(IF_MATCH)
        return parameters

    def get_request_serializer(self) -> Any:
        """What the view says is sent."""
        return getattr(self.view, "bodies", {}).get(self.act)

    def get_response_serializers(self) -> Any:
        """What the view says is answered, else its output."""
        answers = getattr(self.view, "answers", {})
        if self.act in answers:
            return answers[self.act]
        if self.act == "destroy":
            return {204: None}
        output = getattr(self.view, "output", None)
        return output if self.act == "list" else getattr(self.view, "detail_output", None) or output


def add_problems(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Give every operation the problems that it may answer."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {}).update(Problem=PROBLEM, ProblemEntry=ENTRY)
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    components["responses"] = {
        f"Problem{code}": {"description": words, "content": content}
        for code, words in PROBLEMS.items()
    }
    for path in result["paths"].values():
        for method, operation in path.items():
            for code in _possible(method):
                operation["responses"].setdefault(
                    code, {"$ref": f"#/components/responses/Problem{code}"}
                )
    return result


def _possible(method: str) -> list[str]:
    if method == "get":
        return ["400", "401", "404"]
    if method == "post":
        return ["400", "401", "403", "404", "422"]
    return list(PROBLEMS)
