"""Pages of plans; each topic brings its routes from a `routes` module of its own."""

from django.urls import URLPattern

app_name = "plans"

urlpatterns: list[URLPattern] = []
