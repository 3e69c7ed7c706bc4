"""The full-text pages: getting full texts, reading and voting, hostile files, and what others' votes may not change."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from reviewapp.audit.models import Access
from screening.fulltext import actions
from screening.models import FullText, Opened, Report, RetrievalStep
from screening.stages import actions as stages
from screening.vocabulary import Retrieval, Verdict
from tests.factories import World
from tests.fixtures import cast_vote
from tests.screening.settling import HTMX, PDF, Settling

POSTS = ("report_step", "fulltext_upload")


@pytest.fixture
def report(world):
    return world.on()[0]


@pytest.fixture
def sought(world):
    return world.on(retrieved=False)[0]


def pdf(name="article.pdf", body=PDF):
    return SimpleUploadedFile(name, body, content_type="application/pdf")


def bare(response):
    """A page without what changes by itself: tokens, keys and the request's number."""
    text = re.sub(r"<time .*?</time>", "", response.content.decode())
    text = re.sub(r'name="(csrfmiddlewaretoken|key)" value="[^"]+"', "", text)
    return re.sub(r'"X-CSRFToken": "[^"]+"|data-account="\w+"', "", text)


def test_every_member_who_may_know_reads_the_list_and_the_report(client, world, report):
    for member in (world.owner, world.reviewer_a, world.reviewer_c, world.librarian, world.observer, world.adjudicator):
        client.force_login(member.user)
        assert report.record.title in client.get(world.at("fulltext")).content.decode()
        assert client.get(world.at("report", report.number)).status_code == 200


def test_outsiders_other_reviews_wrong_roles_and_methods(client, world, report, outsider):
    full_text = actions.attach(world.librarian, report, pdf())
    file_url = world.at("fulltext_file", report.number, full_text.number)
    withdraw_url = world.at("fulltext_withdraw", report.number, full_text.number)
    posts = [world.at(name, report.number) for name in POSTS] + [withdraw_url]
    elsewhere = World("elsewhere")
    for user in (outsider, elsewhere.owner.user):
        client.force_login(user)
        assert client.get(file_url).status_code == 404
        assert {client.get(world.at("report", report.number)).status_code, client.get(world.at("fulltext")).status_code} == {404}
        assert {client.post(url).status_code for url in posts} == {404}
    for member in (world.observer, world.adjudicator):
        client.force_login(member.user)
        assert {client.post(url).status_code for url in posts} == {403}
        assert "Attach the PDF" not in client.get(world.at("report", report.number)).content.decode()
    client.force_login(world.librarian.user)
    assert {client.get(url).status_code for url in posts} == {405}
    assert {client.post(url).status_code for url in (world.at("fulltext"), world.at("report", report.number), file_url)} == {405}
    elsewhere_url = file_url.replace(world.review.slug, elsewhere.review.slug)
    client.force_login(elsewhere.owner.user)
    assert client.get(elsewhere_url).status_code == 404


def test_a_record_whose_votes_are_not_open_yet_has_no_report_for_its_voters(client, db):
    world = World("slow", opens_after_minutes=10)
    round = world.open_round()
    record = world.record()
    for reviewer in (world.reviewer_a, world.reviewer_b):
        cast_vote(reviewer, record, round, Verdict.INCLUDE)
    number = Report.objects.get(record=record).number
    for member, status in ((world.reviewer_a, 404), (world.reviewer_b, 404), (world.librarian, 200)):
        client.force_login(member.user)
        assert client.get(f"/r/{world.review.slug}/full-text/{number}/").status_code == status
        assert (record.title in client.get(f"/r/{world.review.slug}/full-text/").content.decode()) == (status == 200)


def test_steps_to_get_a_full_text(client, world, sought):
    client.force_login(world.librarian.user)
    url, shown = world.at("report_step", sought.number), world.at("report", sought.number)
    assert "The full text is not here yet" in client.get(shown).content.decode()
    answer = client.post(url, {"kind": "requested", "note": "Asked the library", "chase_on": "2030-01-02"})
    assert (answer.status_code, answer["Location"]) == (303, shown)
    assert "Ask again on 2 January 2030" in client.get(shown).content.decode()
    assert client.post(url, {"kind": "not_retrieved"}).status_code == 409
    assert client.post(url, {"kind": "not_retrieved", "note": "No library has it"}).status_code == 303
    assert "No library has it" in client.get(shown).content.decode()
    assert client.post(url, {"kind": "retrieved"}).status_code == 409
    client.post(url, {"kind": "retrieved", "link": "https://example.org/paper"})
    assert 'href="https://example.org/paper"' in client.get(shown).content.decode()
    kinds = list(RetrievalStep.objects.filter(report=sought).values_list("kind", flat=True))
    assert kinds == ["requested", "not_retrieved", "retrieved"]


@pytest.mark.parametrize(
    "sent",
    [
        {"kind": "eaten"},
        {"kind": "retrieved", "link": "javascript:alert(1)"},
        {"kind": "retrieved", "link": "file:///etc/passwd"},
        {"kind": "requested", "chase_on": "31.02.2020"},
        {"kind": "not_retrieved", "note": "x" * 5001},
    ],
)
def test_steps_that_cannot_be_keep_what_was_typed(client, world, sought, sent):
    client.force_login(world.librarian.user)
    answer = client.post(world.at("report_step", sought.number), sent)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not RetrievalStep.objects.exists()


def test_a_pdf_makes_the_report_retrieved_and_is_served_each_time_to_members_only(client, world, sought):
    client.force_login(world.librarian.user)
    answer = client.post(world.at("fulltext_upload", sought.number), {"file": pdf("Æ årsak.pdf")})
    assert answer.status_code == 303
    sought.refresh_from_db()
    assert sought.retrieval == Retrieval.RETRIEVED
    file_url = world.at("fulltext_file", sought.number, FullText.objects.get().number)
    assert f'src="{file_url}#view=FitH' in client.get(world.at("report", sought.number)).content.decode()
    answer = client.get(file_url)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("inline; filename*=utf-8''%C3%86")
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert client.get(f"{file_url}?download=1")["Content-Disposition"].startswith("attachment")
    assert Access.objects.filter(what="download", path=file_url).count() == 2


@pytest.mark.parametrize("name", ['a"b;c.pdf', "a\r\nSet-Cookie: x=1.pdf", "../../etc/passwd.pdf", "<b>x</b>.pdf", "å" * 200 + ".pdf"])
def test_hostile_file_names_stay_names(client, world, sought, name):
    FullText.objects.create(
        review=world.review, number=77, report=sought, filename=name, stored_as=actions.attach(world.librarian, sought, pdf()).stored_as,
        sha256="0" * 64, size=len(PDF), by=world.librarian,
    )  # fmt: skip
    client.force_login(world.librarian.user)
    answer = client.get(world.at("fulltext_file", sought.number, 77))
    assert answer.status_code == 200
    assert "\n" not in answer["Content-Disposition"]
    assert "Set-Cookie" not in answer
    assert "<b>x</b>" not in client.get(world.at("report", sought.number)).content.decode()


def test_names_with_line_ends_and_paths_are_cleaned_on_the_way_in(client, world, sought):
    client.force_login(world.librarian.user)
    assert client.post(world.at("fulltext_upload", sought.number), {"file": pdf('../x\r\ny"z.pdf')}).status_code == 303
    assert not set("\r\n/") & set(FullText.objects.get().filename)


@pytest.mark.parametrize("body", [b"<html><script>alert(1)</script>", b"PK\x03\x04zip", b"\x00" * 2000 + PDF, b""])
def test_what_is_no_pdf_is_not_taken(client, world, sought, body):
    client.force_login(world.librarian.user)
    answer = client.post(world.at("fulltext_upload", sought.number), {"file": pdf(body=body)})
    assert answer.status_code in (409, 422)
    assert 'role="alert"' in answer.content.decode()
    assert not FullText.objects.exists()
    sought.refresh_from_db()
    assert sought.retrieval == Retrieval.SOUGHT


def test_too_large_a_pdf_is_not_taken(client, world, sought, settings):
    settings.PDF_MAX_BYTES = 1000
    client.force_login(world.librarian.user)
    answer = client.post(world.at("fulltext_upload", sought.number), {"file": pdf(body=PDF + b" " * 2000)})
    assert answer.status_code == 422
    assert "larger than" in answer.content.decode()
    assert client.post(world.at("fulltext_upload", sought.number)).status_code == 422
    assert not FullText.objects.exists()


def test_a_file_taken_away_is_gone_from_sight_and_kept(client, world, report):
    full_text = actions.attach(world.librarian, report, pdf())
    client.force_login(world.reviewer_a.user)
    assert client.post(world.at("fulltext_withdraw", report.number, full_text.number)).status_code == 303
    assert client.get(world.at("fulltext_file", report.number, full_text.number)).status_code == 404
    assert FullText.objects.filter(pk=full_text.pk).exists()


def test_a_voter_gets_the_decision_bar_and_others_do_not(client, world, report):
    client.force_login(world.reviewer_a.user)
    text = client.get(world.at("report", report.number)).content.decode()
    assert world.at("vote", world.full_text_round.number, report.record.number) in text
    assert 'name="reason" value="3"' in text
    for member in (world.reviewer_c, world.librarian, world.owner, world.observer):
        client.force_login(member.user)
        assert 'id="decision"' not in client.get(world.at("report", report.number)).content.decode()


def test_no_vote_before_the_full_text_is_here(client, world, sought):
    client.force_login(world.reviewer_a.user)
    text = client.get(world.at("report", sought.number)).content.decode()
    assert 'id="decision"' not in text
    assert "You can vote once the full text is here." in text


def test_voting_from_the_page_leads_back_to_it_and_on_to_the_next(client, world):
    first, second = world.on(2)
    client.force_login(world.reviewer_a.user)
    url = world.at("vote", world.full_text_round.number, first.record.number)
    answer = client.post(url, {"reason": "2", "note": "too small", "key": "a" * 32, "seen": "", "next": "report"})
    assert (answer.status_code, answer["Location"]) == (303, world.at("report", first.number))
    text = client.get(world.at("report", first.number)).content.decode()
    assert "Viewpoint." in text
    assert 'name="seen" value="' + "a" * 32 in text
    assert world.at("report", second.number) in text
    refused = client.post(
        world.at("vote", world.full_text_round.number, second.record.number), {"verdict": "exclude", "next": "report"}, headers=HTMX
    )
    assert refused.status_code == 422
    assert "Choose the first criterion that fails." in refused.content.decode()


def test_a_vote_is_taken_back_and_a_report_handed_on_from_the_page(client, world, report):
    client.force_login(world.reviewer_a.user)
    shown, at = world.at("report", report.number), (world.full_text_round.number, report.record.number)
    client.post(world.at("vote", *at), {"verdict": "include", "key": "b" * 32, "seen": "", "next": "report"})
    assert 'value="withdrawn"' in client.get(shown).content.decode()
    client.post(world.at("vote", *at), {"verdict": "withdrawn", "key": "c" * 32, "seen": "b" * 32, "next": "report"})
    text = client.get(shown).content.decode()
    assert "Your vote" not in text
    assert world.at("recuse", *at) in text
    client.post(world.at("recuse", *at), {"kind": "own"})
    text = client.get(shown).content.decode()
    assert "You handed this report to somebody else." in text
    assert 'id="decision"' not in text
    client.post(world.at("unrecuse", *at))
    assert 'id="decision"' in client.get(shown).content.decode()


def everything(client, world, reports):
    """Whatever the full-text pages give a voter: lists, filters, counts, pages, refusals."""
    base = world.at("fulltext")
    addresses = [base, *(f"{base}?show={show}" for show in ("mine", "settled", "retrieved")), f"{base}?q=Same"]
    addresses += [world.at("report", report.number) for report in reports] + [world.at("studies"), world.at("conflicts")]
    answers = [bare(client.get(address)) for address in addresses]
    taken_back = client.post(world.at("report_step", reports[0].number), {"kind": "sought"})
    after = bare(client.get(addresses[-3]))
    return [*answers, str(taken_back.status_code), bare(taken_back), after]


@pytest.mark.parametrize("voted", [False, True])
def test_a_voter_sees_the_same_whatever_the_other_voted(client, db, voted):
    """Two worlds: the same review, where the other voter's vote on the same report varies, and is not open."""
    answers = []
    for verdict in (None, Verdict.INCLUDE, Verdict.EXCLUDE):
        world = Settling(opens_after_minutes=0)
        world.review.title, world.review.slug = "Same", "same"
        world.review.save()
        reports = world.on(2, title="Same title")
        stages.set_rules(world.owner, world.full_texts, opens_after_minutes=10)
        if voted:
            cast_vote(world.reviewer_a, reports[0].record, world.full_text_round, Verdict.INCLUDE, key="k")
        if verdict is not None:
            reason = world.reason() if verdict == Verdict.EXCLUDE else None
            cast_vote(world.reviewer_b, reports[0].record, world.full_text_round, verdict, reason=reason)
        client.force_login(world.reviewer_a.user)
        answers.append(everything(client, world, reports))
        world.review.slug = f"old-{world.review.pk}"
        world.review.save()
    for same in zip(*answers, strict=True):
        first, *rest = (one.splitlines() for one in same)
        for other in rest:
            assert [pair for pair in zip(first, other, strict=False) if pair[0] != pair[1]] == []
            assert len(first) == len(other)


def test_others_votes_appear_once_open_and_that_is_kept(client, world, report):
    cast_vote(world.reviewer_a, report.record, world.full_text_round, Verdict.INCLUDE)
    cast_vote(world.reviewer_b, report.record, world.full_text_round, Verdict.EXCLUDE, reason=world.reason(), note="too small")
    client.force_login(world.reviewer_a.user)
    text = client.get(world.at("report", report.number)).content.decode()
    assert "too small" in text
    assert "Settle this conflict" in text
    assert Opened.objects.filter(member=world.reviewer_a, record=report.record).exists()
    client.force_login(world.librarian.user)
    assert "too small" not in client.get(world.at("report", report.number)).content.decode()


def test_find_filter_and_keyset(client, world):
    reports = world.on(3, title="A café seen from the inside", authors=["Ågren, Åse"], doi="10.5555/one")
    client.force_login(world.reviewer_a.user)
    for text in ("café inside", "Ågren", "10.5555/one", str(reports[0].record.number)):
        assert "A café seen" in client.get(world.at("fulltext"), {"q": text}).content.decode()
    assert "No report found" in client.get(world.at("fulltext"), {"q": "zebra%_'\""}).content.decode()
    assert "None here" in client.get(world.at("fulltext"), {"show": "not_retrieved"}).content.decode()
    assert client.get(world.at("fulltext"), {"show": "\x00", "q": "\x00", "after": "zzz"}).status_code == 200


def test_the_empty_list_says_what_comes(client, world):
    client.force_login(world.librarian.user)
    assert "No full text is sought yet" in client.get(world.at("fulltext")).content.decode()


def test_links_out_are_web_addresses_only(client, world):
    (report,) = world.on(url="javascript:alert(1)")
    client.force_login(world.librarian.user)
    assert "javascript:" not in client.get(world.at("report", report.number)).content.decode()


def test_queries_do_not_grow_with_the_list(client, world, django_assert_max_num_queries):
    """Counted without the frame of the page: the rail has a budget of its own."""
    world.on(3)
    client.force_login(world.reviewer_a.user)
    client.get(world.at("fulltext"))
    with django_assert_max_num_queries(40):
        client.get(world.at("fulltext"), headers=HTMX)
    reports = world.on(10)
    with django_assert_max_num_queries(40):
        client.get(world.at("fulltext"), headers=HTMX)
    with django_assert_max_num_queries(40):
        client.get(world.at("report", reports[0].number), headers=HTMX)
