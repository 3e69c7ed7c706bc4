"""Any value in any field of any form, and things of another review: a sentence, never a 5xx (I18, RELIABILITY 3.10)."""

import re
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse

from reviewapp.reviews.owned import ReviewOwned
from tests.access.addresses import of_reviews, path_of
from tests.access.conftest import call
from tests.access.whole import Whole
from tests.factories import World

ROOT = Path(__file__).parents[2]
HUGE = "9" * 30
VALUES = {"NUL": "a\x00b", "huge": HUGE, "words": "ÆØÅ 🧪 \u202e <b>", "half a list": "[1,2"}
#: 422: a form that is wrong in itself is refused before anything is looked up.
NOTHING = (HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY)
pytestmark = pytest.mark.django_db


def field_names() -> list[str]:
    """Give every name that a page or a view of ours uses for a field."""
    names: set[str] = set()
    for path in (ROOT / "templates").rglob("*.html"):
        names |= set(re.findall(r'name="([a-z_]\w*)"', path.read_text()))
    for folder in ("reviewapp", "screening", "charting"):
        for path in (ROOT / folder).rglob("*.py"):
            if path.name in ("forms.py", "views.py"):
                text = path.read_text()
                names |= set(re.findall(r"^    (\w+) = forms\.", text, re.M))
                names |= set(re.findall(r'(?:POST|GET)\.get(?:list)?\(\s*"(\w+)"', text))
    return sorted(names - {"csrfmiddlewaretoken"})


def who_may(whole: Whole, roles: str) -> Any:
    pairs = (("O", whole.owner), ("R", whole.reviewer_a), ("A", whole.adjudicator), ("L", whole.librarian))
    return next(member for letter, member in pairs if letter in roles)


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_any_value_in_every_field_is_no_fault_of_ours(whole: Whole, caller: Any, value: str):
    data = dict.fromkeys(field_names(), value)
    wrong = []
    clients = {}
    for address, row in of_reviews():
        member = who_may(whole, row.post or row.roles)
        client = clients.setdefault(member.pk, caller(member))
        for method in ("GET", "POST"):
            if method in address.methods:
                answer = call(client, method, path_of(address, row, whole.args), data)
                if answer.status_code >= 500:
                    wrong.append(f"{method} {address.name}: {answer.status_code} {getattr(answer, 'exc_info', ('', ''))[1]!r}"[:300])
    assert not wrong, "\n".join(wrong)


def test_numbers_of_nothing_are_nothing_however_large(whole: Whole, caller: Any):
    wrong = []
    clients = {}
    for address, row in of_reviews():
        if "<int:" not in address.route:
            continue
        member = who_may(whole, row.post or row.roles)
        client = clients.setdefault(member.pk, caller(member))
        for number in ("999999", str(2**31), str(2**63), HUGE):
            numbers = [number if isinstance(whole.args[a], int) else whole.args[a] for a in row.args]
            path = reverse(address.name, args=[whole.review.slug, *numbers])
            answer = call(client, address.methods[-1], path)
            if answer.status_code not in NOTHING:
                wrong.append(f"{address.name} {number}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_ids_of_another_review_do_nothing_there_and_are_no_fault(whole: Whole, caller: Any):
    """I18: every primary key and number of another review, in every field of every form."""
    other = World("other")
    records = other.records(12)
    foreign = {str(max(record.pk for record in records)), str(other.source.pk)}
    owned = [model for model in apps.get_models() if issubclass(model, ReviewOwned)]
    before = {model: list(model.objects.filter(review=other.review).order_by("pk").values()) for model in owned}
    names = field_names()
    wrong = []
    for value in foreign:
        for address, row in of_reviews():
            if not address.posts:
                continue
            answer = caller(who_may(whole, row.post or row.roles)).post(path_of(address, row, whole.args), dict.fromkeys(names, value))
            if answer.status_code >= 500:
                wrong.append(f"{address.name}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
    assert {model: list(model.objects.filter(review=other.review).order_by("pk").values()) for model in owned} == before


def test_a_field_that_no_form_offers_changes_nothing(whole: Whole, caller: Any):
    """Mass assignment: the keys of tables, sent along with a form that is right."""
    moment = "2020-01-01"
    extra = {"review": "1", "review_id": "1", "deleted_at": moment, "is_demo": "on", "user": "1", "ended_at": moment, "slug": "taken"}
    client = caller(whole.owner)
    path = reverse("team", args=[whole.review.slug])
    client.post(path, {"email": "a@example.org", "roles": ["observer"], "accepted_at": moment} | extra)
    whole.review.refresh_from_db()
    assert (whole.review.deleted_at, whole.review.is_demo, whole.review.slug) == (None, False, whole.args["slug"])
