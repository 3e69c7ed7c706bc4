"""Join pairs to groups. A pair that speaks against splits a chain: surer edges come first and a later one may not cross it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

Pair = tuple[int, int]


class Groups:
    """Disjoint groups of positions, with pairs that may never meet."""

    def __init__(self, size: int, apart: Iterable[Pair]) -> None:
        self.head = list(range(size))
        self.members: dict[int, list[int]] = {}
        self.apart: dict[int, set[int]] = {}
        for a, b in apart:
            self.apart.setdefault(a, set()).add(b)
            self.apart.setdefault(b, set()).add(a)

    def find(self, a: int) -> int:
        """The head of the group of `a`."""
        head = self.head
        while head[a] != a:
            head[a] = head[head[a]]
            a = head[a]
        return a

    def of(self, a: int) -> list[int]:
        """The members of the group whose head is `a`."""
        return self.members.get(a) or [a]

    def is_apart(self, a: int, b: int) -> bool:
        """Whether a person has kept a member of one group from a member of the other."""
        if not self.apart:
            return False
        others = self.of(b)
        return any(not self.apart[m].isdisjoint(others) for m in self.of(a) if m in self.apart)

    def join(self, a: int, b: int) -> bool:
        """Join the groups of two heads; False when they are one already."""
        if a == b:
            return False
        if len(self.of(a)) < len(self.of(b)):
            a, b = b, a
        self.members[a] = self.of(a) + self.of(b)
        self.members.pop(b, None)
        self.head[b] = a
        return True


def may_join(groups: Groups, a: int, b: int, edge: Pair, against: Callable[[int, int], bool], most: int = 400) -> bool:
    """No member of one group speaks against a member of the other (the edge itself is not asked again)."""
    left, right = groups.of(a), groups.of(b)
    asked = 0
    for x in left:
        for y in right:
            if (x, y) == edge or (y, x) == edge:
                continue
            asked += 1
            if asked > most:
                return True
            if against(x, y):
                return False
    return True
