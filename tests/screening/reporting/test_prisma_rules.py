"""PRISMA's arithmetic: every step of the demo, both templates, terms that bridge records and reports, declared numbers, properties."""

import csv
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.reporting.prisma import interop, rules
from screening.reporting.prisma.rules import DECLARABLE, DatabasesArm, Declared, Facts, OtherArm, OtherSource, Previous, flow, identities

from . import demo

BOXES = {
    # step: identified, duplicates, other, screened, waiting, excluded, sought, not retrieved, assessed, waiting, reports excluded, studies
    "1 import": (2391, 0, 0, 0, 2391, 0, 0, 0, 0, 0, 0, 0),
    "2 dedupe": (2391, 704, 4, 0, 1683, 0, 0, 0, 0, 0, 0, 0),
    "4 votes in": (2391, 704, 4, 1652, 31, 1608, 44, 0, 0, 0, 0, 0),
    "5 resolved": (2391, 704, 4, 1683, 0, 1632, 51, 0, 0, 0, 0, 0),
    "6 retrieval": (2391, 704, 4, 1683, 0, 1632, 51, 2, 0, 49, 0, 0),
    "7 full text": (2391, 704, 4, 1683, 0, 1632, 51, 2, 49, 0, 21, 28),
    "9 round 2 in": (2819, 844, 5, 1683, 287, 1632, 51, 2, 49, 0, 21, 28),
    "12 closed": (2819, 844, 5, 1970, 0, 1914, 56, 3, 53, 0, 24, 29),
    "updated review": (428, 140, 1, 287, 0, 282, 5, 1, 4, 0, 3, 1),
}


@pytest.mark.parametrize("step", BOXES)
def test_the_boxes_of_the_demo_show_their_numbers(step):
    boxes = flow(demo.STEPS[step]).boxes
    removed = {row.key: row.n for row in boxes["removed"].rows}

    assert BOXES[step] == (
        boxes["identified"].n, removed["duplicates"], removed["excluded_other"], boxes["screened"].n, boxes["screened"].waiting,
        boxes["excluded"].n, boxes["sought"].n, boxes["not_retrieved"].n, boxes["assessed"].n, boxes["assessed"].waiting,
        boxes["reports_excluded"].n, boxes["included"].n,
    )  # fmt: skip


@pytest.mark.parametrize("step", demo.STEPS)
def test_every_sum_holds_at_every_step(step):
    assert [identity for identity in identities(demo.STEPS[step]) if not identity.holds] == []


def test_it_is_a_draft_until_rounds_are_closed_and_nothing_waits():
    assert [step for step, facts in demo.STEPS.items() if not flow(facts).draft] == ["12 closed", "updated review"]


def test_a_draft_spells_the_sum_out():
    notice = flow(demo.STEPS["9 round 2 in"]).notice

    assert notice == "287 records wait for votes. 2,819 identified − 844 − 5 removed = 1,970 = 1,683 screened + 287 waiting."
    assert flow(demo.STEPS["12 closed"]).notice == "Nothing waits, and all sums hold."
    assert flow(demo.STEPS["7 full text"]).notice == "2 rounds are open."


def test_one_that_waits_is_spoken_of_in_the_singular():
    arm = replace(demo.CLOSED, waiting_screening={"votes": 1, "conflicts": 1, "maybe": 1}, waiting_retrieval=1)

    assert [one.text for one in rules.waiting(Facts(databases=arm, entries_to_look_at=1, open_pairs=1, also_waiting={"late vote": 1}))] == [
        "1 entry in the files could not be read and waits for a look",
        "1 possible duplicate waits for an answer",
        "1 record waits for votes",
        "1 record is a conflict to settle",
        "1 record stands on the Maybe list",
        "1 report waits for a full text",
        "1 late vote",
    ]


def test_papers_also_found_by_databases_are_named_not_counted_twice():
    made = flow(demo.STEPS["12 closed"])

    assert made.boxes["other_identified"].notes == ("4 of them also found by databases and counted there",)
    assert made.boxes["other_sought"].n == 2
    assert [row.label for row in made.boxes["other_reports_excluded"].rows] == [demo.RELEVANCE, demo.VIEWPOINT]


def test_two_reports_of_one_study_are_one_study():
    linked = replace(demo.STEPS["12 closed"], studies=28, companion_reports=1)

    assert flow(linked).sums_hold
    assert (flow(linked).counts["new_studies"], flow(linked).counts["new_reports"]) == (28, 29)


def test_a_split_pair_waits_again():
    split = replace(demo.CLOSED, duplicates=843, waiting_screening={"votes": 1})

    assert flow(Facts(databases=split, studies=29)).sums_hold


def test_a_forgotten_record_breaks_the_sum_and_says_where():
    lost = Facts(databases=replace(demo.CLOSED, screened=1969, excluded_human=1913), studies=29)

    assert [identity.name for identity in identities(lost) if not identity.holds] == ["Records screened"]


def test_records_and_reports_may_differ_by_named_terms():
    arm = replace(demo.CLOSED, further_reports=2, same_document=1, sought=57, not_retrieved=4)
    made = flow(Facts(databases=arm, studies=29))

    assert made.sums_hold
    assert made.boxes["sought"].notes == ("2 are further reports of a record", "1 record led to a report counted once")


def test_awaiting_and_ongoing_are_lines_of_their_own():
    arm = replace(demo.CLOSED, awaiting_classification=2, ongoing=1, included=26)
    made = flow(Facts(databases=arm, studies=26))

    assert made.sums_hold
    assert [(row.label, row.n) for row in made.boxes["reports_excluded"].rows if row.level == 0] == [
        ("Awaiting classification", 2),
        ("Ongoing studies", 1),
    ]


def test_an_updated_review_adds_what_is_new_to_what_is_left_of_the_old():
    gone = Previous(studies=28, reports=30, studies_no_longer=1, reports_no_longer=2, why_no_longer="retracted")
    made = flow(replace(demo.STEPS["updated review"], previous=gone))

    assert made.sums_hold
    assert (made.counts["total_studies"], made.counts["total_reports"]) == (28, 29)
    assert made.boxes["previous"].notes == ("1 study and 2 reports no longer included: retracted",)


def test_a_total_that_was_counted_otherwise_is_checked():
    made = flow(replace(demo.STEPS["updated review"], total_studies=30))

    assert [identity.name for identity in made.identities if not identity.holds] == ["Total studies"]


@pytest.mark.parametrize(("previous", "other"), [(False, False), (False, True), (True, False), (True, True)])
def test_all_four_templates_have_their_boxes(previous, other):
    facts = replace(
        demo.STEPS["12 closed"], previous=Previous(studies=3, reports=3) if previous else None, other=demo.NETWORK if other else None
    )
    made = flow(facts)

    assert made.sums_hold
    assert ("total" in made.boxes, "other_sought" in made.boxes) == (previous, other)
    assert made.boxes["included"].label == ("New studies included in review" if previous else "Studies included in review")


def test_a_declared_number_joins_its_box_with_a_dagger_and_a_note():
    declared = (
        Declared(box="duplicates", n=312, note="EndNote 20, 14 February 2018, Author 1."),
        Declared(box="database_results", n=312, label="CINAHL"),
    )
    made = flow(replace(demo.STEPS["12 closed"], declared=declared))
    rows = {row.key: row for row in (*made.boxes["removed"].rows, *made.boxes["identified"].rows)}

    assert made.sums_hold
    assert (rows["duplicates"].n, rows["duplicates"].declared) == (844 + 312, True)
    assert (rows["database_results:CINAHL"].n, rows["database_results:Idunn"].declared) == (669 + 312, False)
    assert made.footnotes[0] == (
        "† 312 of the duplicate records were counted elsewhere and are declared here. EndNote 20, 14 February 2018, Author 1."
    )


@pytest.mark.parametrize("box", DECLARABLE)
def test_each_declarable_box_takes_its_number(box):
    made = flow(replace(demo.STEPS["12 closed"], total_reports=29, reports=29, declared=(Declared(box=box, n=5, label="Elsewhere"),)))

    assert made.footnotes
    assert made.counts != flow(demo.STEPS["12 closed"]).counts or box == "dbr_excluded"


def test_a_number_for_no_box_is_refused():
    with pytest.raises(ValueError, match="no box that takes a number"):
        flow(replace(demo.STEPS["12 closed"], declared=(Declared(box="nonsense", n=1),)))


def test_automation_is_named_beside_people():
    made = flow(Facts(databases=replace(demo.CLOSED, excluded_human=1900, excluded_automation=14), studies=29))

    assert made.boxes["excluded"].n == 1914
    assert made.boxes["excluded"].notes == ("1,900 by people,", "14 by automation tools")


def test_registers_get_a_line_and_their_parts():
    made = flow(Facts(databases=replace(demo.CLOSED, registers={"Trials": 10}, duplicates=854), studies=29))

    assert [(row.label, row.level) for row in made.boxes["identified"].rows][::6] == [("Databases", 1), ("Registers", 1)]
    assert made.with_registers
    assert made.sums_hold


# ------------------------------------------------------------------------------------------------ a history made forwards
fates = st.sampled_from(["excluded", "waits", "maybe", "missing", "chased", "unread", "reason a", "reason b", "ongoing", "awaiting", "in"])


def _arm(held: list[str]) -> dict[str, object]:
    sought = [fate for fate in held if fate not in ("excluded", "waits", "maybe")]
    assessed = [fate for fate in sought if fate not in ("missing", "chased", "unread")]
    return {
        "sought": len(sought), "not_retrieved": sought.count("missing"), "waiting_retrieval": sought.count("chased"),
        "assessed": len(assessed), "waiting_assessment": sought.count("unread"),
        "excluded": {name: assessed.count(name) for name in ("reason a", "reason b")}, "ongoing": assessed.count("ongoing"),
        "awaiting_classification": assessed.count("awaiting"), "included": assessed.count("in"),
    }  # fmt: skip


@given(st.lists(fates, max_size=60), st.lists(fates, max_size=20), st.integers(0, 30), st.integers(0, 9), st.booleans())
def test_counts_made_from_single_fates_always_add_up(main, other, duplicates, removed, automatic):
    waits = {"votes": main.count("waits"), "maybe": main.count("maybe")}
    excluded = main.count("excluded")
    databases = DatabasesArm(
        databases={"A": len(main) + duplicates + removed}, duplicates=duplicates, removed_other=removed,
        screened=len(main) - sum(waits.values()), waiting_screening=waits, excluded_human=0 if automatic else excluded,
        excluded_automation=excluded if automatic else 0, **_arm(main),
    )  # fmt: skip
    others = OtherArm(
        sources=(OtherSource(kind=rules.WEBSITES, name="w", n=len(other)),), excluded_at_screening=other.count("excluded"),
        waiting_screening={"votes": other.count("waits") + other.count("maybe")}, **_arm(other),
    )  # fmt: skip
    facts = Facts(databases=databases, other=others, studies=main.count("in") + other.count("in"), open_rounds=1)
    made = flow(facts)

    assert made.sums_hold
    assert sum(one.n for one in made.waiting) == sum((main + other).count(fate) for fate in ("waits", "maybe", "chased", "unread"))


@given(st.sampled_from(["duplicates", "screened", "excluded_human", "sought", "not_retrieved", "assessed", "included"]), st.integers(1, 9))
def test_any_single_wrong_count_is_noticed(name, by):
    wrong = replace(demo.CLOSED, **{name: getattr(demo.CLOSED, name) + by})

    assert not flow(Facts(databases=wrong, studies=29)).sums_hold


# ------------------------------------------------------------------------------------------------ interop
def test_the_csv_of_the_demo_has_the_34_rows_and_the_numbers():
    lines = list(csv.reader(interop.as_csv(flow(demo.STEPS["12 closed"])).splitlines()))
    n = {row[0]: row[7] for row in lines[1:] if row[0] != "NA"}

    assert lines[0] == ["data", "node", "box", "description", "boxtext", "tooltips", "url", "n"]
    assert len(lines) == 35
    assert [row[2] for row in lines if row[0] == "NA"] == ["prevstud", "newstud", "othstud"]
    assert n["database_results"] == "2819"
    assert n["database_specific_results"] == "Social Science Premium Collection, 1200; CINAHL, 669; PsycINFO, 767; SweMed+, 108; Idunn, 75"
    assert n["dbr_excluded"] == "Not relevant to the aims, 7; Personal viewpoint, 6; Poor study design, 11"
    assert n["other_excluded"] == "Not relevant to the aims, 1; Personal viewpoint, 1"
    assert (n["organisation_results"], n["website_results"], n["register_results"], n["total_studies_ma"]) == ("6", "NA", "NA", "NA")
    assert (n["new_studies"], n["total_reports"], n["previous_studies"], n["excluded_automatic"]) == ("29", "29", "NA", "0")
    assert next(row[4] for row in lines if row[0] == "organisation_results") == "Research network"


def test_names_in_the_csv_cannot_break_its_lists_or_be_calculated():
    arm = replace(demo.CLOSED, excluded={"=cmd, x; y\n": 24})

    assert "'=cmd x y, 24" in interop.as_csv(flow(Facts(databases=arm, studies=29)))


def test_json_has_lists_as_objects_and_null_for_absent():
    made = interop.as_json(flow(demo.STEPS["9 round 2 in"]))

    assert made["dbr_excluded"] == demo.reasons(6, 5, 10)
    assert made["previous_studies"] is None
    assert made["register_specific_results"] is None
    assert (made["draft"], made["waiting"]) == (True, {"records_screened": 287})
    assert set(made) == {row[0] for row in interop.TEMPLATE if row[0] != "NA"} - {"identification", "screening", "included"} | {
        "draft",
        "waiting",
    }
