"""What charting refuses: each with the one sentence that says why and what to do."""

from typing import Any

from reviewapp.web.errors import DomainError, Invalid

__all__ = ["Changed", "Invalid", "Refused"]


class Refused(DomainError):
    """The state of things does not allow it (409)."""


class Changed(Refused):
    """Somebody else changed it since the page was opened (409); ``current`` is the row that stands (None: there is none)."""

    def __init__(self, sentence: str, current: Any = None) -> None:
        super().__init__(sentence)
        self.current = current
