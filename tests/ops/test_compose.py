"""docker-compose.yml says what `make team` runs: the same programs, kept data, nothing guessable."""
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from reviewapp.supervisor.topology import Topology

ROOT = Path(__file__).parents[2]
APP = ("prepare", "web", "worker", "sweeper")


@pytest.fixture(scope="module")
def text() -> str:
    return (ROOT / "docker-compose.yml").read_text()


@pytest.fixture(scope="module")
def services(text) -> dict[str, Any]:
    return yaml.safe_load(text)["services"]


def test_the_five_services_are_there(services):
    assert {"db", "redis", "web", "worker", "sweeper"} <= set(services)


@pytest.mark.parametrize("name", ["db", "redis", "web", "worker", "sweeper"])
def test_every_service_that_stays_says_whether_it_is_well(services, name):
    assert services[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", ["web", "worker", "sweeper"])
def test_the_application_waits_for_healthy_servers_and_the_migrated_database(services, name):
    waits = services[name]["depends_on"]

    assert waits["db"]["condition"] == "service_healthy"
    assert waits["redis"]["condition"] == "service_healthy"
    assert waits["prepare"]["condition"] == "service_completed_successfully"


def test_one_image_serves_all(services):
    assert {services[name]["image"] for name in APP} == {"reviewapp:local"}


def test_two_workers(services):
    assert services["worker"]["deploy"]["replicas"] == 2


def test_what_must_survive_is_in_named_volumes(text, services):
    volumes = yaml.safe_load(text)["volumes"]
    mounted = {name: services[name]["volumes"][0].split(":")[0] for name in ("db", "redis", "web", "worker", "sweeper")}

    assert mounted == {"db": "database", "redis": "queue", "web": "files", "worker": "files", "sweeper": "files"}
    assert set(mounted.values()) == set(volumes)


def test_redis_forgets_nothing(services):
    command = services["redis"]["command"]

    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"
    assert command[command.index("--appendonly") + 1] == "yes"


def test_no_secret_has_a_default(text):
    example = (ROOT / ".env.example").read_text()

    for name in ("POSTGRES_PASSWORD", "REDIS_PASSWORD", "REVIEWAPP_SECRET_KEY", "REVIEWAPP_BASE_URL"):
        uses = re.findall(rf"\$\{{{name}[^}}]*\}}", text)
        assert uses
        assert all(use.startswith(f"${{{name}:?") for use in uses)
        assert re.search(rf"^{name}=$", example, re.M)


def test_every_variable_of_the_file_is_in_the_example(text):
    example = (ROOT / ".env.example").read_text()

    assert set(re.findall(r"\$\{(\w+)", text)) == set(re.findall(r"^(\w+)=", example, re.M))


def test_postgresql_keeps_what_it_has_confirmed(text):
    for promise in ("fsync", "synchronous_commit", "full_page_writes"):
        assert not re.search(rf"\b{promise}\b", text)


def plain(command: list[str]) -> list[str]:
    """Give a command without its niceness, its Python and the words that name one of several."""
    command = command[3:] if command[:2] == ["nice", "-n"] else command
    names = (re.sub(r"^(0\.0\.0\.0|127\.0\.0\.1):", ":", re.sub(r"worker-\d@", "worker@", word)) for word in command[1:])
    return ["manage.py" if word.endswith("/manage.py") else word for word in names]


def test_its_commands_are_those_of_make_team(services, tmp_path):
    topology = Topology(address="127.0.0.1:8000", folder=tmp_path, web_processes=2, workers=2, threads_pool=False)
    run = {child.name: child for child in topology.children()}

    assert plain(services["web"]["command"]) == plain(run["web"].command)
    assert plain(services["worker"]["command"]) == plain(run["worker-1"].command) == plain(run["worker-2"].command)
    assert plain(services["sweeper"]["command"]) == plain(run["sweeper"].command)
    assert services["worker"]["command"][2] == str(run["worker-1"].nice)


def test_the_image_serves_what_compose_runs_and_not_as_root(services):
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    bases = [line.split()[1] for line in lines if line.startswith("FROM ")]
    command = re.findall(r'"([^"]*)"', next(line for line in lines if line.startswith("CMD ")))

    assert all(re.fullmatch(r"python:3\.\d+-slim-\w+", base) for base in bases)
    assert command == services["web"]["command"]
    assert [line for line in lines if line.startswith("USER ")] == ["USER reviewapp"]
    assert any(line.startswith("HEALTHCHECK ") for line in lines)
    assert any("--require-hashes" in line and "run.lock" in line for line in lines)


def test_the_settings_take_what_compose_hands_on_when_only_the_needed_values_are_filled_in(services):
    def fill(value: str) -> str:
        return re.sub(r"\$\{\w+:\?[^}]*\}", "https://review.example.org", re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value))

    given = {name: fill(str(value)) for name, value in services["web"]["environment"].items()}
    given |= {"DATABASE_URL": "postgres://reviewapp:password@db:5432/reviewapp", "REDIS_URL": "redis://:password@redis:6379/0"}
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("REVIEWAPP_", "EMAIL_"))}

    result = subprocess.run([sys.executable, "manage.py", "check"], cwd=ROOT, env={**clean, **given}, capture_output=True, text=True)

    assert result.returncode == 0, result.stderr
