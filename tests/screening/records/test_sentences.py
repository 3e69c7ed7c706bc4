"""Every kind of event that the code can write is told in a sentence, with a sign that there is."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from screening.records.sentences import SENTENCES, SIGNS
from screening.vocabulary import EndingKind, ProposalState, Retrieval, UploadStepKind

ROOT = Path(__file__).parents[3]
KIND = re.compile(r"[a-z_]+:[a-z_]+")
#: Kinds that are put together where they are logged: how they begin, and what may follow.
PUT_TOGETHER = {
    "retrieval:": Retrieval.values,
    "entry:": EndingKind.values,
    "upload:": UploadStepKind.values,
    "conflict:proposal_": [ProposalState.HANDED_ON, ProposalState.WITHDRAWN],
}


def logging_calls(tree: ast.AST) -> Iterator[ast.expr]:
    """Give the first argument of each ``audit.log(…)``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.log":
            yield node.args[0]


def kinds_of(tree: ast.AST) -> Iterator[str]:
    """Give the kinds that a module logs; a variable may be any text of the module that looks like one."""
    for said in logging_calls(tree):
        if isinstance(said, ast.Constant):
            yield said.value
        elif isinstance(said, ast.JoinedStr):
            begins = next(begins for begins in PUT_TOGETHER if ast.unparse(said)[2:].startswith(begins))
            yield from (begins + end for end in PUT_TOGETHER[begins])
        else:
            texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
            yield from filter(KIND.fullmatch, texts)


def logged() -> dict[str, str]:
    """Give every kind of event with the module that logs it."""
    found = {}
    for path in (path for folder in ("reviewapp", "screening", "charting") for path in (ROOT / folder).rglob("*.py")):
        text = path.read_text()
        if "audit.log(" in text:
            found |= dict.fromkeys(kinds_of(ast.parse(text)), str(path.relative_to(ROOT)))
    return found


def test_every_kind_that_is_logged_anywhere_has_a_sentence() -> None:
    kinds = logged()
    assert len(kinds) > 60
    assert {"snapshot:frozen", "answer:own", "retrieval:not_retrieved", "source:changed", "conflict:proposal_handed_on"} <= set(kinds)
    assert {kind: where for kind, where in kinds.items() if kind not in SENTENCES} == {}


def test_every_kind_has_a_sign_of_the_sprite() -> None:
    icons = set((ROOT / "static/vendor/icons.txt").read_text().split())
    assert {kind for kind in SENTENCES if SIGNS.get(kind.partition(":")[0]) not in icons} == set()
