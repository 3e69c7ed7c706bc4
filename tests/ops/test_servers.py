"""The tests' own servers: what they find, how they end."""
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ops import packages, servers

ROOT = Path(__file__).parents[2]
needs_servers = pytest.mark.skipif(
    servers.postgres_bin() is None or "redis-server" in packages.missing(), reason="PostgreSQL and Redis are not installed here"
)
SHOW = """
import os, psycopg, redis
with psycopg.connect(os.environ["DATABASE_URL"]) as session:
    print(session.execute("SELECT 1 + 1").fetchone()[0])
print(redis.Redis.from_url(os.environ["REDIS_URL"]).ping())
print(os.environ["DATABASE_URL"].rsplit(":", 1)[1].split("/")[0])
raise SystemExit(3)
"""


def run_among_servers(**env: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    command = [sys.executable, "-m", "ops.servers", "run", "--", sys.executable, "-c", SHOW]
    return subprocess.run(command, cwd=ROOT, env={**clean, **env}, capture_output=True, text=True, timeout=300)


@pytest.mark.slow
@needs_servers
def test_a_command_runs_among_servers_that_are_gone_afterwards():
    result = run_among_servers()

    assert result.returncode == 3, result.stderr
    answer, pong, port = result.stdout.split()
    assert (answer, pong) == ("2", "True")
    assert subprocess.run(["pgrep", "-f", f"port={port} "], capture_output=True).returncode == 1


def test_a_named_server_is_not_replaced(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgres://somewhere/else")
    monkeypatch.setenv("REDIS_URL", "redis://somewhere")

    with servers.running(tmp_path, durable=False) as settings:
        assert settings["DATABASE_URL"] == "postgres://somewhere/else"
        assert settings["REDIS_URL"] == "redis://somewhere"


def test_a_missing_program_is_named_with_the_line_that_installs_it(monkeypatch, capsys):
    monkeypatch.setattr(packages, "missing", lambda needed: ["chromium"])
    monkeypatch.setattr(packages, "may_install", lambda: None)

    assert packages.main() == 1
    assert "apt-get install -y --no-install-recommends chromium" in capsys.readouterr().err


def test_passwords_of_a_data_folder_stay_the_same_and_are_for_us_only(tmp_path):
    first = servers.kept_secrets(tmp_path)

    assert servers.kept_secrets(tmp_path) == first
    assert len(set(first.values())) == 3
    assert (tmp_path / "secrets.json").stat().st_mode & 0o077 == 0
