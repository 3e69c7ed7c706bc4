"""Background entry point of the dedupe of a review."""
from reviewapp.jobs.actions import Lease
from reviewapp.jobs.registry import work
from screening.deduplication import actions


@work("dedupe")
def dedupe_review(lease: Lease) -> None:
    actions.run(lease)
