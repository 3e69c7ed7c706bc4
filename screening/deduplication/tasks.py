"""Background entry points of the look for duplicates."""

from reviewapp.jobs.actions import Lease
from reviewapp.jobs.registry import work
from screening.deduplication import actions, bulk, effect


@work("dedupe")
def dedupe_review(lease: Lease) -> None:
    actions.run(lease)


@work(bulk.KIND)
def answer_pairs(lease: Lease) -> None:
    bulk.run(lease)


@work(effect.KIND)
def show_effect(lease: Lease) -> None:
    effect.run(lease)
