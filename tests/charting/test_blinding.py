"""Who may touch ratings, and who may know by what is done with a study that it is included."""

import ast
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from charting.charting_forms import actions as charting
from charting.models import Theme
from charting.themes import actions as themes
from reviewapp.audit import actions as audit
from reviewapp.reviews.models import Member
from screening import visibility
from screening.models import RoundRecord
from screening.stages import actions as stages
from tests.charting.conftest import Assessed

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


@pytest.fixture
def charted(db: None) -> Assessed:
    """One study, voted in a moment ago under a rule that opens votes after ten minutes, charted and placed at once by a third reviewer."""
    found = Assessed(1, opens_after_minutes=0)
    stages.set_rules(found.owner, found.full_texts, opens_after_minutes=10)
    (study,) = found.include()
    theme: Theme = themes.create_theme(member=found.reviewer_c, name="Being known")
    themes.place(member=found.reviewer_c, study=study, theme=theme)
    charting.answer(member=found.reviewer_c, study=study, field_key="country", value="Norway")
    return found


def kinds(member: Member) -> set[str]:
    return set(visibility.events(member).values_list("kind", flat=True))


TOLD = {"theme:placed", "charting:answered"}


def test_that_a_study_is_charted_tells_a_voter_nothing_before_its_votes_are_open(charted: Assessed) -> None:
    for voter in (charted.reviewer_a, charted.reviewer_b):
        assert not kinds(voter) & TOLD
        assert "theme:created" in kinds(voter)
        page = history(voter)
        assert "placed study" not in page
        assert "answered country" not in page


def test_that_a_study_is_charted_is_told_to_who_may_know_that_it_is_included(charted: Assessed) -> None:
    for other in (charted.owner, charted.librarian, charted.adjudicator):
        assert kinds(other) >= TOLD
    assert "placed study 1 under theme 1" in history(charted.librarian)
    RoundRecord.objects.filter(round=charted.full_text_round).update(votes_in_at=charted.full_text_round.opened_at - timedelta(minutes=11))
    assert kinds(charted.reviewer_a) >= TOLD


def test_that_a_study_is_charted_is_told_to_nobody_under_the_strict_rule_before_the_close(db: None) -> None:
    found = Assessed(1)
    stages.set_rules(found.owner, found.full_texts, opens="at_close")
    (study,) = found.include()
    theme = themes.create_theme(member=found.reviewer_c, name="Being known")
    audit_placed(found, study, theme)
    assert not kinds(found.librarian) & TOLD
    assert kinds(found.reviewer_a) >= {"theme:placed"}  # her own
    stages.reveal_round(found.owner, found.full_text_round, why="Over")
    assert kinds(found.librarian) >= {"theme:placed"}


def audit_placed(found: Assessed, study: Any, theme: Theme) -> None:
    audit.log("theme:placed", review=found.review, actor=found.reviewer_a, data={"study": study.number, "theme": theme.number})


def history(member: Member) -> str:
    client = Client()
    client.force_login(member.user)
    return client.get(reverse("history", args=[member.review.slug])).content.decode()
