"""The API's roof, under /api/v1/."""

from django.urls import include, path, re_path

from kam.core.api import docs
from kam.core.api.base import NotFoundView

app_name = "api"
urlpatterns = [
    path("", include("kam.identity.api.urls")),
    path("", include("kam.core.api.urls")),
    path("", include("kam.imports.api.urls")),
    path("", include("kam.notifications.api.urls")),
    path("", include("accounts.api.urls")),
    path("", include("interactions.api.urls")),
    path("", include("settlements.api.urls")),
    path("", include("plans.api.urls")),
    path("docs/", docs.reference, name="docs"),
    path("openapi.yaml", docs.SchemaView.as_view(), name="schema-yaml"),
    path("openapi.json", docs.SchemaView.as_view(kind="json"), name="schema-json"),
    re_path(r"^.*$", NotFoundView.as_view(), name="nothing"),
]
