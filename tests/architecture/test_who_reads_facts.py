"""Votes, final decisions, notes, ratings and events are read in few places: a new one is a decision, not an accident."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VOTES = {"Decision", "DecisionReason", "Opened", "LateVote", "Note", "Labelling", "SelfCheck"}
SETTLING = {"Resolution", "ResolutionVote", "ResolutionStep", "Proposal", "ProposalAnswer", "Message", "Mention"}
HISTORY = {"Event", "EventText"}
RATINGS = {"Rating", "RatingOpened"}

#: file → what it may import, and why.
ALLOWED: dict[str, tuple[set[str], str]] = {
    "screening/visibility/opening.py": ({"Decision", "Opened", "Resolution"}, "says which records are open to whom"),
    "screening/visibility/of_votes.py": (VOTES | {"Recusal"}, "says who may read which votes"),
    "screening/visibility/of_talk.py": (SETTLING | {"Note", "Labelling"}, "says who may read what is said"),
    "screening/visibility/of_events.py": ({"Event"}, "says who may read which events"),
    "screening/visibility/for_checks.py": ({"Decision", "Event", "Note", "Resolution"}, "all facts, for commands and checks"),
    "screening/decisions/self_check.py": ({"SelfCheck"}, "asks and keeps one's own self-checks"),
    "screening/decisions/under_lock.py": ({"Decision"}, "reads what stands on a group while a vote on it is written"),
    "screening/decisions/actions.py": (VOTES | {"Recusal"}, "writes votes"),
    "screening/queues/aside.py": ({"Decision", "DecisionReason"}, "lets votes of who has left decide no more, and takes it back"),
    "screening/attaching/actions.py": ({"Decision"}, "writes the votes of another tool's file, and takes them back"),
    "screening/conflicts/actions.py": (SETTLING | {"Decision"}, "writes final decisions, which name the votes they settle"),
    "screening/outcomes/facts.py": ({"Decision", "Resolution", "ResolutionStep"}, "fetches what settle recomputes from"),
    "screening/outcomes/settle.py": ({"Decision"}, "says whether there is any vote"),
    "screening/labels/actions.py": ({"Labelling"}, "puts labels on records"),
    "screening/models/__init__.py": (VOTES | SETTLING | {"Recusal"}, "defines them"),
    "charting/models/__init__.py": (RATINGS, "defines them"),
    "charting/visibility.py": (RATINGS, "says who may read which ratings"),
    "charting/classification_table/actions.py": (RATINGS, "writes ratings"),
    "charting/people.py": ({"Recusal"}, "one's own paper is neither rated nor charted"),
    "reviewapp/audit/actions.py": (HISTORY, "writes the history"),
    "screening/overview/queries.py": ({"Event"}, "the list of what happened; filtered by visibility.events"),
    "screening/reporting/archive.py": (HISTORY, "the archive holds everything, for whoever runs the server; never a page of a person"),
}
#: The dedupe engine has a Decision of its own, which is no vote.
OTHER_THINGS = {"screening/deduplication/engine/__init__.py", "screening/deduplication/engine/engine.py"}
MODELS = ("screening.models", "charting.models", "reviewapp.audit.models")
#: Who may take the way around visibility: commands, snapshots, figures of revealed rounds and checks.
WATCHED = VOTES | SETTLING | HISTORY | RATINGS | {"Recusal"}


def sources() -> list[tuple[str, ast.Module]]:
    paths = [path for folder in ("reviewapp", "screening", "charting") for path in sorted((ROOT / folder).rglob("*.py"))]
    return [(str(path.relative_to(ROOT)), ast.parse(path.read_text())) for path in paths if "migrations" not in path.parts]


def imported(tree: ast.Module) -> set[str]:
    return {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names
        if alias.name in WATCHED and (node.level or (node.module or "").startswith(MODELS))
    }  # fmt: skip


def test_facts_are_imported_only_where_it_is_stated():
    found = {path: names for path, tree in sources() if path not in OTHER_THINGS and (names := imported(tree))}
    wrong = [f"{path}: {', '.join(sorted(more))}" for path, names in found.items() if (more := names - ALLOWED.get(path, (set(), ""))[0])]
    assert not wrong, "take them from screening.visibility, or state the reason in this file:\n" + "\n".join(wrong)


def test_no_exception_outlives_its_file():
    here = {path for path, _tree in sources()}
    assert not ALLOWED.keys() - here


@pytest.mark.parametrize("kind", ["views", "forms", "templatetags", "middleware"])
def test_what_people_get_never_takes_the_way_around_visibility(kind: str):
    """``visibility.everything`` and relations to votes are not for pages."""
    wrong = []
    for path, tree in sources():
        if kind not in Path(path).parts and Path(path).stem != kind:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in ("everything", "decisions_set", "round_records", "resolutions_set"):
                wrong.append(f"{path}:{node.lineno} {node.attr}")
    assert not wrong, "\n".join(wrong)


def test_templates_do_not_follow_relations_to_votes():
    """A relation in a template fetches what no query has filtered."""
    ways = (".decisions.all", ".resolutions.all", ".proposals.all", ".messages.all", ".decisions.count", ".late_votes", ".ratings.all")
    wrong = [f"{path.relative_to(ROOT)}: {way}" for path in (ROOT / "templates").rglob("*.*") for way in ways if way in path.read_text()]
    assert not wrong, "\n".join(wrong)
