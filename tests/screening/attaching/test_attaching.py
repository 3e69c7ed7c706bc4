"""Votes of Rayyan, Covidence and ASReview on records that are here: seen first, written on confirmation, taken back together."""

import io
import re
import zipfile
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from reviewapp.audit.models import Event
from reviewapp.jobs import actions as jobs
from reviewapp.reviews.models import Member
from screening.attaching import actions, queries
from screening.attaching.rules import Left, Person, Place, Told, likely, plan
from screening.importing import actions as importing
from screening.importing.errors import NotTaken
from screening.models import Decision, RoundRecord, VotesFile
from screening.outcomes import merging
from screening.reporting import invariants
from screening.stages import actions as stages
from screening.vocabulary import Outcome, Verdict
from tests.factories import World
from tests.fixtures import cast_vote

pytestmark = pytest.mark.django_db
TITLES = ("Peer support in two invented towns", "Loneliness after discharge, a made-up cohort", "Supported housing and everyday life here",
          "Networks of care and who is in them", "A fifth title that nobody else has")  # fmt: skip


def rayyan(*rows: tuple[str, str], year: int = 2015) -> bytes:
    """RIS as Rayyan writes it: title, and what stands in its note."""
    made = "".join(
        f"TY  - JOUR\nAN  - rayyan-{n}\nTI  - {title}\nAU  - Demo, Kari\nPY  - {year}\nN1  - {note}\nER  - \n\n" for n, (title, note) in enumerate(rows, 1)
    )
    return made.encode()


def said(**people: str) -> str:
    return "RAYYAN-INCLUSION: {" + ", ".join(f'"{name}"=>"{verdict}"' for name, verdict in people.items()) + "}"


BOTH = rayyan(*((title, said(Anna="Included", Bo="Excluded" if n else "Included")) for n, title in enumerate(TITLES[:4])), ("Not here at all, ever", said(Anna="Included")))


@pytest.fixture
def attaching(world):
    """Records with the titles, an open round, and what is asked again and again."""
    return Attaching(world)


class Attaching:
    def __init__(self, world: World) -> None:
        self.world, self.owner = world, world.owner
        upload = world.upload()
        self.records = [world.record(title, upload=upload) for title in TITLES]
        self.round = world.open_round()

    def keep(self, content: bytes = BOTH, name: str = "rayyan.ris") -> VotesFile:
        return actions.keep(self.owner, self.round, BytesIO(content), name)

    def people(self, independent: bool = False) -> dict[str, Person]:
        return {"Anna": Person(self.world.reviewer_a.pk, independent), "Bo": Person(self.world.reviewer_b.pk, independent)}

    def attach(self, file: VotesFile, people: dict[str, Person] | None = None, reasons: dict[str, int] | None = None) -> int:
        people = self.people() if people is None else people
        numbers = dict(Member.objects.values_list("pk", "number"))
        told = [{"person": name, "member": numbers[one.member], "independent": "unknown"} for name, one in people.items() if one.member]
        return actions.attach(self.owner, file, queries.matched(file), people, reasons or {}, told)

    def votes(self, member: Member) -> dict[int, str]:
        rows = Decision.objects.filter(reviewer=member, superseded_at=None).exclude(verdict=Verdict.WITHDRAWN)
        return dict(rows.values_list("record__number", "verdict"))

    def outcomes(self) -> list[str]:
        rows = RoundRecord.objects.filter(round=self.round).order_by("record__number")
        return list(rows.values_list("outcome", flat=True))


def test_nothing_is_written_by_the_file_alone(attaching):
    file = attaching.keep()

    assert Decision.objects.count() == 0
    found = queries.matched(file)
    assert (found.sure, len(found.ambiguous), len(found.unmatched), found.people) == (4, 0, 1, ["Anna", "Bo"])


def test_votes_are_written_for_named_members_with_one_event_and_settle(attaching):
    file = attaching.keep()

    assert attaching.attach(file) == 8
    a, b = attaching.world.reviewer_a, attaching.world.reviewer_b
    assert attaching.votes(a) == dict.fromkeys([1, 2, 3, 4], "include")
    assert attaching.votes(b) == {1: "include", 2: "exclude", 3: "exclude", 4: "exclude"}
    assert attaching.outcomes() == [Outcome.GOES_ON, Outcome.CONFLICT, Outcome.CONFLICT, Outcome.CONFLICT, Outcome.WAITING]
    event = Event.objects.get(kind="votes:attached")
    assert (event.data["count"], event.data["members"]) == (8, [a.number, b.number])
    assert len(event.data["digest"]) == 64
    assert not Event.objects.filter(kind="decision:cast").exists()
    vote = Decision.objects.filter(reviewer=b).first()
    assert (vote.votes_file, vote.independent, vote.why) == (file, False, "From the file rayyan.ris.")
    assert not list(invariants.outcomes(attaching.world.review))


def test_only_what_was_independent_enters_the_agreement(attaching):
    file = attaching.keep()
    attaching.attach(file, {"Anna": Person(attaching.world.reviewer_a.pk, True), "Bo": Person(attaching.world.reviewer_b.pk, False)})

    assert set(Decision.objects.filter(reviewer=attaching.world.reviewer_a).values_list("independent", flat=True)) == {True}
    assert set(Decision.objects.filter(reviewer=attaching.world.reviewer_b).values_list("independent", flat=True)) == {False}


def test_a_vote_that_stands_is_never_changed_and_one_taken_back_by_its_member_is_not_filled_in(attaching):
    a = attaching.world.reviewer_a
    cast_vote(a, attaching.records[0], attaching.round, Verdict.EXCLUDE)
    kept = cast_vote(a, attaching.records[1], attaching.round, Verdict.EXCLUDE)
    cast_vote(a, attaching.records[1], attaching.round, Verdict.WITHDRAWN, seen=kept.pk)
    file = attaching.keep()

    assert attaching.attach(file) == 6
    assert attaching.votes(a) == {1: "exclude", 3: "include", 4: "include"}


def test_all_of_a_file_is_taken_back_at_once_and_can_be_attached_anew(attaching):
    file = attaching.keep()
    attaching.attach(file)
    a = attaching.world.reviewer_a
    changed = Decision.objects.get(reviewer=a, record=attaching.records[3])
    cast_vote(a, attaching.records[3], attaching.round, Verdict.EXCLUDE, seen=changed.pk, why="Read again")

    assert actions.take_back(attaching.owner, file, "The wrong export") == 7
    assert attaching.votes(a) == {4: "exclude"}
    assert attaching.votes(attaching.world.reviewer_b) == {}
    assert attaching.outcomes() == [Outcome.WAITING] * 5
    assert Event.objects.get(kind="votes:taken_back").text.text == "The wrong export"
    with pytest.raises(actions.CannotAttach):
        actions.take_back(attaching.owner, file)

    again = attaching.keep()
    assert again != file
    assert attaching.attach(again) == 7
    assert attaching.votes(a) == {1: "include", 2: "include", 3: "include", 4: "exclude"}
    assert not list(invariants.outcomes(attaching.world.review))


def test_the_same_file_is_attached_once(attaching):
    file = attaching.keep()
    assert attaching.keep() == file
    attaching.attach(file)

    with pytest.raises(actions.CannotAttach, match="attached to this round already"):
        attaching.keep()
    with pytest.raises(actions.CannotAttach):
        attaching.attach(file)
    assert Decision.objects.count() == 8


def test_a_closed_round_takes_no_votes_and_gives_none_back(attaching):
    file, other = attaching.keep(), attaching.keep(BOTH + b"\n")
    attaching.attach(file)
    stages.close_round(attaching.owner, attaching.round)

    with pytest.raises(actions.CannotAttach, match="closed"):
        attaching.attach(other)
    with pytest.raises(actions.CannotAttach, match="closed"):
        actions.take_back(attaching.owner, file)
    attaching.round.refresh_from_db()
    with pytest.raises(actions.CannotAttach, match="closed"):
        attaching.keep(BOTH + b"\n\n")


def test_a_reference_that_fits_two_records_is_left_to_a_person_and_a_merge_makes_it_one(attaching):
    twin = attaching.world.record(TITLES[0])
    file = attaching.keep()
    found = queries.matched(file)
    assert (found.sure, len(found.ambiguous)) == (3, 1)
    assert set(found.ambiguous[0].candidates) == {attaching.records[0].pk, twin.pk}

    merging.merge(twin, attaching.records[0], by=attaching.owner)
    assert queries.matched(file).sure == 4
    assert attaching.attach(file) == 8


def test_identifiers_match_before_titles(attaching):
    attaching.world.record("Støtte og bedring i to byer", doi="10.5555/a.1", year=2019)
    attaching.world.record("Noe helt annet om helse og arbeid", pmid="12345678", year=2011)
    ris = (
        b"TY  - JOUR\nTI  - Stotte og bedring i to byer\nAU  - Demo, Kari\nPY  - 2019\nDO  - https://doi.org/10.5555/A.1\n"
        b'N1  - RAYYAN-INCLUSION: {"Anna"=>"Maybe"}\nER  - \n'
    )
    found = queries.matched(attaching.keep(ris))

    assert [one.head is not None for one in found.matches] == [True]


def test_rayyans_log_in_its_zip_tells_the_decisions(attaching):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("articles.csv", f"key,title,year,authors,abstract,notes\nrayyan-7,{TITLES[0]},2015,\"Demo, Kari\",x,\n")
        archive.writestr(
            "customizations_log.csv",
            "article_id,key,value,user_id,user_email,created_at\n7,included,1,1,anna@example.org,2021-02-03 10:00:00 UTC\n7,included,-1,2,bo@example.org,2021-02-03 10:00:00 UTC\n",
        )
    found = queries.matched(attaching.keep(held.getvalue(), "rayyan.zip"))

    assert (found.sure, found.people) == (1, ["anna@example.org", "bo@example.org"])


@pytest.mark.parametrize("content", [b"", b"TY  - JOUR\nTI  - No decision\nER  - \n", b"%PDF-1.4", b"PK\x03\x04broken"])
def test_a_file_without_decisions_is_refused_with_a_sentence(attaching, content):
    with pytest.raises(NotTaken):
        attaching.keep(content)
    assert not VotesFile.objects.exists()


def test_only_the_team_can_have_votes(attaching):
    with pytest.raises(actions.CannotAttach, match="team"):
        attaching.attach(attaching.keep(), {"Anna": Person(attaching.world.reviewer_c.pk)})
    with pytest.raises(actions.CannotAttach, match="at least one"):
        attaching.attach(attaching.keep(), {"Anna": Person(None)})
    assert VotesFile.objects.get().attached_at is None


def test_reasons_of_the_file_become_reasons_of_the_review_or_a_note(attaching):
    note = said(Anna="Excluded") + " | RAYYAN-EXCLUSION-REASONS: wrong population,foreign"
    file = attaching.keep(rayyan((TITLES[0], note)))
    reason = attaching.world.reason()
    attaching.attach(file, reasons={"wrong population": reason.pk})

    vote = Decision.objects.get()
    assert (vote.primary_reason, vote.note) == (reason, "foreign")


# --- the rule alone ---------------------------------------------------------------------------------------------------


def one(person: str = "Anna", verdict: str = "include", *, head: int | None = 1, stage: str = "", reasons: tuple[str, ...] = (), matched: str = "") -> Told:
    return Told(person, verdict, stage, reasons, "", "", head, matched, 1)


PLACE = Place("title_abstract", False, frozenset({1, 2}), frozenset(), {7: frozenset({2})}, False)
FULL = Place("full_text", True, frozenset({1, 2}), frozenset({1}), {}, True)
ANNA = {"Anna": Person(7, True)}


@pytest.mark.parametrize(
    ("told", "place", "left"),
    [
        (one(), PLACE, None),
        (one(verdict=""), PLACE, Left.NO_VERDICT),
        (one(stage="full_text"), PLACE, Left.OTHER_STAGE),
        (one(head=None, matched="unmatched"), PLACE, Left.UNMATCHED),
        (one(head=None, matched="ambiguous"), PLACE, Left.AMBIGUOUS),
        (one(head=9), PLACE, Left.NOT_IN_ROUND),
        (one(head=2), PLACE, Left.VOTED),
        (one(verdict="maybe"), FULL, Left.NO_PLACE),
        (one(verdict="exclude"), FULL, Left.NO_PLACE),
        (one(verdict="exclude", reasons=("x",)), FULL, None),
        (one(head=2), FULL, Left.NO_PLACE),
    ],
)
def test_each_way_to_be_left(told, place, left):
    made = plan([told], ANNA, {"x": 3}, place)

    assert [vote.head for vote in made.votes] == ([] if left else [told.head])
    assert dict(made.left["Anna"]) == ({left: 1} if left else {})
    assert made.told["Anna"] == made.written["Anna"] + made.left["Anna"].total()


def test_a_person_who_says_both_has_no_vote_and_one_who_says_it_twice_has_one():
    twice = plan([one(), one(), one(person="Bo", verdict="exclude")], ANNA | {"Bo": Person(8)}, {}, PLACE)
    both = plan([one(), one(verdict="exclude"), one(head=1)], ANNA, {}, PLACE)

    assert [(vote.member, vote.verdict) for vote in twice.votes] == [(7, "include"), (8, "exclude")]
    assert both.votes == []
    assert both.left["Anna"][Left.CLASH] == 2


def test_two_names_of_one_member_are_one_person():
    made = plan([one(), one(person="A. Demo", verdict="exclude")], ANNA | {"A. Demo": Person(7)}, {}, PLACE)

    assert made.votes == []


def test_who_saw_others_votes_is_not_independent():
    place = Place("title_abstract", False, frozenset({1}), frozenset(), {}, False, {7: frozenset({1})})

    assert not plan([one()], ANNA, {}, place).votes[0].independent
    assert plan([one()], ANNA, {}, PLACE).votes[0].independent


def test_a_name_is_guessed_where_one_member_fits():
    team = [(1, "Anna Demo"), (2, "Bo Demo")]

    assert likely("Anna", team) == 1
    assert likely("demo, bo", team) == 2
    assert likely("anna@example.org", team) == 1
    assert likely("Demo", team) is None
    assert likely("", team) is None


# --- the pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def at(attaching, client):
    client.force_login(attaching.owner.user)
    return lambda name, *args: reverse(name, args=[attaching.world.review.slug, *args])


def choice(attaching, **more: str) -> dict[str, str]:
    a, b = attaching.world.reviewer_a, attaching.world.reviewer_b
    return {"person_0": str(a.number), "independent_0": "yes", "person_1": str(b.number), "independent_1": "unknown", **more}


def test_from_the_file_to_votes_and_back_on_pages(attaching, at, client):
    assert "Attach votes" in client.get(at("votes_attach"), {"round": "1"}).text
    sent = client.post(at("votes_attach"), {"round": attaching.round.pk, "file": SimpleUploadedFile("rayyan.ris", BOTH)})
    assert (sent.status_code, sent.url) == (303, at("votes_file", 1))

    first = client.get(at("votes_file", 1)).text
    assert "Not here at all, ever" in first
    assert 'name="attach"' not in first
    previewed = client.post(at("votes_file", 1), choice(attaching, preview="1")).text
    assert "Write 8 votes at most" in previewed
    assert Decision.objects.count() == 0

    assert client.post(at("votes_file", 1), choice(attaching, attach="1")).status_code == 303
    assert Decision.objects.count() == 8
    assert client.post(at("votes_file", 1), choice(attaching, attach="1")).status_code == 200
    assert Decision.objects.count() == 8
    assert "The votes were written." in client.get(at("votes_file", 1)).text
    assert client.post(at("votes_take_back", 1), {"why": "Wrong"}).status_code == 303
    assert "Taken back by" in client.get(at("votes_file", 1)).text
    assert client.post(at("votes_take_back", 1)).status_code == 422


def test_refused_files_keep_the_form_with_a_sentence(attaching, at, client):
    for content in (b"", b"%PDF-1.4 nothing"):
        answer = client.post(at("votes_attach"), {"round": attaching.round.pk, "file": SimpleUploadedFile("x.ris", content)})
        assert answer.status_code == 422
    assert client.post(at("votes_attach"), {"round": "x"}).status_code == 422
    assert client.post(at("votes_attach"), {"round": "99999999", "file": SimpleUploadedFile("x.ris", BOTH)}).status_code == 422


def test_a_file_of_a_search_offers_the_decisions_in_it(attaching, at, client, settings):
    settings.JOBS_SILENT = True
    upload = importing.receive(attaching.owner, attaching.world.search, BytesIO(BOTH), "rayyan.ris")
    plain = importing.receive(attaching.owner, attaching.world.search, BytesIO(b"TY  - JOUR\nTI  - No decision\nER  - \n"), "plain.ris")
    jobs.run_pending("import")

    text = client.get(at("upload", upload.number)).text
    assert "The file carries decisions of Rayyan." in text
    assert f"?file={upload.number}" in text
    assert "carries decisions" not in client.get(at("upload", plain.number)).text
    assert "rayyan.ris, a file of a search" in client.get(at("votes_attach"), {"file": upload.number}).text
    answer = client.post(at("votes_attach"), {"round": attaching.round.pk, "upload": upload.number})
    assert answer.status_code == 303
    assert VotesFile.objects.get().sha256 == upload.sha256
    assert client.post(at("votes_attach"), {"round": attaching.round.pk, "upload": plain.number}).status_code == 422
    assert client.post(at("votes_attach"), {"round": attaching.round.pk, "upload": "77"}).status_code == 422


def test_the_preview_is_the_same_whatever_was_decided(attaching, at, client):
    """What the page shows does not tell a verdict, in the file or of a vote that stands."""
    attaching.keep()
    other = BOTH.replace(b"Excluded", b"Maybe").replace(b'"Included"', b'"Excluded"')
    attaching.keep(other)
    cast_vote(attaching.world.reviewer_a, attaching.records[0], attaching.round, Verdict.INCLUDE)

    def shown(number):
        text = client.post(at("votes_file", number), choice(attaching, preview="1")).text
        return text.split("<main", 1)[1].split("</main>")[0].replace(f"attach/{number}/", "").replace("csrfmiddlewaretoken", "").split("References of the file")[1]

    assert re.sub(r'value="\w{64}"', "", shown(1)) == re.sub(r'value="\w{64}"', "", shown(2))


def test_whether_somebody_has_voted_is_told_neither_before_nor_after(attaching, at, client):
    """A file with one record, made for the purpose, must not tell who has voted on it (I14)."""
    file = attaching.keep(rayyan((TITLES[0], said(Anna="Included"))))
    other = attaching.keep(rayyan((TITLES[1], said(Anna="Included"))))
    cast_vote(attaching.world.reviewer_a, attaching.records[0], attaching.round, Verdict.INCLUDE)

    def table(number):
        text = client.post(at("votes_file", number), {**choice(attaching), "preview": "1"}).text
        return text.split("<table", 1)[1].split("</table>")[0]

    assert table(1) == table(2)
    answers = [client.post(at("votes_file", one.number), {**choice(attaching), "attach": "1"}).status_code for one in (file, other)]
    assert answers == [303, 303]
    assert attaching.votes(attaching.world.reviewer_a) == {1: "include", 2: "include"}
    assert Decision.objects.filter(votes_file=file).count() == 0
    events = list(Event.objects.filter(kind="votes:attached").order_by("seq"))
    assert [event.data["count"] for event in events] == [1, 1]
    pages = [client.get(at("votes_file", n)).text.split("<main", 1)[1].split("</main>")[0] for n in (1, 2)]
    assert ["votes were written" in text for text in pages] == [True, True]
    assert [client.post(at("votes_take_back", n), follow=True).status_code for n in (1, 2)] == [200, 200]


def test_votes_that_stay_are_listed_only_where_they_are_open(attaching, at, client):
    attaching.keep()
    cast_vote(attaching.world.reviewer_a, attaching.records[0], attaching.round, Verdict.INCLUDE)
    assert "Votes that stay as they are" not in client.post(at("votes_file", 1), choice(attaching, preview="1")).text

    stages.reveal_round(attaching.owner, attaching.round, why="For the meeting")
    text = client.post(at("votes_file", 1), choice(attaching, preview="1")).text
    assert "Votes that stay as they are" in text
    assert "1: has a vote of this member" in text
    assert "Write 7 votes at most" in text


def test_a_file_that_names_a_crowd_is_refused(attaching):
    crowd = said(**{f"Person{n}": "Included" for n in range(101)})
    with pytest.raises(NotTaken, match="100"):
        attaching.keep(rayyan((TITLES[0], crowd)))


@pytest.fixture
def doubtful(attaching):
    """A file of which one reference fits two records."""
    attaching.twin = attaching.world.record(TITLES[0], upload=attaching.world.upload())
    attaching.file = attaching.keep(rayyan(*((title, said(Anna="Included")) for title in TITLES[:2])))
    return attaching


def test_a_reference_that_fits_several_records_is_given_to_one_by_hand(doubtful, client):
    world = doubtful.world
    client.force_login(world.owner.user)
    path = reverse("votes_file", args=[world.review.slug, doubtful.file.number])
    page = client.get(path).content.decode()
    assert 'name="which_0"' in page
    assert 'name="which_1"' not in page

    sent = {"person_0": world.reviewer_a.number, "independent_0": "no", "which_0": doubtful.twin.number}
    assert "Write 2 votes at most" in client.post(path, {**sent, "preview": 1}).content.decode()
    assert client.post(path, {**sent, "attach": 1}).status_code == 303
    assert doubtful.votes(world.reviewer_a) == {doubtful.twin.number: "include", 2: "include"}
    assert Event.objects.get(kind="votes:attached").data["chosen"] == [[1, doubtful.twin.number]]


def test_only_one_of_the_records_that_fit_can_be_chosen(doubtful, client):
    world = doubtful.world
    client.force_login(world.owner.user)
    path = reverse("votes_file", args=[world.review.slug, doubtful.file.number])
    sent = {"person_0": world.reviewer_a.number, "independent_0": "no", "attach": 1}
    assert client.post(path, {**sent, "which_0": 3}).status_code == 422
    found = queries.matched(doubtful.file)
    assert found.chosen({0: doubtful.records[2].pk, 1: doubtful.twin.pk}).matches == found.matches
    assert client.post(path, sent).status_code == 303
    assert doubtful.votes(world.reviewer_a) == {2: "include"}


def test_all_titles_are_walked_once_until_something_changes(attaching, monkeypatch):
    walked = []
    real = queries.matching.match
    monkeypatch.setattr(queries.matching, "match", lambda *args: walked.append(1) or real(*args))
    file = attaching.keep()
    first = queries.matched(file)
    assert (queries.matched(file).matches, len(walked)) == (first.matches, 1)
    merging.merge(attaching.records[0], attaching.records[1], by=attaching.owner)
    assert queries.matched(file).matches[1].head == attaching.records[0].pk
    assert len(walked) == 2


def test_a_large_file_takes_no_more_statements_than_a_small_one(world, django_assert_max_num_queries):
    """20,000 votes are written in one request, which holds the round: seconds, as no record asks for statements of its own."""
    titles = [f"Demo study number {n} of peer support and everyday life" for n in range(60)]
    upload = world.upload()
    for title in titles:
        world.record(title, upload=upload)
    abstracts = world.open_round()
    fulltext = world.open_round(world.full_texts)
    file = actions.keep(world.owner, abstracts, BytesIO(rayyan(*((title, said(Anna="Included", Bo="Included")) for title in titles))), "all.ris")
    found = queries.matched(file)
    people = {"Anna": Person(world.reviewer_a.pk), "Bo": Person(world.reviewer_b.pk)}
    told = [{"person": name, "member": 1, "independent": "unknown"} for name in people]

    with django_assert_max_num_queries(60):
        assert actions.attach(world.owner, file, found, people, {}, told) == 120
    placed = RoundRecord.objects.filter(round=fulltext, decides=True, is_live=True).select_related("record__report")
    assert sorted(row.record.report.number for row in placed) == list(range(1, 61))
    file.refresh_from_db()
    with django_assert_max_num_queries(60):
        assert actions.take_back(world.owner, file) == 120
    assert not list(invariants.outcomes(world.review))
