from rest_framework.routers import SimpleRouter

from kam.imports.api.views import ImportViewSet, SourceViewSet

router = SimpleRouter(use_regex_path=False)
router.register("imports", ImportViewSet, basename="import")
router.register("data-sources", SourceViewSet, basename="data-source")

urlpatterns = router.urls
