from django.urls import path

from kam.core.views import gallery, shell

app_name = "core"
urlpatterns = [
    path("search/", shell.search, name="search"),
    path("preferences/", shell.preferences, name="preferences"),
    path("_gallery/", gallery.gallery, name="gallery"),
    path("_gallery/<slug:part>/", gallery.part, name="gallery-part"),
]
