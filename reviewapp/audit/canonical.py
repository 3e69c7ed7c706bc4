"""The form in which an event is hashed: the same bytes on every engine and every machine (test vector in tests/audit)."""

import hashlib
import json
import unicodedata
from datetime import UTC, datetime
from typing import Any

JSON = Any


def clean(value: JSON) -> JSON:
    """Normalise a JSON value (NFC everywhere); refuse what the two engines would store differently.

    Raises ValueError for floats, NUL and lone surrogates.
    """
    match value:
        case bool() | int() | None:
            return value
        case str():
            return clean_text(value)
        case dict():
            return {clean_text(str(key)): clean(item) for key, item in value.items()}
        case list() | tuple():
            return [clean(item) for item in value]
        case _:
            raise ValueError(f"An event cannot hold a {type(value).__name__}.")


def clean_text(text: str) -> str:
    if "\x00" in text:
        raise ValueError("An event cannot hold a NUL character.")
    text.encode("utf-8")  # a lone surrogate raises UnicodeEncodeError, a ValueError
    return unicodedata.normalize("NFC", text)


def stamp(moment: datetime) -> str:
    """Write a moment in UTC with microseconds: 2026-01-31T10:20:30.000001Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def digest(value: JSON) -> str:
    """Give the SHA-256 (hex) of the canonical JSON of ``value``."""
    text = json.dumps(clean(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def text_digest(salt: str, text: str) -> str:
    """Give the salted SHA-256 (hex) of a person's text, so that the text can be erased and the chain stays whole."""
    return hashlib.sha256(f"{salt}\n{clean_text(text)}".encode()).hexdigest()
