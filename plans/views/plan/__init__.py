"""Pages of plans as wholes: list, document, header, texts, members, templates."""
