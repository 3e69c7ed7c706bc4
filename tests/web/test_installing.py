"""What a browser needs to install the application; that nothing in it is anybody's."""
import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

STATIC = Path(__file__).parents[2] / "static"


def test_manifest_names_icons_that_are_there(client: Client) -> None:
    answer = client.get("/manifest.webmanifest")
    about = json.loads(answer.content)
    assert answer["Content-Type"] == "application/manifest+json"
    assert (about["display"], about["start_url"], about["scope"]) == ("standalone", "/", "/")
    assert {icon["sizes"] for icon in about["icons"]} >= {"192x192", "512x512"}
    for icon in about["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/")), icon


@pytest.mark.django_db
def test_service_worker_is_the_same_for_everybody(client: Client, kari: Any) -> None:
    nobody = client.get("/service-worker.js")
    client.force_login(kari)
    somebody = client.get("/service-worker.js")
    assert nobody.content == somebody.content == (STATIC / "js/service-worker.js").read_bytes()
    assert (somebody["Cache-Control"], somebody["Content-Type"]) == ("no-cache", "text/javascript; charset=utf-8")
    assert client.post("/service-worker.js").status_code == 405


@pytest.mark.django_db
def test_pages_of_signed_in_people_are_still_for_no_cache(client: Client, kari: Any) -> None:
    client.force_login(kari)
    page = client.get("/account/")
    assert "no-store" in page["Cache-Control"]
    assert 'rel="manifest"' in page.content.decode()
