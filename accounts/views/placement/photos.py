"""Photos of shelves on their way out."""

from __future__ import annotations

from django.http import FileResponse, Http404

from accounts.models import StoreCheckLine
from accounts.services.placement.photos import CONTENT_TYPES


def as_attachment(line: StoreCheckLine) -> FileResponse:
    """A photo as a download: never a page of ours, whatever the file may hold. Raises Http404."""
    try:
        stream = line.photo.open("rb")
    except (OSError, ValueError) as error:
        raise Http404 from error
    response = FileResponse(
        stream,
        as_attachment=True,
        filename=f"store-check-{line.pk}.{line.photo_kind}",
        content_type=CONTENT_TYPES[line.photo_kind],
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    return response
