"""The roof: which app answers which address."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from kam.core.views import system
from kam.identity.views.profile import set_language

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", system.health, name="healthz"),
    path("robots.txt", system.robots, name="robots"),
    path("i18n/set-language/", set_language, name="set_language"),
    path("api/v1/", include("kam.api_urls")),
    path("admin/login/", system.admin_sign_in, name="admin-sign-in"),
    path("admin/", admin.site.urls),
    path("", include("kam.core.urls")),
    path("", include("kam.identity.urls")),
    path("", include("kam.imports.urls")),
    path("", include("kam.notifications.urls")),
    path("", include("accounts.urls")),
    path("", include("interactions.urls")),
    path("", include("settlements.urls")),
    path("", include("plans.urls")),
    path("", include("kam.dashboards.urls")),
]

handler404 = "kam.core.views.system.not_found"
handler500 = "kam.core.views.system.server_error"
