"""Why a vote was not taken, each a sentence for the person."""

from typing import Any

from reviewapp.web.errors import DomainError


class VoteRefused(DomainError):
    """The vote cannot stand as it was sent."""

    status = 422


class WhyNeeded(VoteRefused):
    """A change after others' votes were open needs a why."""


class AnotherVoteCame(DomainError):
    """The page knew another vote than the one that stands: nothing is written, both are shown."""

    status = 409

    def __init__(self, sentence: str, current: Any) -> None:
        super().__init__(sentence)
        self.current = current


class RoundClosed(DomainError):
    """The vote came after the close; it is kept as a late vote."""

    status = 409
