"""The work of the job *index*."""

from reviewapp.jobs.actions import Lease
from reviewapp.jobs.registry import work
from screening.search import actions


@work(actions.KIND)
def index(lease: Lease) -> None:
    """Index what is new or changed in a review, until nothing is. A second run finds nothing to do."""
    review = lease.job.review
    assert review is not None
    after: int | None = lease.checkpoint.get("after", 0)
    lease.progress(total=lease.job.done + actions.waiting(review))
    while True:
        with lease.slice():
            n, after = actions.index_slice(review, after=after)
            lease.job.done += n
            lease.checkpoint["after"] = after
        if not n and after is None:
            return
