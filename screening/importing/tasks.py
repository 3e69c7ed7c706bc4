"""The work of the jobs *import* and *withdraw*."""
from reviewapp.jobs.actions import Lease
from reviewapp.jobs.registry import work
from screening.importing import actions, withdrawing


@work("import")
def load(lease: Lease) -> None:
    actions.load(lease)


@work("withdraw")
def settle_upload(lease: Lease) -> None:
    withdrawing.settle_upload(lease)
