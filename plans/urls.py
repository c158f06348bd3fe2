"""Pages of plans; each topic brings its routes from a `routes` module of its own."""

from django.urls import URLPattern

from plans.views.approval import routes as approval
from plans.views.plan import routes as plan
from plans.views.sales import routes as sales
from plans.views.work import routes as work

app_name = "plans"

urlpatterns: list[URLPattern] = [
    *plan.urlpatterns,
    *sales.urlpatterns,
    *approval.urlpatterns,
    *work.urlpatterns,
]
