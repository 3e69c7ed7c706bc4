"""Agreement over time, with and without the pilot's records, three categories, and more than two people."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from reviewapp.audit.triggers import maintenance
from screening.reporting.agreement import report as agreements
from screening.stages import actions as stages
from screening.vocabulary import RoundKind, Verdict
from tests.factories import World
from tests.fixtures import cast_vote

I, E, M = Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.MAYBE


def at(world, name):
    return reverse(name, args=[world.review.slug])


def judge(world, round, votes, records=None):
    """One pair of letters a record: what the first and the second reviewer say (i, e, m)."""
    records = records or world.records(len(votes))
    words = {"i": I, "e": E, "m": M}
    for record, pair in zip(records, votes, strict=True):
        for who, letter in zip((world.reviewer_a, world.reviewer_b, world.reviewer_c), pair, strict=False):
            cast_vote(who, record, round, words[letter])
    return records


@pytest.fixture
def world(db):
    return World()


def link(text, name):
    return re.search(rf'href="(/r/[^"]*{name}[^"]*)"', text)[1].replace("&amp;", "&")


def test_a_pair_is_shown_by_week_and_by_200_records(client, world):
    round = world.open_round()
    old = judge(world, round, ["ii", "ei"])
    from screening.models import Decision  # only to move votes back in time

    with maintenance("a test"):
        Decision.objects.filter(record__in=old).update(received_at=timezone.now() - timedelta(days=14))
    judge(world, round, ["ii", "ee", "ee"])
    client.force_login(world.reviewer_a.user)
    url = link(client.get(at(world, "agreement")).content.decode(), "agreement/time/")
    text = client.get(url).content.decode()
    weeks = re.findall(r'<th scope="row">(\d{4}, week \d+)</th><td class="num">(\d+)</td><td class="num">([^<]*)</td>', text)
    assert [(n, po) for _week, n, po in weeks] == [("2", "50.00 %"), ("3", "100.00 %")]
    assert "Maybe is counted as include" in text
    text = client.get(url + "&every=200").content.decode()
    assert re.findall(r'<th scope="row">(records [^<]*)</th><td class="num">(\d+)</td>', text) == [("records 1–5", "5")]
    client.force_login(world.reviewer_c.user)
    assert client.get(url).status_code == 404, "nothing of it is open to who did not vote"
    client.force_login(world.reviewer_a.user)
    assert client.get(url.replace("first=2", "first=9")).status_code == 404
    assert client.get(at(world, "agreement_time")).status_code == 303


def test_records_of_a_pilot_are_left_out_once_and_their_cells_too(client, world):
    records = world.records(4)
    pilot = world.open_round(kind=RoundKind.PILOT, record_ids=[record.pk for record in records[:2]])
    judge(world, pilot, ["ii", "ee"], records[:2])
    stages.close_round(world.owner, pilot)
    main = world.open_round()
    judge(world, main, ["ii", "ee", "ie", "ii"], records)
    (stage,) = agreements.report(world.review, member=world.reviewer_a)
    assert [(line.name, line.pairs[0].figures.n) for line in stage.lines if line.round == main] == [(main.name, 4)]
    (without,) = stage.without
    assert (without.left_out, without.pairs[0].figures.n, without.pairs[0].figures.b) == (2, 2, 1)
    client.force_login(world.reviewer_a.user)
    text = client.get(at(world, "agreement")).content.decode()
    assert "without the records of the pilot" in text
    listed = client.get(without.pairs[0].urls["a"]).content.decode()
    assert records[3].title in listed
    assert records[0].title not in listed
    assert "without the records of the pilot" in client.get(at(world, "agreement_file")).content.decode()


def test_a_pilot_shows_each_pair_and_each_reason(client, world):
    records = world.records(4)
    team = [world.reviewer_a, world.reviewer_b, world.reviewer_c]
    pilot = world.open_round(kind=RoundKind.PILOT, record_ids=[record.pk for record in records], team=team)
    given = ["relevance relevance relevance", "relevance viewpoint relevance", "include viewpoint none", "include include include"]
    for record, votes in zip(records, given, strict=True):
        for who, said in zip(team, votes.split(), strict=True):
            reason = world.reason(said) if said in ("relevance", "viewpoint") else None
            cast_vote(who, record, pilot, Verdict.INCLUDE if said == "include" else Verdict.EXCLUDE, reason=reason)
    stages.close_round(world.owner, pilot)
    client.force_login(world.reviewer_a.user)
    text = " ".join(re.sub(r"<[^>]+>", " ", client.get(at(world, "agreement")).content.decode()).split())
    assert "Author 1 and Author 2 1 1 0 2 75.00 % 0.5000" in text
    assert "Author 2 and Author 3 1 0 0 3 100.00 % 1.0000" in text
    assert "Not relevant 2 1 80.00 %" in text, "of 7 pairs who excluded: 4 agree on it, in 2 one of the two gave it"
    assert "Viewpoint 2 0 0.00 %" in text
    (pair, *_rest) = agreements.report(world.review, member=world.reviewer_a)[0].lines[0].pairs
    assert records[2].title in client.get(pair.urls["b"]).content.decode()


def test_where_maybe_is_a_list_of_its_own_three_categories_stand_beside_the_two(client, db):
    world = World(preset="rayyan")
    round = world.open_round()
    judge(world, round, ["ii", "im", "ee", "me", "mm", "ee"])
    stages.close_round(world.owner, round)
    (stage,) = agreements.report(world.review, member=world.owner)
    (one,) = stage.lines[0].pairs
    assert (one.three.n, round_(one.three.po)) == (6, 0.6667)
    assert one.figures.n == 6
    client.force_login(world.owner.user)
    text = client.get(at(world, "agreement")).content.decode()
    assert "include, maybe and exclude apart" in text
    assert "counted as not include" in text


def test_where_maybe_counts_as_include_there_are_no_three_categories(world):
    round = world.open_round()
    judge(world, round, ["mi", "ee"])
    (stage,) = agreements.report(world.review, member=world.reviewer_a)
    assert stage.lines[0].pairs[0].three is None


def test_three_people_get_alpha_and_fleiss(client, world):
    stages.set_rules(world.owner, world.abstracts, votes_needed=3)
    round = world.open_round(team=[world.reviewer_a, world.reviewer_b, world.reviewer_c])
    judge(world, round, ["iii", "eee", "iie", "ii"])
    stages.close_round(world.owner, round)
    (stage,) = agreements.report(world.review, member=world.owner)
    line = stage.lines[0]
    assert (line.alpha.n, line.fleiss.n, line.fleiss_votes) == (4, 3, 3)
    client.force_login(world.owner.user)
    text = client.get(at(world, "agreement")).content.decode()
    assert "3 records with 3 votes" in text
    assert "Fleiss kappa, records with 3 votes" in client.get(at(world, "agreement_file")).content.decode().replace('"', "")


def round_(value):
    return round(value, 4)
