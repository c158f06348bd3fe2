from __future__ import annotations

from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler


def handle_exception(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer errors as `application/problem+json` (RFC 9457)."""
    response = exception_handler(error, context)
    if response is None:
        return None
    problem = {"type": "about:blank", "title": response.status_text, "status": response.status_code}
    details = response.data
    if isinstance(details, dict) and set(details) == {"detail"}:
        problem["detail"] = str(details["detail"])
    else:
        problem["errors"] = details
    response.data = problem
    response.content_type = "application/problem+json"
    return response
