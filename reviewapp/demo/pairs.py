"""Nine pairs of papers that look alike and are not the same: a person has to say so."""

from dataclasses import dataclass

from reviewapp.demo import layout
from reviewapp.demo.papers import Kind


@dataclass(frozen=True, slots=True)
class Half:
    """One of two look-alikes."""

    title: str
    year: int
    sources: layout.Sources
    round: int = 1
    kind: Kind = "article"


@dataclass(frozen=True, slots=True)
class PairSpec:
    """Two look-alikes by the same authors in one journal, and why they are two papers."""

    why: str
    first: Half
    second: Half


PQ, CIN, PSY = (layout.PROQUEST,), (layout.CINAHL,), (layout.PSYCINFO,)
ERRATUM = "The second is an erratum to the first."

_CHOIR = "Singing in the parish hall and hopefulness of long-term outpatients with few relatives nearby"
_LEDGER = "Keeping a household ledger together: money talk between tenants and visiting key workers"
_BAKERY = "Night bakery shifts as a way back to working life after repeated admissions"
_ALLOT = "Allotment mornings for adults with psychosis and their neighbours in a harbour district"
_FERRY = "Phone calls from former patients to newly discharged islanders during the ferry season"
_KITCHEN = "Shared kitchens in staffed flats and the wish to cook alone"
_LETTER = "Letters between night nurses and relatives on an open ward"
_SKIPPER = "Skippers, moods and long voyages: wellbeing of a seafaring cohort"
_ATLAS = "Atlas of low-threshold cafés: visitors, volunteers and opening hours"

PAIRS: tuple[PairSpec, ...] = (
    PairSpec(ERRATUM, Half(_CHOIR, 2017, layout.PQ_PSY), Half(f"Erratum: {_CHOIR}", 2018, PQ, round=2, kind="erratum")),
    PairSpec("Part I and part II of one work.", Half(f"{_LEDGER}. Part I", 2011, PQ), Half(f"{_LEDGER}. Part II", 2011, PSY)),
    PairSpec("Part 1 and part 2 of one series.", Half(f"{_BAKERY}, part 1", 2014, CIN), Half(f"{_BAKERY}, part 2", 2014, PQ)),
    PairSpec(
        "A study protocol and the results.",
        Half(f"{_ALLOT}: protocol for a randomised trial", 2013, PQ, kind="protocol"),
        Half(f"{_ALLOT}: a randomised trial", 2014, layout.PQ_CIN),
    ),
    PairSpec(
        "A study protocol and the findings of the pilot.",
        Half(f"{_FERRY}: study protocol", 2015, PSY, kind="protocol"),
        Half(_FERRY, 2016, PQ),
    ),
    PairSpec(
        "A comment and the article it is about.",
        Half(_KITCHEN, 2009, CIN),
        Half(f"Comment on: {_KITCHEN}", 2009, PSY, kind="comment"),
    ),
    PairSpec(
        "A reply of the authors and the article.",
        Half(_LETTER, 2012, PQ),
        Half(f"{_LETTER}: a reply", 2012, CIN, kind="comment"),
    ),
    PairSpec(
        "Two follow-ups of one cohort.",
        Half(f"{_SKIPPER} after 2 years", 2010, PSY),
        Half(f"{_SKIPPER} after 5 years", 2010, PQ),
    ),
    PairSpec(
        "Two editions of a yearly survey.",
        Half(f"{_ATLAS} in 2012", 2014, PQ),
        Half(f"{_ATLAS} in 2013", 2014, CIN),
    ),
)
