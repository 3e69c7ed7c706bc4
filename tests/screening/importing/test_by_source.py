"""Files dropped on the log go each to the search of the database that it names."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from screening.importing.by_source import receive_by_source
from screening.models import Search, SearchRound, Upload
from screening.searches import actions as searches
from screening.vocabulary import SourceKind
from tests.factories import World
from tests.screening.importing.conftest import ris

pytestmark = pytest.mark.django_db

EBSCO = b"TY  - JOUR\nTI  - A paper on walking\nPY  - 2020\nDP  - EBSCOhost\nDB  - PsycINFO\nUR  - https://search.ebscohost.com/login.aspx?direct=true&db=psyh&AN=1\nER  - \n"
NBIB = b"PMID- 123\nOWN - NLM\nTI  - Another paper on walking.\nDP  - 2021\nAU  - Demo A\n\n"
TRIALS = b"NCT Number,Study Title,Study URL,Study Status\nNCT00000001,Walking and mood,https://clinicaltrials.gov/study/NCT00000001,COMPLETED\n"


def drop(world, *files, into=None):
    return receive_by_source(world.librarian, into or world.search.search_round, [(name, BytesIO(data)) for name, data in files])


def where(outcomes):
    return [str(one.upload.search.source.full_name) if one.upload else "" for one in outcomes]


def test_each_file_goes_to_the_search_of_its_database(world):
    outcomes = drop(world, ("a.ris", EBSCO), ("b.nbib", NBIB), ("c.ris", EBSCO.replace(b"A paper", b"A second paper")))
    first, second, third = (one.upload.search for one in outcomes)
    assert (first.source.name, first.source.platform) == ("PsycINFO", "EBSCOhost")
    assert second.source.name == "PubMed"
    assert third == first
    assert {one.search_round for one in (first, second)} == {world.search.search_round}


def test_a_search_that_is_there_is_taken_also_under_a_longer_name(world):
    source = searches.add_source(world.librarian, name="PsycINFO Complete", platform="EBSCOhost")
    there = searches.add_search(world.librarian, source=source, search_round=world.search.search_round)
    [outcome] = drop(world, ("a.ris", EBSCO))
    assert outcome.upload.search == there


def test_the_platform_decides_between_two(world):
    for platform in ("Ovid", "EBSCOhost"):
        source = searches.add_source(world.librarian, name="PsycINFO", platform=platform)
        searches.add_search(world.librarian, source=source, search_round=world.search.search_round)
    assert where(drop(world, ("a.ris", EBSCO))) == ["PsycINFO (EBSCOhost)"]


def test_what_fits_two_searches_is_not_guessed(world):
    source = searches.add_source(world.librarian, name="PsycINFO", platform="EBSCOhost")
    for _time in range(2):
        searches.add_search(world.librarian, source=source, search_round=world.search.search_round)
    [outcome] = drop(world, ("a.ris", EBSCO))
    assert outcome.upload is None
    assert "Two searches of this round are in PsycINFO" in outcome.sentence
    assert not Upload.objects.for_review(world.review).exists()


def test_another_round_has_searches_of_its_own(world):
    drop(world, ("a.ris", EBSCO))
    later = searches.add_search_round(world.librarian, name="Update", is_update=True)
    [outcome] = drop(world, ("b.ris", EBSCO.replace(b"A paper", b"A new paper")), into=later)
    assert outcome.upload.search.search_round == later
    assert outcome.upload.search.source.searches.count() == 2


def test_a_file_that_names_no_database_is_not_taken_and_makes_no_search(world):
    before = Search.objects.for_review(world.review).count()
    [outcome] = drop(world, ("plain.ris", ris("A paper")))
    assert outcome.upload is None
    assert "does not say which database" in outcome.sentence
    assert Search.objects.for_review(world.review).count() == before


def test_a_register_is_recorded_as_one(world):
    [outcome] = drop(world, ("ctg.csv", TRIALS))
    assert outcome.upload.search.source.kind == SourceKind.REGISTER


def test_what_was_sent_before_is_noticed(world):
    [first] = drop(world, ("a.ris", EBSCO))
    [second] = drop(world, ("again.ris", EBSCO))
    assert second.same_as == first.upload


def test_in_a_new_review_the_first_round_is_made(db, client):
    fresh = World("fresh")
    SearchRound.objects.for_review(fresh.review).exclude(pk=fresh.search.search_round_id).delete()
    Search.objects.for_review(fresh.review).delete()
    SearchRound.objects.for_review(fresh.review).delete()
    client.force_login(fresh.librarian.user)
    log = reverse("searches", args=[fresh.review.slug])
    send = reverse("uploads_by_source", args=[fresh.review.slug])
    assert send in client.get(log).content.decode()
    answer = client.post(send, {"files": [SimpleUploadedFile("a.ris", EBSCO), SimpleUploadedFile("b.nbib", NBIB)]})
    assert answer.status_code == 200
    words = answer.content.decode()
    assert "It went to PsycINFO (EBSCOhost)." in words
    assert f'hx-get="{log}"' in words  # not the address that only takes files
    assert Search.objects.for_review(fresh.review).count() == 2
    assert SearchRound.objects.for_review(fresh.review).get().name == "First searches"


def test_the_page_says_what_was_refused(world, client):
    client.force_login(world.librarian.user)
    send = reverse("uploads_by_source", args=[world.review.slug])
    assert client.post(send).status_code == 422
    answer = client.post(send, {"files": [SimpleUploadedFile("plain.ris", ris("A paper")), SimpleUploadedFile("a.ris", EBSCO)]})
    assert answer.status_code == 422
    assert "plain.ris was not taken." in answer.content.decode()
    assert "a.ris was taken." in answer.content.decode()
    assert client.post(send, {"round": "999", "files": [SimpleUploadedFile("c.nbib", NBIB)]}).status_code == 404
