"""Reading tables that strangers send: text in any common encoding and dialect, and workbooks."""

from kam.imports.reading.csv_reader import CsvTable
from kam.imports.reading.errors import BrokenFile, LineProblem, UnreadableFile

__all__ = ["BrokenFile", "CsvTable", "LineProblem", "UnreadableFile"]
