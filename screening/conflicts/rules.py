"""Who is named in a text, and whether a text says who voted: arithmetic on words, no database."""

import re
from collections.abc import Mapping, Sequence

#: A vote told in words, as *Author 2*, *A2* or *reviewer 3*.
SOMEBODY = re.compile(r"\b(?:author|reviewer|forfatter)\s*\d+\b", re.IGNORECASE)


def mentioned(text: str, names: Mapping[int, Sequence[str]]) -> set[int]:
    """Give whom a text names by ``@`` and one of their names, in any case; @Author 1 is not meant by @Author 12."""
    folded = text.casefold()
    return {key for key, own in names.items() if any(name and _named(folded, name.casefold()) for name in own)}


def _named(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w)@{re.escape(name)}(?!\w)", text) is not None


def without_names(text: str, names: Sequence[str]) -> str:
    """Take every ``@name`` out of a text, with the comma or colon after it."""
    for name in sorted((one for one in names if one), key=len, reverse=True):
        text = re.sub(rf"(?<!\w)@{re.escape(name)}(?!\w)[,:]?[ \t]*", "", text, flags=re.IGNORECASE)
    return text.strip()


def names_somebody(text: str, names: Sequence[str]) -> bool:
    """Say whether a text names a person of the review: by number (*Author 2*) or by full name."""
    folded = text.casefold()
    full = (name.casefold() for name in names if " " in name.strip())
    return SOMEBODY.search(text) is not None or any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", folded) for name in full)
