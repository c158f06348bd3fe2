from django.urls import path

from kam.imports.views import batches, downloads, mapping, sources

app_name = "imports"
urlpatterns = [
    path("imports/", batches.batch_list, name="batch-list"),
    path("imports/new/", batches.batch_create, name="batch-create"),
    path("imports/<int:pk>/", batches.batch_detail, name="batch-detail"),
    path("imports/<int:pk>/columns/", mapping.batch_map, name="batch-map"),
    path("imports/<int:pk>/check/", batches.batch_preview, name="batch-preview"),
    path("imports/<int:pk>/commit/", batches.batch_commit, name="batch-commit"),
    path("imports/<int:pk>/undo/", batches.batch_undo, name="batch-undo"),
    path("imports/<int:pk>/discard/", batches.batch_discard, name="batch-discard"),
    path("imports/<int:pk>/rejected.csv", downloads.batch_rejects, name="batch-rejects"),
    path("imports/<int:pk>/file/", downloads.batch_file, name="batch-file"),
    path("imports/template/<slug:kind>.csv", downloads.kind_template, name="kind-template"),
    path("imports/sources/", sources.source_list, name="source-list"),
    path("imports/sources/<int:pk>/", sources.source_edit, name="source-edit"),
]
