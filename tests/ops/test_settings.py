"""Every setting that the code reads is in docs/settings.md."""
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READ = re.compile(r'env(?:iron)?(?:\.get|\.\w+)?[(\[]\s*"([A-Z][A-Z_]{3,})"')
SOURCES = [path for folder in ("reviewapp", "screening", "charting") for path in (ROOT / folder).rglob("*.py")]
NAMES = sorted({name for path in SOURCES for name in READ.findall(path.read_text())} - {"DJANGO_SETTINGS_MODULE"})


@pytest.mark.parametrize("name", NAMES)
def test_the_setting_is_described(name):
    assert f"`{name}`" in (ROOT / "docs" / "settings.md").read_text()


def test_the_settings_are_found():
    assert {"DATABASE_URL", "REVIEWAPP_DATA", "PORT"} <= set(NAMES)
