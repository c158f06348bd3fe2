from django.urls import path
from rest_framework.routers import SimpleRouter

from kam.core.api import views

router = SimpleRouter(use_regex_path=False)
router.register("currencies", views.CurrencyViewSet, basename="currency")
router.register("rates", views.RateViewSet, basename="rate")
router.register("job-runs", views.JobRunViewSet, basename="job-run")

urlpatterns = [
    *router.urls,
    path("organisation/", views.OrganisationView.as_view(), name="organisation-detail"),
]
