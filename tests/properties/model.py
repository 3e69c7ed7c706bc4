"""What should hold of a review, in plain sets that know no database. Things go by their place: 0 is the lowest number."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from screening.outcomes.rules import Rule, Ruling, Standing, Vote, standing
from screening.vocabulary import CLASHES, SETTLED, Outcome, Verdict

NEEDED = 2
MAIN, RELOOK, FULL_TEXT = "main", "re-look", "full text"


@dataclass
class Lane:
    """One round: its votes and final decisions by the place of the thing on which they stand; ``single``: what needs one vote only."""

    name: str
    rule: Rule = field(default_factory=Rule)
    rows: set[int] = field(default_factory=set)
    votes: dict[tuple[int, str], Vote] = field(default_factory=dict)
    rulings: dict[int, Ruling] = field(default_factory=dict)
    single: set[int] = field(default_factory=set)
    closed: bool = False
    revealed: bool = False

    @property
    def is_full_text(self) -> bool:
        return self.name == FULL_TEXT


@dataclass(frozen=True)
class Late:
    """A vote that came after the close."""

    id: int
    lane: str
    place: int
    who: str
    verdict: Verdict


@dataclass
class Model:
    """A review of ``uploads`` (upload of each thing), with an open main round and an open full-text round."""

    uploads: tuple[int, ...]
    edges: dict[int, tuple[int, int]] = field(default_factory=dict)
    lanes: dict[str, Lane] = field(default_factory=dict)
    withdrawn: set[int] = field(default_factory=set)
    removed: set[int] = field(default_factory=set)
    voted_ever: set[int] = field(default_factory=set)
    reports: dict[int, bool] = field(default_factory=dict)
    waiting_late: dict[int, Late] = field(default_factory=dict)
    cast: int = 0
    late: int = 0
    events: int = 0

    def __post_init__(self) -> None:
        self.lanes[MAIN] = Lane(MAIN, rows=set(range(len(self.uploads))))
        self.lanes[FULL_TEXT] = Lane(FULL_TEXT, Rule(is_full_text=True))

    # --- groups ---------------------------------------------------------------------------------------------------

    @property
    def places(self) -> range:
        return range(len(self.uploads))

    def group(self, thing: int) -> set[int]:
        """Give everything joined to this by live edges."""
        found = {thing}
        while True:
            more = {x for edge in self.edges.values() if found & set(edge) for x in edge} - found
            if not more:
                return found
            found |= more

    def head(self, thing: int) -> int:
        return min(self.group(thing))

    def heads(self) -> set[int]:
        return {self.head(thing) for thing in self.places}

    # --- what follows from the facts ------------------------------------------------------------------------------

    def is_live(self, thing: int) -> bool:
        """Neither withdrawn with all its files nor removed: what a withdrawn file brought has no say."""
        stand = {place for place in self.group(thing) if self.uploads[place] not in self.withdrawn}
        return bool(stand) and not stand <= self.removed

    def lives_in(self, lane: Lane, thing: int) -> bool:
        here = self.head(thing) in lane.rows and self.is_live(thing)
        return here and (not lane.is_full_text or self.goes_on(thing))

    def standing(self, lane: Lane, thing: int) -> Standing:
        group = self.group(thing)
        votes = [vote for (place, _who), vote in lane.votes.items() if place in group]
        rulings = [ruling for place, ruling in lane.rulings.items() if place in group]
        needed = 1 if self.head(thing) in lane.single else NEEDED
        return standing(votes, needed=needed, rule=lane.rule, rulings=rulings)

    def deciding(self, thing: int) -> Lane:
        """A re-look speaks for titles and abstracts once it has settled the record."""
        again = self.lanes.get(RELOOK)
        if again is not None and self.group(thing) & again.rows and self.standing(again, thing).outcome in SETTLED:
            return again
        return self.lanes[MAIN]

    def goes_on(self, thing: int) -> bool:
        return self.standing(self.deciding(thing), thing).outcome == Outcome.GOES_ON

    def is_retrieved(self, thing: int) -> bool:
        return any(self.reports.get(place, False) for place in self.group(thing))

    def clashes(self, lane: Lane, thing: int) -> bool:
        return self.lives_in(lane, thing) and self.standing(lane, thing).outcome in CLASHES

    def follow(self) -> None:
        """After any fact: heads get the rows of their groups, and what goes on a report and a place at full text."""
        for head in self.heads():
            group = self.group(head)
            for lane in self.lanes.values():
                if group & lane.rows:
                    lane.rows.add(head)
            if self.is_live(head) and self.goes_on(head):
                self.reports.setdefault(head, self.is_retrieved(head))
                if not self.lanes[FULL_TEXT].closed:
                    self.lanes[FULL_TEXT].rows.add(head)

    # --- what people do -------------------------------------------------------------------------------------------

    def mine(self, lane: Lane, thing: int, who: str) -> list[Vote]:
        group = self.group(thing)
        return [vote for (place, name), vote in lane.votes.items() if name == who and place in group]

    def newest(self, lane: Lane, thing: int) -> frozenset[int]:
        """The newest vote of each who voted, also of who is of two minds."""
        people = {name for _place, name in lane.votes}
        found = (max((vote.id for vote in self.mine(lane, thing, who)), default=0) for who in people)
        return frozenset(found) - {0}

    def put(self, lane: Lane, thing: int, who: str, vote: Vote) -> None:
        """A vote takes the place of one's own others on the group; one that takes back leaves none."""
        for place in self.group(thing):
            lane.votes.pop((place, who), None)
        if vote.verdict != Verdict.WITHDRAWN:
            lane.votes[self.head(thing), who] = vote
        self.voted_ever.add(self.head(thing))
        self.cast += 1

    def rule(self, lane: Lane, thing: int, ruling: Ruling) -> None:
        for place in self.group(thing):
            lane.rulings.pop(place, None)
        lane.rulings[self.head(thing)] = replace(ruling, settled=self.newest(lane, thing))

    def confirm(self, lane: Lane, place: int) -> None:
        lane.rulings[place] = replace(lane.rulings[place], settled=self.newest(lane, place))

    def changed(self, lane: Lane) -> bool:
        """Say whether a final decision has votes that came after it: then the round does not close."""
        return any(self.lives_in(lane, head) and self.standing(lane, head).vote_changed_after for head in self.heads())

    def of_upload(self, upload: int) -> Iterable[int]:
        return (place for place in self.places if self.uploads[place] == upload)
