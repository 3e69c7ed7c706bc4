"""What templates never hold: inline style and script (the CSP forbids them), and text that is not escaped."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())
INLINE = {
    "an inline style": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "a style element": re.compile(r"<style\b", re.I),
    "an inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=\s*[\"']", re.I),
    "hx-on": re.compile(r"\bhx-on[:=]", re.I),
    "a script without src": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", re.I),
    "javascript:": re.compile(r"javascript:", re.I),
    "unescaped text": re.compile(r"\|\s*safe\b|\|\s*safeseq\b|\{%\s*autoescape off"),
}
#: Mails are plain text: nothing there is read as markup.
UNESCAPED = {"unescaped text"}
#: A field's help text is written in our code and in Django's password rules (a list), never by people.
FROM_CODE = {ROOT / "templates/django/forms/field.html"}
#: Where text is said to be markup: each escapes first, and has a test that shows it.
MARKUP = {
    "reviewapp/web/templatetags/look.py": "names of types of template tags that build with format_html",
    "screening/decisions/queries.py": "titles and abstracts with their highlights: highlights.py escapes, then marks",
    "screening/reporting/views.py": "the drawn PRISMA figure: figure.py escapes every text",
    "screening/deduplication/overlap_views.py": "the drawn overlap: picture.py escapes every text",
    "charting/reporting/views.py": "drawn charts: svg.py escapes every text",
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_templates_hold_nothing_inline_and_nothing_unescaped(path: Path):
    text = re.sub(r"\{#.*?#\}", "", path.read_text())
    allowed = UNESCAPED if path.suffix == ".txt" or path in FROM_CODE else set()
    assert {what for what, pattern in INLINE.items() if pattern.search(text)} <= allowed


def uses(*names: str) -> set[str]:
    found = set()
    for folder in ("reviewapp", "screening", "charting"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Name | ast.Attribute) and (getattr(node, "id", None) or getattr(node, "attr", None)) in names:
                    found.add(str(path.relative_to(ROOT)))
    return found


def test_mark_safe_stands_only_in_listed_places():
    assert uses("mark_safe", "SafeString", "SafeText") <= MARKUP.keys()


def test_no_form_goes_without_its_token():
    assert not uses("csrf_exempt")


def test_lines_are_never_split_by_what_splits_more_than_lines():
    """RELIABILITY 3.4: str.splitlines knows more line ends than exports have."""
    readers = {path for path in uses("splitlines") if path.startswith("screening/importing/")}
    assert not readers
