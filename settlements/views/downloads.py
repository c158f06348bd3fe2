"""Files that people sent, answered as downloads alone."""

from __future__ import annotations

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404


def download(
    file: FieldFile, *, name: str, content_type: str = "application/octet-stream"
) -> FileResponse:
    """A file as a download: never a page of ours, whatever it may hold. Raises Http404."""
    try:
        stream = file.open("rb")
    except (OSError, ValueError) as error:
        raise Http404 from error
    response = FileResponse(stream, as_attachment=True, filename=name, content_type=content_type)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
