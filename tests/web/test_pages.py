"""Pages and their parts, redirects, refusals, error pages, headers."""
import logging
from typing import Any

import pytest
from django.test import Client

from reviewapp.web.logs import RequestIds
from reviewapp.web.middleware import current_request_id

pytestmark = pytest.mark.usefixtures("trial", "db")
HTMX = {"HX-Request": "true"}


def test_address_gives_the_whole_page(client: Client) -> None:
    html = client.get("/").content.decode()

    assert "<html" in html
    assert 'id="part"' in html


def test_htmx_gets_the_part_only(client: Client) -> None:
    html = client.get("/", headers=HTMX).content.decode()

    assert html.strip().startswith('<section id="part"')
    assert "<html" not in html


@pytest.mark.parametrize("extra", ["HX-Boosted", "HX-History-Restore-Request"])
def test_boosted_link_and_step_back_get_the_whole_page(client: Client, extra: str) -> None:
    assert "<html" in client.get("/", headers={**HTMX, extra: "true"}).content.decode()


def test_page_and_part_of_one_address_are_kept_apart(client: Client) -> None:
    assert "HX-Request" in client.get("/")["Vary"]


def test_plain_form_is_sent_on_with_303(client: Client) -> None:
    response = client.post("/moved/")

    assert (response.status_code, response["Location"]) == (303, "/elsewhere/")


def test_htmx_form_is_sent_on_by_its_header(client: Client) -> None:
    response = client.post("/moved/", headers=HTMX)

    assert (response.status_code, response["HX-Redirect"]) == (200, "/elsewhere/")


def test_domain_error_is_a_page_with_its_sentence(client: Client) -> None:
    response = client.post("/closed/")

    assert response.status_code == 409
    assert "Round 1 was closed at 10:42." in response.content.decode()


def test_domain_error_for_htmx_is_a_notice_that_leaves_the_page_alone(client: Client) -> None:
    response = client.post("/closed/", headers=HTMX)

    assert (response.status_code, response["HX-Retarget"], response["HX-Reswap"]) == (409, "#flash", "innerHTML")
    assert response.content.decode().strip().startswith('<div class="notice is-bad" role="alert">')


def test_invalid_says_its_own_sentence_with_422(client: Client) -> None:
    response = client.post("/invalid/")

    assert response.status_code == 422
    assert "31 February does not exist." in response.content.decode()


def test_refusal_says_why(client: Client) -> None:
    response = client.get("/refused/")

    assert response.status_code == 403
    assert "Only the third reviewer" in response.content.decode()


def test_unknown_address_has_a_page_of_ours(client: Client) -> None:
    response = client.get("/nowhere/")

    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()


def test_crash_tells_its_number_and_nothing_else(client: Client) -> None:
    client.raise_request_exception = False
    response = client.get("/crash/")

    assert response.status_code == 500
    assert response["X-Request-ID"] in response.content.decode()
    assert "secret inside" not in response.content.decode()


def test_form_without_its_token_is_refused_with_a_page_of_ours() -> None:
    response = Client(enforce_csrf_checks=True).post("/moved/")

    assert response.status_code == 403
    assert "The page was too old" in response.content.decode()


def test_every_answer_has_a_number_of_ours_and_leaves_none_behind(client: Client) -> None:
    first, second = client.get("/", headers={"X-Request-ID": "theirs"}), client.get("/")

    assert first["X-Request-ID"] not in ("theirs", second["X-Request-ID"])
    assert current_request_id() == ""


def test_pages_of_signed_in_people_are_kept_by_no_cache(client: Client, kari: Any) -> None:
    client.force_login(kari)

    assert set(client.get("/")["Cache-Control"].split(", ")) == {"private", "no-store"}


def test_part_asked_for_after_signing_out_sends_the_page_to_sign_in(client: Client) -> None:
    response = client.get("/account/", headers={**HTMX, "HX-Current-URL": "http://testserver/r/demo/screen/"})

    assert response["HX-Redirect"] == "/account/login/?next=%2Fr%2Fdemo%2Fscreen%2F"


def test_good_news_is_a_toast_and_bad_news_stays(client: Client) -> None:
    html = client.get("/told/").content.decode()

    assert '<div class="toast-line">Saved.</div>' in html
    assert html.index("Not taken.") < html.index("<h1>")


def test_page_carries_the_persons_way_of_reading(client: Client, kari: Any) -> None:
    kari.theme, kari.text_size, kari.keys_on = "dark", 20, False
    kari.save()
    client.force_login(kari)
    html = client.get("/").content.decode()

    assert 'data-bs-theme="dark"' in html
    assert 'data-keys="off" data-text-size="20"' in html


def test_policy_allows_no_inline_script_or_style(client: Client) -> None:
    policy = client.get("/")["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "object-src 'none'" in policy


def test_number_on_the_error_page_is_in_the_log(client: Client) -> None:
    lines: list[str] = []
    handler = logging.Handler()
    handler.addFilter(RequestIds())
    handler.emit = lambda record: lines.append(f"{record.request_id} {record.getMessage()}")  # type: ignore[attr-defined, method-assign]
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    client.raise_request_exception = False
    try:
        number = client.get("/crash/")["X-Request-ID"]
    finally:
        logger.removeHandler(handler)

    assert lines == [f"{number} Internal Server Error: /crash/"]


def test_refused_access_is_one_line_in_the_log_and_a_crash_keeps_its_traceback(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    client.raise_request_exception = False
    for path in ("/refused/", "/crash/"):
        client.get(path)

    refused, crash = (record for record in caplog.records if record.name == "django.request")
    assert (refused.getMessage(), refused.exc_info) == ("Forbidden (Permission denied): /refused/", None)
    assert crash.exc_info
