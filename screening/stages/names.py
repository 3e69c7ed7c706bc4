"""Whether a text says who voted: notes to the criteria are read by everybody, so they name nobody."""

import re
from collections.abc import Sequence

#: A vote told in words, as *Author 2*, *A2* or *reviewer 3*.
SOMEBODY = re.compile(r"\b(?:author|reviewer|forfatter)\s*\d+\b", re.IGNORECASE)


def names_somebody(text: str, names: Sequence[str]) -> bool:
    """Say whether a text names a person of the review: by number (*Author 2*) or by full name."""
    folded = text.casefold()
    full = (name.casefold() for name in names if " " in name.strip())
    return SOMEBODY.search(text) is not None or any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", folded) for name in full)
