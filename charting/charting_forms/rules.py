"""Where a study stands in charting, and who may take the next step. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from charting.vocabulary import Mode, StepKind, StudyState

NEEDED_APART = 2


@dataclass(frozen=True)
class Step:
    """A live step: its kind, the member who took it, and how many answer rows it covers."""

    kind: str
    by: int
    covers: int


def state_of(steps: Sequence[Step], *, answers: int, own_answers: int = 0, mode: str = Mode.VERIFY) -> StudyState:
    """Say where a study stands. ``answers`` counts all agreed answer rows ever: a step that covers fewer no longer holds.

    Apart: charted once two have finished their own answers, verified once somebody has reconciled them.
    """
    if any(step.kind == StepKind.VERIFIED and step.covers == answers for step in steps):
        return StudyState.VERIFIED
    charted = [step for step in steps if step.kind == StepKind.CHARTED]
    if len(charted) >= (NEEDED_APART if mode == Mode.DOUBLE else 1):
        return StudyState.CHARTED
    return StudyState.BEGUN if answers or own_answers or charted else StudyState.NOT_BEGUN


def may_verify(steps: Sequence[Step], member: int, *, mode: str) -> bool:
    """Say whether this member is another person than the one who charted; apart, whoever of the team reconciles may sign."""
    charted = {step.by for step in steps if step.kind == StepKind.CHARTED}
    return mode == Mode.DOUBLE or (bool(charted) and charted != {member})
