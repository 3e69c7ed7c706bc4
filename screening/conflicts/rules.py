"""Who is named in a text: arithmetic on words, no database."""

import re
from collections.abc import Mapping, Sequence


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
