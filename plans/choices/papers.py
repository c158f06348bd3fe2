"""Plans and reviews as files."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class PaperKind(TextChoices):
    PDF = "pdf", pgettext_lazy("kind of a file", "Document (PDF)")
    PPTX = "pptx", pgettext_lazy("kind of a file", "Slides (PPTX)")


CONTENT_TYPES = {
    PaperKind.PDF: "application/pdf",
    PaperKind.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
