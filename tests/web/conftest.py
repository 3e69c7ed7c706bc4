"""The tests' own pages instead of the application's."""
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def trial(settings: Any) -> None:
    """Serve tests/web/urls.py with its template."""
    settings.ROOT_URLCONF = "tests.web.urls"
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"].append(Path(__file__).parent / "templates")
    settings.TEMPLATES = templates


@pytest.fixture
def kari(django_user_model: Any, db: None) -> Any:
    return django_user_model.objects.create_user("kari", email="kari@example.org", password="a long password", name="Kari Demo")
