"""The facts of the demo review at every step of METHOD.md C3, as plain counts."""

from dataclasses import replace

from screening.reporting.prisma.rules import CONTACTS, DatabasesArm, Facts, OtherArm, OtherSource, Previous

ROUND_1 = {"Social Science Premium Collection": 1012, "CINAHL": 566, "PsycINFO": 655, "SweMed+": 97, "Idunn": 61}
BOTH = {"Social Science Premium Collection": 1200, "CINAHL": 669, "PsycINFO": 767, "SweMed+": 108, "Idunn": 75}
ROUND_2 = {name: BOTH[name] - ROUND_1[name] for name in BOTH}
RELEVANCE, VIEWPOINT, DESIGN = "Not relevant to the aims", "Personal viewpoint", "Poor study design"


def reasons(relevance: int, viewpoint: int, design: int) -> dict[str, int]:
    return {RELEVANCE: relevance, VIEWPOINT: viewpoint, DESIGN: design}


NETWORK = OtherArm(
    sources=(OtherSource(kind=CONTACTS, name="Research network", n=6),),
    also_in_databases=4,
    sought=2,
    assessed=2,
    excluded=reasons(1, 1, 0),
)
IMPORTED = DatabasesArm(databases=ROUND_1, waiting_screening={"votes": 2391})
DEDUPED = DatabasesArm(databases=ROUND_1, duplicates=704, removed_other=4, waiting_screening={"votes": 1683})
VOTED = replace(DEDUPED, screened=1652, waiting_screening={"conflicts": 31}, excluded_human=1608, sought=44, waiting_retrieval=44)
SETTLED = replace(DEDUPED, screened=1683, waiting_screening={}, excluded_human=1632, sought=51, waiting_retrieval=51)
RETRIEVED = replace(SETTLED, not_retrieved=2, waiting_retrieval=0, waiting_assessment=49)
ASSESSED = replace(RETRIEVED, waiting_assessment=0, assessed=49, excluded=reasons(6, 5, 10), included=28)
UPDATED = replace(ASSESSED, databases=BOTH, duplicates=844, removed_other=5, waiting_screening={"votes": 287})
CLOSED = DatabasesArm(
    databases=BOTH, duplicates=844, removed_other=5, screened=1970, excluded_human=1914, sought=56, not_retrieved=3, assessed=53,
    excluded=reasons(7, 6, 11), included=29,
)  # fmt: skip
SECOND_ROUND = DatabasesArm(
    databases=ROUND_2, duplicates=140, removed_other=1, screened=287, excluded_human=282, sought=5, not_retrieved=1, assessed=4,
    excluded=reasons(1, 1, 1), included=1,
)  # fmt: skip

STEPS = {
    "1 import": Facts(databases=IMPORTED, open_rounds=1),
    "2 dedupe": Facts(databases=DEDUPED, open_rounds=1),
    "4 votes in": Facts(databases=VOTED, open_rounds=1),
    "5 resolved": Facts(databases=SETTLED, open_rounds=1),
    "6 retrieval": Facts(databases=RETRIEVED, open_rounds=2),
    "7 full text": Facts(databases=ASSESSED, studies=28, open_rounds=2),
    "8 network": Facts(databases=ASSESSED, other=NETWORK, studies=28, open_rounds=2),
    "9 round 2 in": Facts(databases=UPDATED, other=NETWORK, studies=28, open_rounds=2),
    "10 done": Facts(databases=CLOSED, other=NETWORK, studies=29, open_rounds=1),
    "12 closed": Facts(databases=CLOSED, other=NETWORK, studies=29),
    "updated review": Facts(databases=SECOND_ROUND, studies=1, previous=Previous(studies=28, reports=28)),
}
