"""Pages of plans; each topic brings its routes from a `routes` module of its own."""

from django.urls import URLPattern

from plans.views.approval import routes as approval
from plans.views.levers import routes as levers
from plans.views.loss import routes as loss
from plans.views.marketing import routes as marketing
from plans.views.negotiation import routes as negotiation
from plans.views.papers import routes as papers
from plans.views.plan import routes as plan
from plans.views.reviews import routes as reviews
from plans.views.sales import routes as sales
from plans.views.work import routes as work

app_name = "plans"

urlpatterns: list[URLPattern] = [
    *plan.urlpatterns,
    *loss.urlpatterns,
    *reviews.urlpatterns,
    *negotiation.urlpatterns,
    *sales.urlpatterns,
    *levers.urlpatterns,
    *marketing.urlpatterns,
    *approval.urlpatterns,
    *work.urlpatterns,
    *papers.urlpatterns,
]
