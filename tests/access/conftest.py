"""A review with one of everything, and who calls it."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.access.whole import Whole
from tests.factories import user


class Undone(Exception):
    pass


@pytest.fixture
def whole(db: None) -> Whole:
    return Whole()


@pytest.fixture
def caller() -> Callable[..., Client]:
    def caller(who: Any = None) -> Client:
        client = Client(raise_request_exception=False)
        if who is not None:
            client.force_login(getattr(who, "user", who))
        return client

    return caller


@pytest.fixture
def stranger(db: None) -> Any:
    return user()


def call(client: Client, method: str, path: str, data: Any = None, **headers: Any) -> Any:
    """Call an address and take back what it did."""
    try:
        with transaction.atomic():
            response = getattr(client, method.lower())(path, data or {}, **headers)
            body = b"".join(response) if response.streaming else response.content
            raise Undone
    except Undone:
        response.body = body
        return response


@pytest.fixture(autouse=True)
def quiet() -> Any:
    """Refusals are what these tests are about: a thousand lines of them tell nobody anything."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(autouse=True)
def no_rail(monkeypatch: Any) -> None:
    """Leave the rail out: fifty queries a page, and what it shows is tested in tests/blinding and tests/screening/overview."""
    monkeypatch.setattr("screening.overview.context.rail", lambda member: [])
