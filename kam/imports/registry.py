"""Kinds of import by key: apps register theirs from `AppConfig.ready`."""

from kam.core.registry import Registry
from kam.imports.engine.importer import Importer

importers: Registry[Importer] = Registry()


class UnknownKindError(LookupError):
    """No app brought an importer of this kind; the message names those there are."""


def is_of_file(kind: str) -> bool:
    """Whether batches of a kind come from files; others carry what kam booked itself."""
    return importers.get(kind) is not None


def importer_for(kind: str) -> Importer:
    """Return the importer of a kind. Raises UnknownKindError."""
    importer = importers.get(kind)
    if importer is None:
        known = ", ".join(item.key for item in importers)
        raise UnknownKindError(f"There is no kind “{kind}”; there are: {known}.")
    return importer
