"""The first row of a table: trimmed, named throughout, no name twice."""

from collections import Counter

from django.utils.translation import gettext as _

from kam.imports.reading.errors import UnreadableFile

MAX_COLUMNS = 500


def clean_header(cells: list[str]) -> list[str]:
    """Return the column names; a nameless column is called after its place.

    Raises `UnreadableFile` when a name stands twice or there are too many columns.
    """
    if len(cells) > MAX_COLUMNS:
        raise UnreadableFile(
            _("The header has %(found)d columns; at most %(most)d can be read.")
            % {"found": len(cells), "most": MAX_COLUMNS}
        )
    names = [
        " ".join(cell.lstrip("\ufeff").split()) or _("column %d") % place
        for place, cell in enumerate(cells, 1)
    ]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise UnreadableFile(
            _("The header names these columns more than once: %s.") % ", ".join(twice)
        )
    return names
