"""Decisions that came along: every tool's way of writing them, in one normal form; and texts that only look like them."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.importing import readers
from screening.importing.readers.found_decisions import FoundDecision, decisions_of, people, verdict_of
from screening.importing.readers.rayyan_log import read_log

RAYYAN = 'RAYYAN-INCLUSION: {"Anna Demo"=>"Included", "Bo \\"B\\" Demo"=>"Excluded", "Åse"=>"Maybe"}'


def noted(notes: str) -> readers.Fields:
    return readers.Fields(title="Invented", notes=notes)


def of_file(text: str, name: str = "") -> list[tuple[FoundDecision, ...]]:
    return [decisions_of(one.fields, name) for one in readers.open_export(io.BytesIO(text.encode()), name) if one.fields]


def test_rayyan_gives_each_person_and_shares_labels_and_reasons():
    notes = f"Own note\n{RAYYAN} | RAYYAN-LABELS: pilot,  to discuss | RAYYAN-EXCLUSION-REASONS: wrong design,wrong outcome"
    first, second, third = decisions_of(noted(notes + ' | USER-NOTES: {"Anna Demo"=>["Look [again]", "at page 3"]}'))
    assert first == FoundDecision("Rayyan", "Anna Demo", "", "include", (), ("pilot", "to discuss"), "Look [again]\nat page 3")
    assert second == FoundDecision("Rayyan", 'Bo "B" Demo', "", "exclude", ("wrong design", "wrong outcome"), ("pilot", "to discuss"))
    assert (third.person, third.verdict, third.reasons) == ("Åse", "maybe", ())
    assert people([first, second, third, first]) == ("Anna Demo", 'Bo "B" Demo', "Åse")


@pytest.mark.parametrize(
    ("notes", "found"),
    [
        ("RAYYAN-INCLUSION: {&quot;Anna&quot;=&gt;&quot;Included&quot;}", [("Anna", "include")]),
        ('RAYYAN-INCLUSION: {"Anna": "Excluded"}', [("Anna", "exclude")]),
        ("RAYYAN-INCLUSION: {}", []),
        ('USER-NOTES: {"Anna"=>["only a note"]}', [("Anna", "")]),
        ("RAYYAN-LABELS: pilot", [("", "")]),
        ('RAYYAN-INCLUSION: {"Anna"=>"Undecided"}', [("Anna", "")]),
        ("the word RAYYAN alone", []),
    ],
)
def test_rayyan_in_other_clothes(notes, found):
    assert [(one.person, one.verdict) for one in decisions_of(noted(notes))] == found


def test_rayyan_is_found_in_files_of_each_format():
    bib = '@article{rayyan-1,\n title={Invented},\n note={RAYYAN-INCLUSION: {"Anna"=>"Included"} | RAYYAN-LABELS: a,b}\n}\n'
    ris = 'TY  - JOUR\nTI  - Invented\nN1  - RAYYAN-INCLUSION: {"Anna"=>"Included"} | RAYYAN-LABELS: a,b\nER  - \n'
    table = 'key,title,authors,notes\nrayyan-1,Invented,"Demo, A","RAYYAN-INCLUSION: {""Anna""=>""Included""} | RAYYAN-LABELS: a,b"\n'
    expected = (FoundDecision("Rayyan", "Anna", "", "include", (), ("a", "b")),)
    for text in (ris, table):
        assert of_file(text) == [expected]
    assert [(one.verdict, one.labels) for one in of_file(bib)[0]] == [("include", ("a", "b"))]


def test_asreview_in_ris_and_in_tables():
    ris = "TY  - GEN\nTI  - Invented\nN1  - Note. ASReview_{}\nN1  - ASReview_prior\nER  - \n"
    prior = FoundDecision("ASReview", "", "title_abstract", "include", labels=("prior knowledge",))
    assert of_file(ris.format("relevant")) == [(prior,)]
    assert of_file(ris.format("irrelevant"))[0][0].verdict == "exclude"
    assert of_file(ris.format("not_seen")) == [()]
    table = "record_id,title,abstract,asreview_label,asreview_time,asreview_note,asreview_user_name,asreview_tag_trial\n"
    row = "7,Invented,Text,{},2025-02-03 10:00:00,unsure,Anna Demo,1\n"
    full = FoundDecision("ASReview", "Anna Demo", "title_abstract", "exclude", (), ("trial",), "unsure", "2025-02-03 10:00:00")
    assert of_file(table + row.format("0")) == [(full,)]
    assert of_file("record_id,title,abstract,label_included\n7,Invented,Text,1.0\n")[0][0].verdict == "include"
    assert of_file("record_id,title,abstract,included,asreview_ranking\n7,Invented,Text,-1,3\n") == [()]


def test_covidence_reasons_notes_tags_and_the_name_of_the_file():
    head = "Title,Authors,Abstract,Published Year,Journal,Covidence #,Study,Notes,Tags\n"
    notes = (
        "Exclusion reason: Wrong design; Anna Demo (2021-01-12 03:45:12)(Screen): too old; Bo Demo (2021-02-12 03:45:12)(Full text): no; "
    )
    rows = f'Invented,"Demo, A",Text,2011,Demo Journal,#1,Demo 2011,"{notes}",trial; ask author\n'
    reason, anna, bo = of_file(head + rows, "review_12_excluded_csv_2021.csv")[0]
    assert reason == FoundDecision("Covidence", "", "full_text", "exclude", ("Wrong design",), ("trial", "ask author"))
    assert (anna.person, anna.stage, anna.note, anna.time) == ("Anna Demo", "title_abstract", "too old", "2021-01-12 03:45:12")
    assert (bo.person, bo.stage, bo.note) == ("Bo Demo", "full_text", "no")
    bare = 'Invented,"Demo, A",Text,2011,Demo Journal,#1,Demo 2011,,\n'
    for name, stage, verdict in [
        ("review_12_irrelevant_csv_20210101.csv", "title_abstract", "exclude"),
        ("review_12_select_csv_20210101.csv", "title_abstract", "include"),
        ("review_12_included_csv_20210101.csv", "full_text", "include"),
    ]:
        assert [(one.stage, one.verdict) for one in of_file(head + bare, name)[0]] == [(stage, verdict)]
    assert of_file(head + bare, "review_12_screen_csv_20210101.csv") == [()]


def test_a_table_of_no_tool_gives_its_decision_and_its_reason():
    text = "Title,Year,Decision,Exclusion reason,Reviewer\nInvented,2011,Excluded,wrong design; too old,Anna\nOther,2012,pending,,\n"
    assert of_file(text) == [(FoundDecision("", "Anna", "", "exclude", ("wrong design", "too old")),), ()]


def test_log_of_rayyan_gives_what_stands_at_the_end():
    rows = [
        "created_at,user_id,user_email,article_id,key,value",
        "2022-12-15T19:56:44Z,1,anna@example.org,77,included,1",
        '2022-12-15T19:56:45Z,1,anna@example.org,77,"""__EXR__wrong design""",1',
        "2022-12-15T19:56:46Z,1,anna@example.org,77,included,-1",
        '2022-12-15T19:56:47Z,1,anna@example.org,77,"""pilot""",1',
        "2022-12-15T19:56:48Z,2,bo@example.org,77,included,0",
        '2022-12-15T19:56:49Z,1,anna@example.org,77,"""pilot""",0',
    ]
    found = read_log(io.BytesIO("\n".join(rows).encode()))
    anna, bo = found["rayyan-77"]
    assert anna == FoundDecision("Rayyan", "anna@example.org", "", "exclude", ("wrong design",), (), "", "2022-12-15T19:56:49Z")
    assert (bo.person, bo.verdict) == ("bo@example.org", "maybe")
    with pytest.raises(readers.Refused, match="customizations_log"):
        read_log(io.BytesIO(b"Title,Authors\nDemo,Demo\n"))


@given(
    st.lists(
        st.sampled_from([*'{}"|[]=>:;()\\ \n', "RAYYAN-INCLUSION:", "USER-NOTES:", "Included", "ASReview_relevant", "2020-01-01 10:00:00"])
    )
)
def test_any_note_is_taken(pieces):
    for one in decisions_of(noted("".join(pieces))):
        assert one.verdict in ("", "include", "exclude", "maybe")


@pytest.mark.parametrize("token", ['{"a', '"a"=>["', "(2020-01-01 10:00:00)(", "Exclusion reason:", "RAYYAN-LABELS:", "|", '"\\'])
def test_a_long_note_takes_no_time(token):
    decisions_of(noted("RAYYAN-INCLUSION: USER-NOTES: {" + token * 20_000))


def test_words_of_verdicts():
    assert [verdict_of(word) for word in ("Included", "EXCLUDED", " maybe ", "0.0", "not_relevant", "-1", "pending")] == [
        "include", "exclude", "maybe", "exclude", "exclude", "", "",
    ]  # fmt: skip
