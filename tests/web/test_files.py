"""What lies in templates/ and static/ keeps our own rules: no inline style or script, icons that exist, small files."""
import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
ICONS = set(re.findall(r'<symbol id="([a-z0-9-]+)"', (ROOT / "static/vendor/icons.svg").read_text()))
INLINE = re.compile(r"<style|\sstyle=|\son(?:click|change|submit|load|input)=|hx-on|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_template_has_no_inline_style_or_script(path: Path) -> None:
    assert not INLINE.findall(re.sub(r"{%.*?%}", "", path.read_text()))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_template_uses_icons_that_are_in_the_sprite(path: Path) -> None:
    assert set(re.findall(r'{% icon "([^"]+)"', path.read_text())) <= ICONS


def test_sprite_holds_what_its_list_names() -> None:
    assert (ROOT / "static/vendor/icons.txt").read_text().split() == sorted(ICONS)


def test_cut_bootstrap_is_small() -> None:
    assert len(gzip.compress((ROOT / "static/vendor/bootstrap-cut.css").read_bytes())) < 8_500


def test_scripts_are_small_and_all_loaded() -> None:
    from reviewapp.web.context import SCRIPTS

    sizes = {name: len(gzip.compress((ROOT / "static" / name).read_bytes())) for name in SCRIPTS}
    assert sum(sizes.values()) < 12_000


def test_style_sheet_finds_its_fonts() -> None:
    css = (ROOT / "static/css/look.css").read_text()
    for url in re.findall(r'url\("(\.\./[^"]+)"\)', css):
        assert (ROOT / "static/css" / url).is_file(), url
