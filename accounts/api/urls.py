from rest_framework.routers import SimpleRouter

from accounts.api.views.accounts import AccountViewSet

router = SimpleRouter(use_regex_path=False)
router.register("accounts", AccountViewSet, basename="account")

urlpatterns = router.urls
