"""Pages of plans; each topic brings its routes from a `routes` module of its own."""

from django.urls import URLPattern

from plans.views.plan import routes as plan

app_name = "plans"

urlpatterns: list[URLPattern] = [
    *plan.urlpatterns,
]
