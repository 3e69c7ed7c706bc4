"""Who may touch ratings: their own actions and charting/visibility only."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
ALLOWED = {
    "charting/visibility.py",
    "charting/classification_table/actions.py",
    "charting/models/__init__.py",
    "charting/models/ratings.py",
}


def importers(name: str) -> set[str]:
    found = set()
    for path in [p for folder in ("charting", "screening", "reviewapp") for p in (ROOT / folder).rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.ImportFrom)
                and (node.module or "").startswith("charting")
                and name in {alias.name for alias in node.names}
            ):
                found.add(str(path.relative_to(ROOT)))
    return found


def test_ratings_are_imported_only_by_their_actions_and_visibility():
    assert importers("Rating") <= ALLOWED
    assert importers("RatingOpened") <= ALLOWED
