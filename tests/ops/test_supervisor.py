"""The one command: what it starts comes back when it dies, and ends with it."""
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ops.servers import free_port
from reviewapp.supervisor.process import Child, stop_all
from reviewapp.supervisor.topology import empty_queue
from reviewapp.supervisor.watch import NotStarted, Watch

ROOT = Path(__file__).parents[2]
SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
IGNORE_TERM = "import pathlib, signal, sys, time; signal.signal(15, signal.SIG_IGN); pathlib.Path(sys.argv[1]).touch(); time.sleep(60)"
DEAF = [sys.executable, "-c", IGNORE_TERM]


def until(condition, *, seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def exists(pid: int) -> bool:
    """Say whether a process runs; one that is only waiting to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_child_that_will_not_stop_is_killed(tmp_path):
    mark = tmp_path / "deaf"
    child = Child("deaf", [*DEAF, str(mark)], log=tmp_path / "deaf.log", ready_file=mark)
    child.start()
    assert until(lambda: child.ready)

    stop_all([child], within=0.2)

    assert not child.alive
    assert child.how_it_ended() == "signal 9"


def test_a_dead_child_is_started_again_and_it_is_said(tmp_path):
    said: list[str] = []
    child = Child("sleeper", SLEEPER, log=tmp_path / "sleeper.log")
    watch = Watch([child], web_port=1, say=said.append)
    watch.start()
    first = child.process.pid
    os.kill(first, signal.SIGKILL)
    try:
        assert until(lambda: watch.bring_back(patient=True) or child.process.pid != first)
        assert said[0].startswith("sleeper ended (signal 9) and is started again")
    finally:
        watch.stop()


def test_a_program_that_cannot_start_is_given_up_with_its_last_words(tmp_path):
    child = Child("broken", [sys.executable, "-c", "raise SystemExit('the setting is wrong')"], log=tmp_path / "broken.log")
    watch = Watch([child], web_port=1, say=lambda line: None)
    watch.start()

    with pytest.raises(NotStarted, match=r"(?s)broken does not start \(exit code 1\).*the setting is wrong"):
        watch.until_ready()


def test_a_run_begins_with_an_empty_bell(tmp_path):
    (tmp_path / "queue").mkdir()
    (tmp_path / "queue" / "old-delivery.msg").touch()

    empty_queue(tmp_path / "queue", tmp_path / "control")

    assert list((tmp_path / "queue").iterdir()) == []
    assert (tmp_path / "control").is_dir()


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("data")


def start_up(data: Path, port: int) -> subprocess.Popen[str]:
    alone = {"DATABASE_URL": "", "REDIS_URL": "", "REVIEWAPP_SECRET_KEY": "", "REVIEWAPP_DATA": str(data), "PORT": str(port)}
    alone["REVIEWAPP_BASE_URL"] = f"http://127.0.0.1:{port}"
    # no demo password: the demo's own tests load the demo
    env = {**os.environ, **alone, "REVIEWAPP_DEMO_PASSWORD": "", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "manage.py", "up"]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def lines_until_ready(process: subprocess.Popen[str]) -> list[str]:
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip())
        if line.startswith("Ready:"):
            break
    return lines


def children_of(process: subprocess.Popen[str]) -> list[int]:
    return [int(pid) for pid in subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True).stdout.split()]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's signal at a parent's death is Linux's")
def test_up_says_ready_once_and_ctrl_c_ends_everything(data):
    port = free_port()
    process = start_up(data, port)
    try:
        lines = lines_until_ready(process)
        assert lines[-1] == f"Ready: http://127.0.0.1:{port}", "\n".join(lines)
        children = children_of(process)
        assert len(children) == 3

        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)

        assert process.returncode == 0, rest
        assert "Ready:" not in rest
        assert not any(map(exists, children))
    finally:
        process.kill()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's signal at a parent's death is Linux's")
def test_nothing_is_left_when_up_itself_is_killed(data):
    process = start_up(data, free_port())
    try:
        lines = lines_until_ready(process)
        assert re.match("Ready: ", lines[-1]), "\n".join(lines)
        children = children_of(process)
    finally:
        process.kill()
        process.wait()

    assert until(lambda: not any(map(exists, children)))
