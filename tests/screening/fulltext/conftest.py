import pytest

from tests.screening.settling import Settling


@pytest.fixture
def world(db: None) -> Settling:
    return Settling()
