"""What the pages and the action of attaching ask: the file's contents, the round's places, the plan."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviewapp.audit.models import ChainHead
from reviewapp.reviews.models import Member
from reviewapp.web import files
from screening import visibility
from screening.attaching import contents, matching, rules
from screening.importing.actions import limits
from screening.models import Reason, Record, Report, ScreeningRound, VotesFile
from screening.vocabulary import Retrieval, Verdict

WHY = {
    rules.Left.UNMATCHED: gettext_lazy("not among the records"),
    rules.Left.AMBIGUOUS: gettext_lazy("fits several records"),
    rules.Left.NO_VERDICT: gettext_lazy("undecided in the file"),
    rules.Left.OTHER_STAGE: gettext_lazy("of another stage"),
    rules.Left.NOT_IN_ROUND: gettext_lazy("not in this round"),
    rules.Left.CLASH: gettext_lazy("decided twice, differently"),
    rules.Left.NO_PLACE: gettext_lazy("lacks a reason or the full text, or is a maybe at full text"),
    rules.Left.VOTED: gettext_lazy("has a vote of this member"),
}


def files_of(member: Member) -> QuerySet[VotesFile]:
    """Give the files with votes of a review, newest first."""
    people = ("by__user", "by__review", "attached_by__user", "attached_by__review", "undone_by__user", "undone_by__review")
    found: QuerySet[VotesFile] = VotesFile.objects.for_review(member.review).select_related("round__stage", "round__rules", *people)
    return found.order_by("-number")


def open_rounds(member: Member) -> QuerySet[ScreeningRound]:
    """Give the rounds into which votes can go."""
    found: QuerySet[ScreeningRound] = ScreeningRound.objects.for_review(member.review).filter(closed_at=None).order_by("number")
    return found


def team_of(round: ScreeningRound) -> list[Member]:
    """Give who may vote in a round."""
    team = Member.objects.filter(rounds__round=round, ended_at=None).select_related("user", "review").order_by("number")
    return list(team)


@dataclass(frozen=True)
class Matched:
    """A file read and matched with the records."""

    contents: contents.Contents
    matches: list[matching.Match]

    def chosen(self, which: Mapping[int, int]) -> "Matched":
        """Give the same with what a person chose: place of a reference that fits several → head, one of its candidates."""

        def decided(n: int, one: matching.Match) -> matching.Match:
            return replace(one, head=which[n]) if one.head is None and which.get(n) in one.candidates else one

        return Matched(self.contents, [decided(n, one) for n, one in enumerate(self.matches)])

    @property
    def sure(self) -> int:
        return sum(one.head is not None for one in self.matches)

    @property
    def ambiguous(self) -> list[matching.Match]:
        return [one for one in self.matches if one.head is None and one.candidates]

    @property
    def unmatched(self) -> list[matching.Match]:
        return [one for one in self.matches if one.head is None and not one.candidates]

    @property
    def people(self) -> list[str]:
        """The names in the file, in its order."""
        return list(dict.fromkeys(told.person for one in self.contents.references for told in one.decisions))

    @property
    def reasons(self) -> list[str]:
        """The reasons in the file, in its order."""
        told = (told for one in self.contents.references for told in one.decisions if told.verdict == Verdict.EXCLUDE)
        return list(dict.fromkeys(reason for each in told for reason in each.reasons))

    def told(self) -> list[rules.Told]:
        """Give every decision with the record it is about."""
        found = []
        for one in self.matches:
            matched = "" if one.head is not None else rules.Left.AMBIGUOUS if one.candidates else rules.Left.UNMATCHED
            for each in one.reference.decisions:
                found.append(
                    rules.Told(
                        each.person, each.verdict, each.stage, each.reasons, each.note, each.time, one.head, matched,
                        one.reference.position,
                    )
                )  # fmt: skip
        return found


def matched(file: VotesFile) -> Matched:
    """Read a kept file and match it with the records as they are now. Raises NotTaken, FileNotFoundError."""
    with files.opened(file.stored_as) as source:
        read = contents.read(source, file.filename, limits=limits())
    return Matched(read, _matches(file, read.references))


def _matches(file: VotesFile, references: Sequence[contents.Reference]) -> list[matching.Match]:
    """Match, or take what was matched last: all titles of the review are walked once, however often the page is looked at.

    The key holds the end of the review's history: imports, merges and withdrawn files all move it.
    """
    end = ChainHead.objects.filter(review=file.review_id).values_list("hash", flat=True).first()
    key = f"votes-file:{file.review_id}:{file.number}:{end}"
    kept: list[tuple[int | None, tuple[int, ...]]] | None = cache.get(key)
    if kept is None or len(kept) != len(references):
        kept = [(one.head, one.candidates) for one in matching.match(file.review, references)]
        cache.set(key, kept, timeout=3600)
    return [matching.Match(one, head, candidates) for one, (head, candidates) in zip(references, kept, strict=True)]


def place_of(member: Member, round: ScreeningRound, members: Iterable[int]) -> rules.Place:
    """Say where votes of these members could go in a round, of the records of which ``member`` may know that they are in it."""
    rows = visibility.placed(member, round).values_list("record_id", flat=True)
    there: set[int] = set()
    if round.stage.is_full_text:
        reports = Report.objects.for_review(round.review).filter(retrieval=Retrieval.RETRIEVED)
        there = set(reports.annotate(speaks=Coalesce("record__head", "record")).values_list("speaks", flat=True))
    voted, known = visibility.touched(round, members), visibility.opened_to(round, members)
    return rules.Place(
        stage=round.stage.kind,
        full_text=round.stage.is_full_text,
        heads=frozenset(rows),
        with_full_text=frozenset(there),
        voted=voted,
        reason_needed=round.stage.is_full_text or round.rules.reason_required,
        was_open=known,
    )


@dataclass(frozen=True)
class PersonLine:
    """A person of the file on the page: numbers only, never what they decided on which record.

    ``at_most``: decisions that become votes, were there none yet. Where somebody has voted is not told, but for votes that the reader
    may read (``kept``, record numbers): a file made for the purpose would tell it record by record.
    """

    name: str
    shown: str
    told: int
    at_most: int
    left: list[tuple[str, int]]
    kept: list[int]


def lines_of(plan: rules.Plan, people: Sequence[str], kept: Mapping[str, list[int]]) -> list[PersonLine]:
    """Say per person how many decisions become votes."""
    found = []
    for name in people:
        left, stay = plan.left[name], kept.get(name, [])
        told = [(str(WHY[why]), n) for why, n in sorted(left.items()) if why != rules.Left.VOTED]
        if stay:
            told.append((str(WHY[rules.Left.VOTED]), len(stay)))
        at_most = max(plan.written[name] + left[rules.Left.VOTED] - len(stay), 0)
        found.append(PersonLine(name, name or _("not named in the file"), plan.told[name], at_most, told, stay))
    return found


def told_of_existing(
    member: Member, plan: rules.Plan, told: Sequence[rules.Told], people: Mapping[str, rules.Person]
) -> dict[str, list[int]]:
    """Name the records that keep the vote they have, as far as that vote may be read by this member: person → record numbers."""
    heads = {one.head for one in told if one.head is not None and plan.left[one.person][rules.Left.VOTED]}
    votes = visibility.current(visibility.decisions(member)).filter(record__in=_groups(heads)).order_by()
    rows = votes.annotate(speaks=Coalesce("record__head", "record")).values_list("speaks", "reviewer_id")
    readable = set(rows)
    numbers, found = matching.numbers_of(heads), defaultdict(list)
    for one in told:
        person = people.get(one.person)
        if person is not None and person.member is not None and one.head is not None and (one.head, person.member) in readable:
            found[one.person].append(numbers[one.head])
    return {name: sorted(set(each)) for name, each in found.items()}


def _groups(heads: Iterable[int]) -> list[int]:
    wanted = list(heads)
    return [*wanted, *Record.objects.filter(head_id__in=wanted).values_list("pk", flat=True)]


def reasons_of(round: ScreeningRound) -> list[Reason]:
    """Give the reasons that can be chosen."""
    return list(Reason.objects.for_review(round.review).filter(retired_at=None).order_by("order"))


#: So many references that fit several records are offered to choose for, and so many that fit none are named.
MOST_SEVERAL, MOST_NONE = 200, 50


@dataclass(frozen=True)
class Several:
    """A reference that fits several records, by its place in the file, with these records."""

    place: int
    reference: contents.Reference
    records: list[Record]


def several_of(found: Matched) -> list[Several]:
    """Give the references that fit several records, with the records they may be, by number."""
    unsure = [(n, one) for n, one in enumerate(found.matches) if one.head is None and one.candidates][:MOST_SEVERAL]
    wanted = {pk for _n, one in unsure for pk in one.candidates}
    heads = Record.objects.only("number", "title", "year", "journal").in_bulk(wanted)
    return [
        Several(n, one.reference, sorted((heads[pk] for pk in one.candidates if pk in heads), key=lambda head: head.number))
        for n, one in unsure
    ]


def unmatched_of(found: Matched) -> dict[str, Any]:
    """Give the references that fit no record, and how many more there are."""
    none = [one.reference for one in found.unmatched[:MOST_NONE]]
    return {"none": none, "more_none": len(found.unmatched) - len(none)}
