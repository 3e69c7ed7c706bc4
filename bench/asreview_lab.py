"""The same loop at ASReview LAB: label a record, get the next one, over its own web interface. The measure beside ours, in the same run.

ASReview (PyPI: asreview, version 2) is no dependency of ours: it goes into a throw-away environment for the time of the measure. Where the
package index cannot be reached the part says so and measures nothing. Its model is not retrained between labels: that would cost it more.
"""
import csv
import http.client
import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from bench.others import python_with
from bench.serving import load, quantiles

#: Set to the folder of an environment that has ASReview already, to use it again.
KEPT = "BENCH_ASREVIEW_VENV"


def measure(n: int, labels: int = 100) -> dict[str, Any]:
    """Label records of a project of ``n``; gives its figures, or why there are none."""
    from ops.servers import free_port

    with tempfile.TemporaryDirectory(prefix="bench-asreview-") as scratch:
        folder = Path(scratch)
        program = _program(folder)
        if program is None:
            return {"figure": "ASReview LAB", "skipped": "the package index gave no asreview 2: nothing was measured"}
        _write(folder / "records.csv", n)
        port, before = free_port(), load()
        with _lab(program, folder, port):
            place = _Lab(port)
            project, opened = place.project(folder / "records.csv")
            times = [place.label(project, number) for number in range(labels + 3)][3:]
        return {
            "figure": f"ASReview LAB: a label and the next record, of {n:,}", "labels": len(times), "label_and_next": quantiles(times),
            "seconds_to_first_record": round(opened, 1), "load_before": before, "load_after": load(),
        }  # fmt: skip


def _program(folder: Path) -> Path | None:
    """Install ASReview, or find where it is installed."""
    python = python_with(["asreview>=2,<3"], folder, kept=KEPT)
    return python and python.with_name("asreview")


def _write(path: Path, n: int) -> None:
    """The records of our own review, as the CSV that ASReview reads."""
    from bench import data

    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["title", "abstract", "authors", "year", "doi"])
        for i in range(n):
            paper = data.fields_of(i)
            writer.writerow([paper["title"], paper["abstract"], "; ".join(paper["authors"]), paper["year"], paper["doi"]])


@contextmanager
def _lab(program: Path, folder: Path, port: int) -> Iterator[None]:
    """Run ASReview LAB on its own folder until the block ends."""
    env = {**os.environ, "ASREVIEW_LAB_PATH": str(folder / "projects"), "ASREVIEW_PATH": str(folder / "projects"), "HOME": str(folder)}
    command = [str(program), "lab", "--port", str(port), "--no-browser", "--skip-update-check", "--port-retries", "0"]
    with (folder / "lab.log").open("w") as log:
        server = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            until = time.monotonic() + 120
            while True:
                if server.poll() is not None or time.monotonic() > until:
                    raise SystemExit((folder / "lab.log").read_text()[-2000:])
                try:
                    probe = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                    probe.request("GET", "/api/projects")
                    probe.getresponse().read()
                    break
                except OSError:
                    time.sleep(0.3)
            yield
        finally:
            os.killpg(server.pid, signal.SIGKILL)  # with the task manager it started; nothing of it is kept
            server.wait()


class _Lab:
    """ASReview LAB as its own page talks to it."""

    def __init__(self, port: int) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        self.now: dict[str, Any] = {}

    def ask(self, method: str, path: str, body: bytes | str | None = None, kind: str = "application/x-www-form-urlencoded") -> Any:
        self.line.request(method, f"/api{path}", body, {"Content-Type": kind} if body is not None else {})
        answer = self.line.getresponse()
        text = answer.read().decode()
        if answer.status >= 400:
            raise SystemExit(f"ASReview LAB, {method} {path}: {answer.status} {text[:300]}")
        return json.loads(text)

    def project(self, file: Path) -> tuple[str, float]:
        """Send the records, begin to review in random order, and get the first record; gives the project and the seconds."""
        start, edge = time.perf_counter(), uuid4().hex
        head = f'--{edge}\r\nContent-Disposition: form-data; name="mode"\r\n\r\noracle\r\n--{edge}\r\n'
        head += f'Content-Disposition: form-data; name="file"; filename="{file.name}"\r\nContent-Type: text/csv\r\n\r\n'
        body = head.encode() + file.read_bytes() + f"\r\n--{edge}--\r\n".encode()
        project = self.ask("POST", "/projects/create", body, f"multipart/form-data; boundary={edge}")["id"]
        self.ask("PUT", f"/projects/{project}/reviews/0", urlencode({"status": "review"}))
        self.now = self.ask("GET", f"/projects/{project}/get_record")["result"]
        return project, time.perf_counter() - start

    def label(self, project: str, number: int) -> float:
        """Label the record at hand and get the next: what passes between a click and the next abstract there."""
        record = self.now["record_id"]
        sent = urlencode({"record_id": record, "label": 1 if number % 10 == 0 else 0})
        start = time.perf_counter()
        self.ask("POST", f"/projects/{project}/record/{record}", sent)
        self.now = self.ask("GET", f"/projects/{project}/get_record")["result"]
        return time.perf_counter() - start
