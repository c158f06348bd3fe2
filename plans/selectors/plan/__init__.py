"""Reads of plans as wholes: lists, proposals, the document."""
