"""The API described: a page to read, and the file that tools read."""

from __future__ import annotations

from typing import Any

import yaml
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from rest_framework.request import Request

from kam.core.api.base import StrictView
from kam.core.api.reference import chapters, schema


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Every operation with its parameters, fields, answers and an example; needs a sign-in."""
    return render(request, "api/reference.html", {"chapters": chapters()})


class SchemaView(StrictView):
    """The API file."""

    capability = "accounts.view"
    schema = None
    kind = "yaml"

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Answer the file whatever the caller says to accept."""
        return super().perform_content_negotiation(request, force=True)

    def get(self, request: Request) -> HttpResponse:
        """The OpenAPI file."""
        if self.kind == "json":
            return JsonResponse(schema())
        text = yaml.safe_dump(schema(), sort_keys=False, allow_unicode=True)
        return HttpResponse(text, content_type="application/yaml; charset=utf-8")
