"""What follows a title-and-abstract outcome: the report that is sought, its place at full text, and the study once it is included.

Called by ``settle`` only, with the heads held and the facts fetched.
"""

from collections.abc import Sequence

from reviewapp.db import locks
from reviewapp.reviews import numbers
from reviewapp.reviews.models import Review
from screening.models import Record, Report, RoundRecord, ScreeningRound, Study, StudyLink
from screening.outcomes.facts import Facts, shuffle_key, single_below
from screening.vocabulary import Opens, Outcome, Retrieval, RoundKind, StageKind, StudyStatus


def goes_on(facts: Facts, head_id: int) -> bool:
    """Say whether a group goes on to full text: by its title-and-abstract outcome, or straight from its sources."""
    row = _abstract_row(facts, head_id)
    if row is None:
        own = [facts.origins[r.pk] for r in facts.groups[head_id] if r.pk in facts.origins]
        return bool(own) and all(origin.is_straight for origin in own if not origin.is_withdrawn)
    round = facts.rounds[row.round_id]
    shown = round.rules.opens == Opens.WHEN_IN or round.revealed_at is not None
    return row.outcome == Outcome.GOES_ON and shown


def advance(facts: Facts) -> None:
    """Give every group that goes on its report, its place in the open full-text round, and its study when it is included there."""
    onward = [group[0] for pk, group in facts.groups.items() if not (group[0].is_parked or group[0].is_removed) and goes_on(facts, pk)]
    for review_id in {head.review_id for head in onward}:
        heads = [head for head in onward if head.review_id == review_id]
        review: Review = heads[0].review
        _seek(facts, [head for head in heads if head.pk not in facts.reports], review)
        placed = {head.pk: head for head in heads if _has_place(facts, head)}
        _place(facts, [head for head in heads if head.pk not in placed], review)
        for head in placed.values():
            row = next((row for row in _full_text_rows(facts, head) if row.decides), None)
            if row is not None and row.outcome == Outcome.GOES_ON:
                _study(facts, head, facts.reports[head.pk], row, review)


def _abstract_row(facts: Facts, head_id: int) -> RoundRecord | None:
    rows = facts.rows[head_id].values() if head_id in facts.rows else ()
    return next((row for row in rows if row.decides and facts.rounds[row.round_id].stage.kind == StageKind.TITLE_ABSTRACT), None)


def _seek(facts: Facts, heads: Sequence[Record], review: Review) -> None:
    if not heads:
        return
    first = numbers.take(review, "report", len(heads))
    made = [
        # the full text of a merged record is the full text of its group
        Report(
            review_id=review.pk,
            number=number,
            record=head,
            retrieval=Retrieval.RETRIEVED if head.pk in facts.retrieved else Retrieval.SOUGHT,
        )
        for number, head in enumerate(heads, start=first)
    ]
    facts.reports |= {report.record_id: report for report in Report.objects.bulk_create(made)}


def _full_text_rows(facts: Facts, head: Record) -> list[RoundRecord]:
    return [row for row in facts.rows.get(head.pk, {}).values() if facts.rounds[row.round_id].stage.kind == StageKind.FULL_TEXT]


def _has_place(facts: Facts, head: Record) -> bool:
    return any(facts.rounds[row.round_id].kind in (RoundKind.MAIN, RoundKind.UPDATE) for row in _full_text_rows(facts, head))


def _place(facts: Facts, heads: Sequence[Record], review: Review) -> None:
    """Give these heads their place at full text, where a round is open there."""
    if not heads:
        return
    wanted: dict[int | None, list[Record]] = {}
    for head in heads:
        abstract = _abstract_row(facts, head.pk)
        wanted.setdefault(facts.rounds[abstract.round_id].search_round_id if abstract else None, []).append(head)
    locks.shared(locks.Space.PLACES, review.pk)  # a round that is being opened takes these records, or we find the round
    made: list[RoundRecord] = []
    for search_round, lacking in wanted.items():
        round = full_text_round(review.pk, search_round)
        if round is not None:
            facts.rounds[round.pk] = round
            made += _rows(round, lacking)
    for row in RoundRecord.objects.bulk_create(made):
        facts.rows[row.record_id][row.round_id] = row


def _rows(round: ScreeningRound, heads: Sequence[Record]) -> list[RoundRecord]:
    below, keys = single_below(round), [shuffle_key(round, head.number) for head in heads]
    return [
        RoundRecord(
            review_id=round.review_id, round=round, stage=round.stage, record=head, decides=True, shuffle=key,
            needed=1 if key < below else round.rules.votes_needed,
        )
        for head, key in zip(heads, keys, strict=True)
    ]  # fmt: skip


def full_text_round(review_id: int, search_round_id: int | None) -> ScreeningRound | None:
    """Give the open full-text round that takes records of a search round: its own, else the newest open one."""
    open_rounds = (
        ScreeningRound.objects.filter(
            review_id=review_id, stage__kind=StageKind.FULL_TEXT, kind__in=(RoundKind.MAIN, RoundKind.UPDATE), closed_at=None
        )
        .select_related("rules", "stage", "review")
        .order_by("-number")
    )
    rounds = list(open_rounds)
    return next((r for r in rounds if r.search_round_id == search_round_id), rounds[0] if rounds else None)


def _study(facts: Facts, head: Record, report: Report, row: RoundRecord, review: Review) -> None:
    statuses = [status for _ruling, status in facts.rulings.get((head.pk, row.round_id), [])]
    status = statuses[0] if statuses else StudyStatus.INCLUDED
    link = StudyLink.objects.filter(report=report, undone_at=None).select_related("study").first()
    if link is None:
        number = numbers.take(review, "study")
        study = Study.objects.create(review_id=review.pk, number=number, label=_free_label(head), status=status)
        StudyLink.objects.create(review_id=review.pk, study=study, report=report, is_primary=True)
    elif link.is_primary and link.study.status != status:
        Study.objects.filter(pk=link.study_id).update(status=status)


def _free_label(head: Record) -> str:
    """Give *Surname Year*, with a, b, … where the review has that label already."""
    base = head.short_name[:110]
    taken = set(Study.objects.filter(review_id=head.review_id, label__startswith=base).values_list("label", flat=True))
    if base not in taken:
        return base
    return next(label for n in range(2, len(taken) + 3) if (label := f"{base}{_letters(n)}") not in taken)


def _letters(n: int) -> str:
    letters = ""
    while n:
        n, rest = divmod(n - 1, 26)
        letters = chr(97 + rest) + letters
    return letters
