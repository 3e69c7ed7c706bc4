"""Find which references describe one paper. Pure: no database, no Django; the same groups for any order of the items."""

from .display import display_fields
from .engine import compare, dedupe
from .types import Comparison, Decision, Edge, Evidence, Id, Item, PairToLook, Result, Strictness, Verdict

ENGINE_VERSION = "4"

__all__ = [
    "ENGINE_VERSION",
    "Comparison",
    "Decision",
    "Edge",
    "Evidence",
    "Id",
    "Item",
    "PairToLook",
    "Result",
    "Strictness",
    "Verdict",
    "compare",
    "dedupe",
    "display_fields",
]
