"""A person, and a server with its pages."""
from typing import Any

import pytest

PASSWORD = "a long password"


@pytest.fixture(autouse=True)
def pages(settings: Any, db: None) -> None:
    """Serve the shell's own pages: these tests must not depend on what other packages put at the front."""
    settings.ROOT_URLCONF = "tests.accounts.urls"


@pytest.fixture
def kari(django_user_model: Any, db: None) -> Any:
    return django_user_model.objects.create_user("kari", email="kari@example.org", password=PASSWORD, name="Kari Demo")
