"""Which sources each paper was found in: the duplicate layout of METHOD.md C1 as numbers, and what it adds up to."""

from typing import Final

PROQUEST: Final = "proquest"
CINAHL: Final = "cinahl"
PSYCINFO: Final = "psycinfo"
SWEMED: Final = "swemed"
IDUNN: Final = "idunn"
SOURCES: Final = (PROQUEST, CINAHL, PSYCINFO, SWEMED, IDUNN)

Sources = tuple[str, ...]

TRIPLE: Final[Sources] = (PROQUEST, CINAHL, PSYCINFO)
PQ_PSY: Final[Sources] = (PROQUEST, PSYCINFO)
PQ_CIN: Final[Sources] = (PROQUEST, CINAHL)
CIN_PSY: Final[Sources] = (CINAHL, PSYCINFO)
SWE_CIN: Final[Sources] = (SWEMED, CINAHL)
IDU_SWE: Final[Sources] = (IDUNN, SWEMED)

TOTALS: Final[dict[int, dict[str, int]]] = {
    1: {PROQUEST: 1012, CINAHL: 566, PSYCINFO: 655, SWEMED: 97, IDUNN: 61},
    2: {PROQUEST: 188, CINAHL: 103, PSYCINFO: 112, SWEMED: 11, IDUNN: 14},
}
"""Entries found in each source and round."""

GROUPS: Final[dict[int, dict[Sources, int]]] = {
    1: {TRIPLE: 120, PQ_PSY: 262, PQ_CIN: 108, CIN_PSY: 78, SWE_CIN: 10, IDU_SWE: 6},
    2: {TRIPLE: 18, PQ_PSY: 44, PQ_CIN: 17, CIN_PSY: 11, IDU_SWE: 1},
}
"""Papers that several sources hold within one round."""

SEEN_AGAIN: Final[dict[Sources, int]] = {
    TRIPLE: 4, PQ_PSY: 9, PQ_CIN: 2, CIN_PSY: 2, (PROQUEST,): 7, (CINAHL,): 4, (PSYCINFO,): 3,
}
"""The 31 papers of round 2 that round 1 had already found, by where round 2 found them."""


def slots(round_number: int) -> dict[Sources, int]:
    """How many distinct papers of a round stand in exactly these sources, single ones included."""
    groups = GROUPS[round_number]
    single = {
        (source,): total - sum(count for sources, count in groups.items() if source in sources)
        for source, total in TOTALS[round_number].items()
    }
    return groups | single
