"""The demo as a job: loaded in the background on the first start, with its progress on a page."""
from reviewapp.demo import script
from reviewapp.jobs.actions import Lease
from reviewapp.jobs.registry import work

KIND = "demo"


@work(KIND)
def load_demo(lease: Lease) -> None:
    lease.progress(done=script.step_done(), total=script.LAST)
    script.play(say=lambda step, words: lease.progress(done=step - 1, total=script.LAST, step=words))
    lease.progress(done=script.LAST, step="")
