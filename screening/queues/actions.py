"""Share a round out, and hand on what somebody leaves."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from reviewapp.audit import actions as audit
from reviewapp.reviews import actions as people
from reviewapp.reviews.models import Member
from reviewapp.web.errors import Invalid
from screening.labels import queries as labels
from screening.models import Record, RoundMember, RoundRecord, ScreeningRound, Sharing
from screening.outcomes import locks
from screening.outcomes.facts import voted_on
from screening.outcomes.settle import settle_many
from screening.queues import aside, assignment
from screening.queues.aside import Days
from screening.queues.sharing import NO_RULES, Broken, Infeasible, Rules, Slot, as_json, decks, replace, single_below
from screening.stages.actions import SLICE, join_team
from screening.vocabulary import SharingMode


class CannotShare(Invalid):
    """The round cannot be shared out like this."""


@dataclass(frozen=True, slots=True)
class ListShare:
    """The records with a label, by its number, and the numbers of the people who judge them."""

    label: int
    name: str
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """How a round is to be shared out. ``weights``: number → weight of who takes part (evenly: all alike). ``single``: per mille.

    ``stops``: number → votes after which that person's queue ends. ``reads``: number → codes of languages; who is not there reads all.
    ``lists``: by list only; a record with the labels of two lists goes with the first.
    """


    mode: SharingMode
    weights: Mapping[int, int] = field(default_factory=dict)
    rules: Rules = NO_RULES
    single: int = 0
    stops: Mapping[int, int] = field(default_factory=dict)
    reads: Mapping[int, Sequence[str]] = field(default_factory=dict)
    lists: Sequence[ListShare] = ()

    @property
    def shares(self) -> dict[int, int]:
        """The weights that hold in this mode."""
        weighs = self.mode == SharingMode.WEIGHT
        return {number: weight if weighs else 1 for number, weight in self.weights.items() if weight > 0}

    @property
    def people(self) -> set[int]:
        """Numbers of all who get a share."""
        if self.mode == SharingMode.ALL:
            return set()
        return {*self.shares, *(number for one in self.lists for number in one.people)}

    def lines(self, needed: int) -> list[list[Slot]]:
        """Share the round out: the line of all records, by list one more for each list; nothing where all judge all.

        Raises CannotShare with the rule that cannot hold.
        """
        if self.mode == SharingMode.ALL:
            return []
        if self.mode == SharingMode.LIST and not self.lists:
            raise CannotShare(_("Choose the people of at least one list, or share the round out evenly."))
        try:
            return decks(self.shares, [one.people for one in self.lists], needed, self.rules, self.single)
        except Infeasible as error:
            said = sentence(error.broken, needed)
            if error.part:
                said = _("List ‘%(name)s’: %(why)s") % {"name": self.lists[error.part - 1].name, "why": said}
            raise CannotShare(said) from error


def sentence(broken: Broken, needed: int) -> str:
    """Say which rule cannot hold."""
    said = {
        Broken.TOO_FEW: _("Each record needs %(needed)s votes, and fewer people than that take part. Choose more people."),
        Broken.ONE_OF: _("The rule ‘at least one of them on every record’ cannot hold: none of them takes part."),
        Broken.NEVER_TWO: _(
            "The rule ‘never two of them on one record’ cannot hold: each record needs %(needed)s votes, and too few others take part."
        ),
        Broken.TOGETHER: _(
            "Each rule could hold alone, but not both on one record with %(needed)s votes. Leave one out, or choose more people."
        ),
    }
    return said[broken] % {"needed": needed}


def check(round: ScreeningRound) -> None:
    """Raise CannotShare for a round that is not shared out."""
    if not round.is_open:
        raise CannotShare(_("The round is closed: nothing of it is to be shared out."))
    if not round.decides:
        raise CannotShare(_("In a pilot or a practice everybody judges every record."))


@transaction.atomic
def set_sharing(member: Member, round: ScreeningRound, plan: Plan) -> Sharing:
    """Share an open round out from now on. Who takes part and is not in its team joins it. Raises CannotShare; then nothing is written."""
    round = locks.for_close(round)
    check(round)
    if plan.stops and plan.mode != SharingMode.ALL:
        raise CannotShare(_("‘Stop after’ goes with all for all: nobody else would take what is left of a share. Use weights instead."))
    lines = plan.lines(round.rules.votes_needed)
    joined = _join(round, plan.people)
    _set_places(round, plan)
    settings = {
        "weights": {str(number): weight for number, weight in sorted(plan.shares.items())} if lines else {},
        "one_of": sorted(plan.rules.one_of) if lines else [],
        "never_two": sorted(plan.rules.never_two) if lines else [],
        "single": plan.single,
        "lists": [{"label": one.label, "people": sorted(one.people)} for one in plan.lists] if lines else [],
    }
    _set_parts(round, parts_of(member, round, plan) if lines else {})
    made = _keep(member, round, plan.mode, settings, lines, single_below(plan.single))
    data: dict[str, Any] = {"version": made.number, "mode": made.mode, "single": plan.single, "joined": joined}
    if settings["lists"]:
        data["lists"] = settings["lists"]
    audit.log("sharing:set", review=member.review, actor=member, round=round, data=data)
    return made


def parts_of(member: Member, round: ScreeningRound, plan: Plan) -> dict[int, int]:
    """Give record id → the part of its list, for records of the round with the label of one, as far as this member may see it."""
    found: dict[int, int] = {}
    usable = {label.number: label for label in labels.labels(member)}
    for part, one in enumerate(plan.lists, start=1):
        if one.label not in usable:
            raise CannotShare(_("The label ‘%(name)s’ is not there any more. Load the page again.") % {"name": one.name})
        wearing = Record.objects.for_review(member.review).filter(labels.has_label(member, [usable[one.label]]), head=None)
        for record in RoundRecord.objects.filter(round=round, record__in=wearing).values_list("record", flat=True):
            found.setdefault(record, part)
    return found


def _set_parts(round: ScreeningRound, parts: Mapping[int, int]) -> None:
    """Keep of which list each record of the round is."""
    rows = RoundRecord.objects.filter(round=round)
    rows.exclude(part=0).update(part=0)
    for part in set(parts.values()):
        of_part = [record for record, its in parts.items() if its == part]
        for start in range(0, len(of_part), SLICE):
            rows.filter(record__in=of_part[start : start + SLICE]).update(part=part)


def _join(round: ScreeningRound, numbers: Iterable[int]) -> list[int]:
    """Let these people into the team; give who was not in it."""
    there = set(RoundMember.objects.filter(round=round).values_list("member__number", flat=True))
    fresh = Member.objects.for_review(round.review).filter(number__in=set(numbers) - there, ended_at=None)
    for one in fresh:
        join_team(round, one)
    return sorted(one.number for one in fresh)


def _set_places(round: ScreeningRound, plan: Plan) -> None:
    """Keep each person's stop and languages."""
    for place in RoundMember.objects.filter(round=round).select_related("member"):
        stop, reads = plan.stops.get(place.member.number), sorted(plan.reads.get(place.member.number, ()))
        if (place.stop_after, place.reads) != (stop, reads):
            RoundMember.objects.filter(pk=place.pk).update(stop_after=stop, reads=reads)


def _keep(by: Member, round: ScreeningRound, mode: str, settings: dict[str, Any], lines: list[list[Slot]], border: int) -> Sharing:
    """Write the next version, and how many votes each record needs from now on."""
    last = assignment.newest(round)
    lists = [each | {"slots": as_json(line)} for each, line in zip(settings.get("lists", ()), lines[1:], strict=True)]
    made: Sharing = Sharing.objects.create(
        review=round.review, round=round, number=last.number + 1 if last else 1, mode=mode, settings=settings | {"lists": lists},
        slots=as_json(lines[0]) if lines else [], single_below=border, by=by,
    )  # fmt: skip
    _set_needed(round, border)
    return made


def _set_needed(round: ScreeningRound, border: int) -> None:
    """Let records below the border need one vote, the others what the rule says; settle those with votes whose number changed."""
    needed = round.rules.votes_needed
    rows = RoundRecord.objects.filter(round=round)
    below = rows.filter(shuffle__lt=border).exclude(needed=1)
    above = rows.filter(shuffle__gte=border).exclude(needed=needed)
    changed = [*below.values_list("record", flat=True), *above.values_list("record", flat=True)]
    if not changed:
        return
    below.update(needed=1)
    above.update(needed=needed)
    voted = voted_on(round)
    touched = [record for record in changed if record in voted]
    for start in range(0, len(touched), SLICE):
        settle_many(touched[start : start + SLICE])


@dataclass(frozen=True, slots=True)
class Again:
    """Which of somebody's votes are screened again: those in these rounds that came on these days."""

    rounds: Sequence[ScreeningRound] = ()
    days: Days = field(default_factory=Days)


@transaction.atomic
def end_membership(by: Member, leaver: Member, *, why: str = "", heir: Member | None = None, again: Again = Again()) -> None:
    """Let a person go. What is shared out to them in open rounds goes to the others evenly, or to ``heir``, who joins those rounds.

    Votes stay as they are, but for those to be screened ``again``, which needs a why. Raises what reviews.actions.end_membership and
    queues.aside.set_aside raise.
    """
    rounds = ScreeningRound.objects.for_review(by.review).filter(closed_at=None, team__member=leaver).order_by("pk")
    held = [locks.for_close(one) for one in _in_order([*rounds.distinct(), *again.rounds])]  # all of them before any record
    for round in held:
        if round.is_open:
            joined = _join(round, [heir.number] if heir is not None else [])
            _hand_on(by, round, leaver, heir, joined)
    people.end_membership(by, leaver, why=why)
    _set_aside(by, leaver, again, why=why, heir=heir)


@transaction.atomic
def screen_again(by: Member, person: Member, again: Again, *, why: str, heir: Member | None = None) -> int:
    """Set votes of somebody aside who has left, to be screened again; gives how many rounds had any. ``heir`` joins these rounds.

    Raises Invalid for a member who votes on: they change their own votes; and what queues.aside.set_aside raises.
    """
    if person.ended_at is None:
        raise Invalid(_("Only votes of somebody who has left are set aside. Who is here changes them in their own queue."))
    for one in _in_order(again.rounds):
        locks.for_close(one)
    return _set_aside(by, person, again, why=why, heir=heir)


def _in_order(rounds: Iterable[ScreeningRound]) -> list[ScreeningRound]:
    return sorted({round.pk: round for round in rounds}.values(), key=lambda round: round.pk)


def _set_aside(by: Member, person: Member, again: Again, *, why: str, heir: Member | None) -> int:
    """Set the votes aside, round by round; the heir joins where there were any."""
    found = 0
    for round in _in_order(again.rounds):
        if aside.set_aside(by, person, round, days=again.days, why=why) is not None:
            found += 1
            _join(round, [heir.number] if heir is not None else [])
    return found


def _people_of(line: Iterable[Slot]) -> list[int]:
    return sorted({number for slot in line for number in slot.people})


def _hand_on(by: Member, round: ScreeningRound, leaver: Member, heir: Member | None, joined: Collection[int]) -> None:
    """Make the next version of a round's sharing, without the leaver; where all judge all only who joined is told."""
    last, team = assignment.newest(round), assignment.team_of(round)
    lines = assignment.decks_of(last) if last is not None and last.mode != SharingMode.ALL else []
    if last is not None and any(leaver.number in slot.people for line in lines for slot in line):
        others = sorted(team.active - {leaver.number})
        lists = last.settings.get("lists", [])
        sharers = [{int(number) for number in last.settings["weights"]}, *(set(each["people"]) for each in lists)]
        rules, left = assignment.rules_from(last.settings), []
        try:
            for line, own in zip(lines, sharers, strict=True):
                heirs = [heir.number] if heir is not None else [one for one in others if one in own]
                left.append(replace(line, leaver.number, heirs or others, others, rules))
        except Infeasible:  # nobody is left at all: the share stays as it is, until somebody joins
            return
        weights = {number: weight for number, weight in last.settings["weights"].items() if number != str(leaver.number)}
        handed = [each | {"people": _people_of(line)} for each, line in zip(lists, left[1:], strict=True)]
        _keep(by, round, last.mode, last.settings | {"weights": weights, "lists": handed}, left, last.single_below)
    elif not joined:
        return
    data = {"leaver": leaver.number, "heirs": [heir.number] if heir is not None else [], "joined": list(joined)}
    audit.log("sharing:handed_on", review=by.review, actor=by, round=round, data=data)
