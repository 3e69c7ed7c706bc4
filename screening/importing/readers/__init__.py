"""Read bibliographic exports of every kind: recognise, decode, and give entries in one normal form. No Django, no database.

A reader is one module of this folder with a `READER` (see base.Reader): adding one is one file, one test, one sample.
"""

from .archives import open_exports
from .as_json import pieces, to_json
from .base import DEFAULT_LIMITS, Archive, Fields, Limits, ReadEntry, Refused
from .found_decisions import FoundDecision, decisions_of
from .plain_lines import open_pasted
from .rayyan_log import read_log
from .reading import Reading, open_export, preview_table
from .unknown_tables import FIELDS, Preview, UnknownTable

__all__ = [
    "DEFAULT_LIMITS",
    "FIELDS",
    "Archive",
    "Fields",
    "FoundDecision",
    "Limits",
    "Preview",
    "ReadEntry",
    "Reading",
    "Refused",
    "UnknownTable",
    "decisions_of",
    "open_export",
    "open_exports",
    "open_pasted",
    "pieces",
    "preview_table",
    "read_log",
    "to_json",
]
