"""`python -m bench.importing [--records N]`: a large RIS file from the request that sends it to the last record that search finds.

With the programs of the team topology on PostgreSQL and Redis (`python -m ops.servers run -- python -m bench.importing`), the file sent
over HTTP, and read by the real job in a worker.

received: the answer to the upload. first_progress: from that answer to a page that says how many entries are read. listed: from the
beginning of the upload until all records are in the list. searchable: until every one of them is found by its words. worker: memory of
the worker processes before, and the most that any of them came to hold while the file was read.
"""
import argparse
import http.client
import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from bench import readers, serving

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewapp.settings")
RECORDS = 100_000
LISTED, SEARCHABLE, FIRST, GROWTH = 60, 180, 1.0, 150
PATIENCE = 900


class Page:
    """A librarian's browser, as far as this needs one."""

    def __init__(self, url: str, ticket: serving.Ticket) -> None:
        self.host, self.ticket, self.token = urlsplit(url).netloc, ticket, uuid4().hex  # Django takes any secret of 32 letters and digits

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, str, str]:
        """Give status, text, and where the answer leads."""
        connection = http.client.HTTPConnection(self.host, timeout=300)
        cookie = f"{self.ticket.name}={self.ticket.value}; csrftoken={self.token}"
        connection.request(method, path, body, {"Cookie": cookie, "X-CSRFToken": self.token, "Origin": f"http://{self.host}", **headers})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text, answer.getheader("Location", "")

    def send(self, path: str, file: Path) -> str:
        """Send a file as a form does, streamed from the disk; give the address of its import report."""
        border = uuid4().hex
        named = 'Content-Disposition: form-data; name="files"; filename="large.ris"'
        head = f"--{border}\r\n{named}\r\nContent-Type: text/plain\r\n\r\n".encode()
        foot = f"\r\n--{border}--\r\n".encode()

        def parts() -> Any:
            yield head
            with file.open("rb") as stream:
                while chunk := stream.read(1 << 18):
                    yield chunk
            yield foot

        length = str(len(head) + file.stat().st_size + len(foot))
        form = {"Content-Type": f"multipart/form-data; boundary={border}", "Content-Length": length}
        status, text, where = self.ask("POST", path, parts(), **form)
        if status != 303:
            raise SystemExit(f"The upload was answered {status}: {text[:300]}")
        return where


def processes() -> dict[int, tuple[str, str, list[str]]]:
    """Give process → status, command and the numbers of its stat, for what was started with this program: the servers too."""
    found, parents = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status, command = (folder / "status").read_text(), (folder / "cmdline").read_bytes().decode(errors="replace")
            numbers = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(folder.name)
        parents[pid] = int(numbers[1])
        found[pid] = (status, command, numbers)
    return {pid: one for pid, one in found.items() if _ours(pid, parents)}


def _ours(pid: int, parents: dict[int, int]) -> bool:
    while pid > 1:
        if pid in (os.getpid(), os.getppid()):
            return True
        pid = parents.get(pid, 0)
    return False


def memory_of_workers(field: str) -> float:
    """Give the MB of the largest worker; ``field``: VmRSS now, VmHWM the most it ever was."""
    sizes = [re.search(field + r":\s+(\d+)", status) for status, command, _n in processes().values() if "celery" in command]
    return max((int(size[1]) / 1024 for size in sizes if size), default=0)


def cpu() -> float:
    """Give the CPU seconds of all programs so far: web, workers, database, broker."""
    return sum(int(n[11]) + int(n[12]) for _s, _c, n in processes().values()) / os.sysconf("SC_CLK_TCK")


def until(what: Any, *, every: float = 0.1) -> None:
    """Wait for something to come true."""
    end = time.monotonic() + PATIENCE
    while not what():
        if time.monotonic() > end:
            raise SystemExit("It took too long.")
        time.sleep(every)


def measure(url: str, member: Any, search: Any, file: Path, records: int) -> dict[str, Any]:
    """Send the file, and watch."""
    from reviewapp.jobs.models import LIVE, Job
    from screening.models import Record, SearchText

    page, slug = Page(url, serving.ticket(member.user)), member.review.slug
    page.ask("GET", f"/r/{slug}/")
    before, load, spent = memory_of_workers("VmRSS"), serving.load(), cpu()
    began = time.monotonic()
    report = page.send(f"/r/{slug}/searches/{search.number}/uploads/", file)
    received = time.monotonic() - began
    shown: list[str] = []

    def progress() -> bool:
        shown.append(page.ask("GET", f"{report}progress/")[1])
        return bool(re.search(r"[1-9][\d,]* entries so far|entries found", shown[-1]))

    until(progress, every=0.05)
    first = time.monotonic() - began - received
    of_review = Job.objects.filter(review=member.review)
    until(lambda: not of_review.filter(kind="import", state__in=LIVE).exists())
    listed = time.monotonic() - began
    peak, spent = memory_of_workers("VmHWM"), cpu() - spent
    counted = Record.objects.for_review(member.review).counted().count()
    if counted != records:
        raise SystemExit(f"{records} sent, {counted} listed")
    page_of_list = time.monotonic()
    status, text, _where = page.ask("GET", f"/r/{slug}/records/")
    if status != 200 or f"{records:,}" not in text:
        raise SystemExit(f"The list does not say {records:,}: {status}")
    list_took = time.monotonic() - page_of_list
    page_of_report = time.monotonic()
    page.ask("GET", report)
    report_took = time.monotonic() - page_of_report
    indexed = SearchText.objects.for_review(member.review).filter(is_stale=False)
    until(lambda: indexed.count() >= Record.objects.for_review(member.review).heads().count(), every=0.5)
    searchable = time.monotonic() - began
    return {
        "figure": f"{records:,} records sent, read, stored, listed, indexed", "megabytes": round(file.stat().st_size / 1e6),
        "received_s": round(received, 2), "first_progress_s": round(first, 2), "listed_s": round(listed, 1),
        "cpu_s_until_listed": round(spent, 1),
        "records_a_second": round(records / (listed - received)), "page_of_the_list_s": round(list_took, 2),
        "page_of_the_report_s": round(report_took, 2),
        "searchable_s": round(searchable, 1), "worker_mb_before": round(before),
        "worker_mb_most": round(peak), "load_before": load,
        "reached": {
            "listed": listed < LISTED, "searchable": searchable < SEARCHABLE, "first_progress": first < FIRST,
            "memory": peak - before < GROWTH,
        },
    }  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=RECORDS)
    wanted = parser.parse_args()
    if not os.environ.get("DATABASE_URL", "").startswith("postgres") or not os.environ.get("REDIS_URL"):
        print("Only with PostgreSQL and Redis: python -m ops.servers run -- python -m bench.importing")
        return 0
    with tempfile.TemporaryDirectory(prefix="reviewapp-bench-") as scratch, serving.own_database():
        os.environ["REVIEWAPP_DATA"] = scratch
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        from bench.review import review_with_a_search

        member, search = review_with_a_search()
        file = Path(scratch) / "large.ris"
        readers.generate(file, wanted.records)
        with serving.team() as url:
            print(json.dumps(measure(url, member, search, file, wanted.records)), flush=True)
        from django.db import connections

        connections.close_all()
    return 0


if __name__ == "__main__":
    sys.exit(main())
