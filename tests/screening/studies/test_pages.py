"""The pages of studies: companion reports linked and unlinked, labels, and who may."""

import pytest

from screening.models import Study, StudyLink
from screening.stages import actions as stages
from screening.studies import queries
from tests.factories import World
from tests.screening.settling import HTMX, Settling

POSTS = ("study_link", "study_unlink", "study_rename")


@pytest.fixture
def pair(world):
    first, second = world.on(2)
    world.include(first, second)
    return first, second


def study_of(report):
    return StudyLink.objects.get(report=report, undone_at=None).study


def counts(world):
    rows = queries.rows(world.reviewer_a)
    return len(rows), sum(len(row.links) for row in rows)


def test_linking_and_unlinking_change_studies_and_never_reports(client, world, pair):
    first, second = pair
    client.force_login(world.reviewer_a.user)
    assert counts(world) == (2, 2)
    own = study_of(second)
    answer = client.post(world.at("study_link", study_of(first).number), {"report": second.number})
    assert (answer.status_code, answer["Location"]) == (303, world.at("study", study_of(first).number))
    assert counts(world) == (1, 2)
    assert client.get(world.at("study", own.number)).status_code == 404
    assert "2 reports" in client.get(world.at("studies")).content.decode()
    client.post(world.at("study_unlink", study_of(first).number), {"report": second.number})
    assert counts(world) == (2, 2)
    assert study_of(second) == own


def test_the_first_report_of_a_study_is_not_unlinked(client, world, pair):
    client.force_login(world.reviewer_a.user)
    number = study_of(pair[0]).number
    assert client.post(world.at("study_unlink", number), {"report": pair[0].number}).status_code == 409
    assert client.post(world.at("study_unlink", number), {"report": pair[1].number}).status_code == 404
    assert client.post(world.at("study_link", number), {"report": "x"}).status_code == 422
    assert client.post(world.at("study_link", number), {"report": "999"}).status_code == 404


def test_labels(client, world, pair):
    client.force_login(world.owner.user)
    study, other = study_of(pair[0]), study_of(pair[1])
    assert client.post(world.at("study_rename", study.number), {"label": "Demo  2018"}).status_code == 303
    study.refresh_from_db()
    assert study.label == "Demo 2018"
    assert client.post(world.at("study_rename", other.number), {"label": "Demo 2018"}).status_code == 409
    assert client.post(world.at("study_rename", other.number), {"label": ""}).status_code == 422
    assert client.post(world.at("study_rename", other.number), {"label": "<script>x</script>"}).status_code == 303
    assert "<script>x" not in client.get(world.at("studies")).content.decode()


def test_outsiders_other_reviews_wrong_roles_and_methods(client, world, pair, outsider):
    number = study_of(pair[0]).number
    for user in (outsider, World("elsewhere").reviewer_a.user):
        client.force_login(user)
        assert {client.get(world.at("studies")).status_code, client.get(world.at("study", number)).status_code} == {404}
        assert {client.post(world.at(name, number)).status_code for name in POSTS} == {404}
    for member in (world.librarian, world.observer, world.adjudicator):
        client.force_login(member.user)
        assert client.get(world.at("study", number)).status_code == 200
        assert {client.post(world.at(name, number)).status_code for name in POSTS} == {403}
    client.force_login(world.reviewer_a.user)
    assert {client.get(world.at(name, number)).status_code for name in POSTS} == {405}
    assert client.post(world.at("studies")).status_code == 405


def test_a_voter_to_whom_the_outcome_is_not_open_finds_no_study(client, db):
    world = Settling()
    (report,) = world.on()
    stages.set_rules(world.owner, world.full_texts, opens_after_minutes=10)
    world.include(report)
    number = Study.objects.get().number
    for member, status in ((world.reviewer_a, 404), (world.owner, 200)):
        client.force_login(member.user)
        assert client.get(f"/r/{world.review.slug}/studies/{number}/").status_code == status
        assert client.post(f"/r/{world.review.slug}/studies/{number}/rename/", {"label": ""}).status_code == (404 if status == 404 else 422)


def test_the_empty_list_says_what_comes(client, world):
    client.force_login(world.observer.user)
    assert "No study is included yet" in client.get(world.at("studies")).content.decode()


def test_queries_do_not_grow_with_the_list(client, world, django_assert_max_num_queries):
    reports = world.on(8)
    world.include(*reports)
    client.force_login(world.reviewer_a.user)
    client.get(world.at("studies"))
    with django_assert_max_num_queries(12):
        client.get(world.at("studies"), headers=HTMX)
