"""The API of interactions, under /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from interactions.api.views import cadence

router = SimpleRouter(use_regex_path=False)
router.register("cadence-policies", cadence.CadencePolicyViewSet, basename="cadence-policy")
router.register("cadence-pauses", cadence.CadencePauseViewSet, basename="cadence-pause")

urlpatterns = [
    path("touches/", cadence.TouchesView.as_view(), name="touches"),
    *router.urls,
]
