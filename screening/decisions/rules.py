"""Which votes a stage takes. Pure."""

from screening.vocabulary import StageKind, Verdict


def verdicts_of(stage_kind: str) -> tuple[Verdict, ...]:
    """Give the verdicts a reviewer may cast in a stage, in the order of the bar."""
    if stage_kind == StageKind.FULL_TEXT:
        return (Verdict.EXCLUDE, Verdict.INCLUDE)
    return (Verdict.EXCLUDE, Verdict.MAYBE, Verdict.INCLUDE)
