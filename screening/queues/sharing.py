"""Who judges which part of a round: pure functions of people, weights and rules, never of votes.

Every record has a pseudo-random place on the line 0 … KEYS. A slot is a part of that line with the people who judge what lies in it. By
list each list has such a line of its own.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Any

KEYS = 1 << 48
PIECES = 240


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of the line, its end not in it, and the numbers of its people, in order."""

    start: int
    end: int
    people: tuple[int, ...]

    @property
    def size(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Rules:
    """What must hold of the people of every record: one of ``one_of`` is among them, and never two of ``never_two``. Empty: no rule."""

    one_of: frozenset[int] = frozenset()
    never_two: frozenset[int] = frozenset()

    def allow(self, people: Collection[int]) -> bool:
        """Say whether these people may judge a record together."""
        return (not self.one_of or not self.one_of.isdisjoint(people)) and len(self.never_two.intersection(people)) < 2


NO_RULES = Rules()


class Broken(StrEnum):
    """Which rule cannot hold."""

    TOO_FEW = "too_few"
    ONE_OF = "one_of"
    NEVER_TWO = "never_two"
    TOGETHER = "together"


class Infeasible(Exception):
    """No combination of these people keeps the rules."""

    def __init__(self, broken: Broken, part: int = 0) -> None:
        super().__init__(broken.value)
        self.broken, self.part = broken, part


def slots(people: Mapping[int, int], needed: int, rules: Rules = NO_RULES, single: int = 0) -> list[Slot]:
    """Share the line out: ``people`` = number → weight (0: takes nothing), ``single`` = per mille of it that needs one person only.

    Deterministic. Raises Infeasible with the rule that cannot hold.
    """
    weights = {number: weight for number, weight in people.items() if weight > 0}
    border = single_below(single)
    found = _part(0, border, weights, 1, rules) if border else []
    if border < KEYS:
        found += _part(border, KEYS, weights, needed, rules)
    return found


def single_below(single: int) -> int:
    """Give where the part ends that one person judges, for a share per mille."""
    return KEYS * single // 1000


def _part(start: int, end: int, weights: Mapping[int, int], needed: int, rules: Rules) -> list[Slot]:
    """Share out one part of the line: of PIECES equal pieces each goes to the people to whom most is still owed."""
    able = _able(weights, needed, rules)
    whole = sum(weights.values())
    owed = {number: weight * needed * PIECES for number, weight in weights.items()}  # in pieces × whole
    used = dict.fromkeys(able, 0)
    for _piece in range(PIECES):
        best = min(able, key=lambda together: (-sum(owed[one] for one in together), used[together], together))
        used[best] += 1
        for one in best:
            owed[one] -= whole
    return _laid_out(start, end, [(together, used[together]) for together in able if used[together]], PIECES)


def _able(weights: Mapping[int, int], needed: int, rules: Rules) -> list[tuple[int, ...]]:
    """Give the combinations of people that keep the rules, in the order of their numbers."""
    together = list(combinations(sorted(weights), needed))
    if not together:
        raise Infeasible(Broken.TOO_FEW)
    found = [people for people in together if rules.allow(people)]
    if found:
        return found
    if not any(Rules(one_of=rules.one_of).allow(people) for people in together):
        raise Infeasible(Broken.ONE_OF)
    if not any(Rules(never_two=rules.never_two).allow(people) for people in together):
        raise Infeasible(Broken.NEVER_TWO)
    raise Infeasible(Broken.TOGETHER)


def _laid_out(start: int, end: int, parts: Iterable[tuple[tuple[int, ...], int]], pieces: int) -> list[Slot]:
    """Lay parts of so many pieces side by side from ``start`` to ``end``."""
    found, before = [], 0
    for people, n in parts:
        after = before + n
        found.append(Slot(start + (end - start) * before // pieces, start + (end - start) * after // pieces, people))
        before = after
    return [slot for slot in found if slot.size]


def replace(taken: Sequence[Slot], leaver: int, heirs: Collection[int], everybody: Collection[int], rules: Rules = NO_RULES) -> list[Slot]:
    """Give the slots without ``leaver``: each of theirs goes in equal parts to those of ``heirs`` who may take it.

    Where none of them may (they judge there already, or a rule forbids it), to the others of ``everybody`` who may; where nobody keeps
    the rules, to anybody else; where there is nobody else at all, the people that remain stay alone. Raises Infeasible for an empty slot.
    """
    found: list[Slot] = []
    for slot in taken:
        if leaver not in slot.people:
            found.append(slot)
            continue
        rest = tuple(one for one in slot.people if one != leaver)
        chosen = _first(
            successors(rest, [one for one in heirs if one != leaver], rules, strictly=True),
            successors(rest, [one for one in everybody if one != leaver], rules),
        )
        if not chosen and not rest:
            raise Infeasible(Broken.TOO_FEW)
        parts = [(tuple(sorted((*rest, one))), 1) for one in chosen] or [(rest, 1)]
        found += _laid_out(slot.start, slot.end, parts, len(parts))
    return found


def successors(rest: Collection[int], others: Iterable[int], rules: Rules, *, missing: int = 1, strictly: bool = False) -> list[int]:
    """Give who of ``others`` may join ``rest``, where so many are missing: those with whom, and with more of them, the rules can be kept.

    Where they cannot be kept and not ``strictly``: everybody who is not there yet.
    """
    free = sorted({one for one in others if one not in rest})
    kept = {one for more in combinations(free, missing) if rules.allow((*rest, *more)) for one in more}
    return sorted(kept) if kept or strictly else free


def _first(*found: list[int]) -> list[int]:
    return next((each for each in found if each), [])


@dataclass(frozen=True, slots=True)
class Now:
    """Who can vote in the round now, how many votes a record needs (one below ``border``), and the rules."""

    team: frozenset[int]
    needed: int
    border: int = 0
    rules: Rules = NO_RULES


def offered(slot: Slot, me: int, away: Collection[int], now: Now) -> bool:
    """Say whether a record of this slot is offered to me: it is mine, or too few of its people are left and I am one who may step in.

    ``away``: who cannot judge it. Who stepped in and is away too leaves it to the others: as long as anybody of the team is left, the
    record waits for somebody.
    """
    if me in away or me not in now.team:
        return False
    rest = [one for one in slot.people if one not in away and one in now.team]
    if me in rest:
        return True
    missing = (1 if slot.start < now.border else now.needed) - len(rest)
    return missing > 0 and me in successors(rest, [one for one in now.team if one not in away], now.rules, missing=missing)


def ranges(taken: Iterable[Slot], me: int, now: Now, away: Collection[int] = ()) -> list[tuple[int, int]]:
    """Give the parts of the line that are offered to me, neighbours as one; ``away``: who cannot judge what is asked about."""
    found: list[tuple[int, int]] = []
    for slot in taken:
        if offered(slot, me, away, now):
            if found and found[-1][1] == slot.start:
                found[-1] = (found[-1][0], slot.end)
            else:
                found.append((slot.start, slot.end))
    return found


def unread(reads: Mapping[int, Collection[str]], codes: Collection[str], needed: int) -> frozenset[int]:
    """Give who does not read a record in these languages; ``reads`` = number → languages (none: all of them).

    Nobody, where its language is not known, or where fewer than ``needed`` read it: then it is offered to all, who may say that they can't.
    """
    away = frozenset(number for number, own in reads.items() if codes and own and not set(own) & set(codes))
    return away if len(reads) - len(away) >= needed else frozenset()


def decks(
    people: Mapping[int, int], lists: Sequence[Collection[int]], needed: int, rules: Rules = NO_RULES, single: int = 0
) -> list[list[Slot]]:
    """Share out a round by list: the line of all other records (part 0), then one for each list, evenly among its people.

    Raises Infeasible, with the part that it is about.
    """
    found = []
    for part, of_part in enumerate([people, *(dict.fromkeys(each, 1) for each in lists)]):
        try:
            found.append(slots(of_part, needed, rules, single))
        except Infeasible as error:
            raise Infeasible(error.broken, part) from error
    return found


def slot_at(taken: Sequence[Slot], key: int) -> Slot:
    """Give the slot in which a key lies."""
    return taken[bisect_right(taken, key, key=lambda slot: slot.start) - 1]


def shares(taken: Iterable[Slot]) -> dict[int, float]:
    """Give number → which share of the records this person judges, of one."""
    sizes: dict[int, int] = {}
    for slot in taken:
        for one in slot.people:
            sizes[one] = sizes.get(one, 0) + slot.size
    return {one: size / KEYS for one, size in sizes.items()}


def as_json(taken: Iterable[Slot]) -> list[list[object]]:
    """Write slots as they are kept."""
    return [[slot.start, slot.end, list(slot.people)] for slot in taken]


def of_json(kept: Iterable[Sequence[Any]]) -> list[Slot]:
    """Read slots as they are kept."""
    return [Slot(int(start), int(end), tuple(people)) for start, end, people in kept]
