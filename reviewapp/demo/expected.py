"""What the figures must show after each step of the demo (METHOD.md C3), for the script and its tests to compare with."""

from typing import NamedTuple


class Boxes(NamedTuple):
    """The database arm of the flow, decided items only; `reasons` = not relevant, viewpoint, poor design."""

    identified: int
    duplicates: int
    other: int
    screened: int
    excluded: int
    sought: int
    not_retrieved: int
    assessed: int
    excluded_reports: int
    reasons: tuple[int, int, int]
    included: int
    waiting: int


_NONE = (0, 0, 0)
BOXES: dict[int, Boxes] = {
    1: Boxes(2391, 0, 0, 0, 0, 0, 0, 0, 0, _NONE, 0, 0),
    2: Boxes(2391, 704, 4, 0, 0, 0, 0, 0, 0, _NONE, 0, 0),
    4: Boxes(2391, 704, 4, 1652, 1608, 44, 0, 0, 0, _NONE, 0, 31),
    5: Boxes(2391, 704, 4, 1683, 1632, 51, 0, 0, 0, _NONE, 0, 0),
    6: Boxes(2391, 704, 4, 1683, 1632, 51, 2, 0, 0, _NONE, 0, 49),
    7: Boxes(2391, 704, 4, 1683, 1632, 51, 2, 49, 21, (6, 5, 10), 28, 0),
    9: Boxes(2819, 844, 5, 1683, 1632, 51, 2, 49, 21, (6, 5, 10), 28, 287),
    10: Boxes(2819, 844, 5, 1970, 1914, 56, 3, 53, 24, (7, 6, 11), 29, 0),
}
"""Step of the script to boxes; `waiting` is given where METHOD.md names it, else 0. Step 3 changes no box."""

OTHER_ARM = {"identified": 6, "also_in_databases": 4, "sought": 2, "not_retrieved": 0, "assessed": 2, "excluded": (1, 1, 0), "included": 0}
SOURCE_TOTALS = {"Social Science Premium Collection": 1200, "CINAHL": 669, "PsycINFO": 767, "SweMed+": 108, "Idunn": 75}

AGREEMENT: dict[str, tuple[int, int, int, int]] = {
    "title_abstract_1": (44, 19, 12, 1608),
    "title_abstract_2": (4, 2, 1, 280),
    "title_abstract_all": (48, 21, 13, 1888),
    "full_text_1": (26, 3, 1, 19),
    "full_text_2": (1, 0, 0, 3),
    "full_text_all": (27, 3, 1, 22),
    "full_text_network": (0, 0, 0, 2),
}
"""Votes a, b, c, d of author1 and author2, databases arm but for the last."""

PILOT_UNANIMOUS, PILOT_KAPPA = 0.80, 0.5556

CSV: dict[str, int | str] = {
    "database_results": 2819,
    "database_specific_results": "; ".join(f"{name}, {count}" for name, count in SOURCE_TOTALS.items()),
    "organisation_results": 6,
    "duplicates": 844,
    "excluded_automatic": 0,
    "excluded_other": 5,
    "records_screened": 1970,
    "records_excluded": 1914,
    "dbr_sought_reports": 56,
    "dbr_notretrieved_reports": 3,
    "dbr_assessed": 53,
    "dbr_excluded": "Not relevant to the aims, 7; Personal viewpoint, 6; Poor study design, 11",
    "other_sought_reports": 2,
    "other_notretrieved_reports": 0,
    "other_assessed": 2,
    "other_excluded": "Not relevant to the aims, 1; Personal viewpoint, 1",
    "new_studies": 29,
    "new_reports": 29,
    "total_studies": 29,
    "total_reports": 29,
}
"""The PRISMA2020 CSV at the end; every row that is not named here is NA."""

UPDATED = {
    "previous_studies": 28,
    "previous_reports": 28,
    "identified": 428,
    "duplicates": 140,
    "other": 1,
    "screened": 287,
    "excluded": 282,
    "sought": 5,
    "not_retrieved": 1,
    "assessed": 4,
    "excluded_reports": (1, 1, 1),
    "new_studies": 1,
    "new_reports": 1,
    "total": 29,
}
"""Round 2 in the template of an updated review."""
