"""Start a private PostgreSQL cluster and a private Redis from installed binaries, and end them with us.

    python -m ops.servers run -- COMMAND …      throw-away servers around one command

``DATABASE_URL`` and ``REDIS_URL`` win when they are set: then nothing is started in their place.
"""
import json
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that `python ops/servers.py` finds the project too

from reviewapp.supervisor.process import Child  # noqa: E402 (the path is set above)

OLDEST_POSTGRES = 15
NAME = "reviewapp"
#: For throw-away clusters only: what is lost when the machine stops is of no use then anyway.
HASTY = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
#: What runs now, for whoever looks after it.
RUNNING: list[Child] = []


class ServersMissing(Exception):
    """A server cannot be started here; the sentence says why and what to do."""


def postgres_bin() -> Path | None:
    """Find the folder of the newest PostgreSQL server binaries that are new enough."""
    found: dict[int, Path] = {}
    on_path = shutil.which("postgres")
    for folder in [*Path("/usr/lib/postgresql").glob("*/bin"), *([Path(on_path).resolve().parent] if on_path else [])]:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
            found[int(re.findall(r"\d+", said)[0])] = folder
    newest = max(found, default=0)
    return found[newest] if newest >= OLDEST_POSTGRES else None


def unprivileged() -> str | None:
    """Name the account that PostgreSQL runs as: it refuses root."""
    if os.geteuid():
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def reachable(folder: Path, user: str | None) -> bool:
    """Say whether ``user`` may pass through every parent of ``folder``."""
    return user is None or all(parent.stat().st_mode & 0o001 for parent in folder.resolve().parents)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgres(folder: Path, password: str, *, durable: bool) -> Iterator[str]:
    """Run a cluster in ``folder`` (made when it is empty), on a free port of this machine only; give its DATABASE_URL."""
    binaries = postgres_bin()
    if binaries is None:
        raise ServersMissing(f"No PostgreSQL {OLDEST_POSTGRES} or newer is installed. On Debian: apt-get install -y postgresql")
    account = unprivileged()
    data = folder / "postgresql"
    if not (data / "PG_VERSION").exists():
        make_cluster(binaries, data, password, account=account, durable=durable)
    port = free_port()
    options = [f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=100", *([] if durable else HASTY)]
    command = [str(binaries / "postgres"), "-D", str(data), *(part for option in options for part in ("-c", option))]
    stop = signal.SIGINT  # PostgreSQL's fast shutdown
    server = Child("PostgreSQL", command, log=folder / "postgresql.log", parting=stop, stop_with=stop, user=account, cwd=data)
    with started(server, lambda: postgres_answers(port, password)):
        yield f"postgres://{NAME}:{password}@127.0.0.1:{port}/{NAME}"


def make_cluster(binaries: Path, data: Path, password: str, *, account: str | None, durable: bool) -> None:
    """Make an empty cluster whose owner signs in with a password, also from this machine."""
    shutil.rmtree(data, ignore_errors=True)  # the rest of one that was interrupted
    data.mkdir(mode=0o700, parents=True)
    secret = data.with_name("postgresql-password")
    secret.touch(mode=0o600)
    secret.write_text(password)
    if account:
        for path in (data, secret):
            shutil.chown(path, account)
    command = [str(binaries / "initdb"), "-D", str(data), "-U", NAME, "--auth=scram-sha-256", f"--pwfile={secret}", "-E", "UTF8"]
    command += ["--locale=C.UTF-8", *([] if durable else ["--no-sync"])]
    as_account = {"user": account, "group": account, "extra_groups": []} if account else {}
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, cwd=data, **as_account)  # type: ignore[call-overload]  # the account by name
    except subprocess.CalledProcessError as error:
        raise ServersMissing(f"PostgreSQL could not make a cluster in {data}: {error.stderr.strip()}")
    finally:
        secret.unlink()


def postgres_answers(port: int, password: str) -> bool:
    """Connect once, and make the database when it is not there yet."""
    import psycopg

    try:
        with psycopg.connect(host="127.0.0.1", port=port, user=NAME, password=password, dbname="postgres", autocommit=True) as session:
            if not session.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
                session.execute(f"CREATE DATABASE {NAME}")
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def redis(folder: Path, password: str, *, durable: bool) -> Iterator[str]:
    """Run a Redis of our own in ``folder``; give its REDIS_URL. The settings go to its standard input: no process list shows them."""
    program = shutil.which("redis-server")
    if program is None:
        raise ServersMissing("redis-server is not installed. On Debian: apt-get install -y redis-server")
    data = folder / "redis"
    data.mkdir(exist_ok=True, parents=True)
    port = free_port()
    lines = ["bind 127.0.0.1", f"port {port}", f"dir {data}", f"requirepass {password}", "maxmemory-policy noeviction", 'save ""']
    lines += ["appendonly yes", "appendfsync everysec"] if durable else ["appendonly no"]
    words = "\n".join(lines).encode()
    server = Child("Redis", [program, "-"], log=folder / "redis.log", parting=signal.SIGTERM, cwd=data, stdin=words)
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    with started(server, lambda: redis_answers(url)):
        yield url


def redis_answers(url: str) -> bool:
    import redis as client

    connection = client.Redis.from_url(url)
    try:
        return bool(connection.ping())
    except client.ConnectionError:
        return False
    finally:
        connection.close()


@contextmanager
def started(server: Child, answers: Callable[[], bool]) -> Iterator[None]:
    """Run a server around the block, from its first answer on."""
    server.start()
    RUNNING.append(server)
    try:
        wait_for(server, answers)
        yield
    finally:
        RUNNING.remove(server)
        end(server)


def bring_back() -> None:
    """Start a server again that has ended by itself, on its old port with its old data."""
    for server in RUNNING:
        if not server.alive and time.monotonic() - server.started_at > 2:
            print(f"{server.name} ended ({server.how_it_ended()}) and is started again; its log: {server.log}", flush=True)
            server.kill()
            server.start()


def wait_for(server: Child, answers: Callable[[], bool], *, within: float = 60) -> None:
    until = time.monotonic() + within
    while not answers():
        if not server.alive or time.monotonic() > until:
            raise ServersMissing(f"{server.name} did not start ({server.how_it_ended()}):\n{server.last_lines()}")
        time.sleep(0.05)


def end(server: Child) -> None:
    """Let a server shut down in its own time, so that what it holds is on disk."""
    server.ask_to_stop()
    until = time.monotonic() + 20
    while server.alive and time.monotonic() < until:
        time.sleep(0.02)
    server.kill()


def kept_secrets(folder: Path) -> dict[str, str]:
    """Give the passwords that belong to a data folder, made at its first use."""
    kept = folder / "secrets.json"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(json.dumps({name: secrets.token_urlsafe(24) for name in ("postgres", "redis", "key")}))
    return dict(json.loads(kept.read_text()))


@contextmanager
def running(folder: Path, *, durable: bool) -> Iterator[dict[str, str]]:
    """Start what the environment does not name already; give the settings of both."""
    words = kept_secrets(folder)
    given = {name: os.environ.get(name, "") for name in ("DATABASE_URL", "REDIS_URL", "REVIEWAPP_SECRET_KEY")}
    with (
        optional(given["DATABASE_URL"], lambda: postgres(folder, words["postgres"], durable=durable)) as database,
        optional(given["REDIS_URL"], lambda: redis(folder, words["redis"], durable=durable)) as broker,
    ):
        yield {"DATABASE_URL": database, "REDIS_URL": broker, "REVIEWAPP_SECRET_KEY": given["REVIEWAPP_SECRET_KEY"] or words["key"]}


@contextmanager
def optional(given: str, start: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    if given:
        yield given
        return
    with start() as url:
        yield url


@contextmanager
def throw_away() -> Iterator[dict[str, str]]:
    """Start servers in a temporary folder that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="reviewapp-servers-"))
    folder.chmod(0o711)  # PostgreSQL's account passes through, and reads nothing but its own
    try:
        with running(folder, durable=False) as settings:
            yield settings
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(command: Sequence[str]) -> int:
    """Run one command among throw-away servers; give its exit code. An interrupt reaches the command, then the servers end."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with throw_away() as settings:
        child = subprocess.Popen(list(command), env={**os.environ, **settings}, cwd=ROOT)
        try:
            while True:
                try:
                    return child.wait()
                except KeyboardInterrupt:
                    continue  # the terminal sent it to the command as well: let that end in its own way
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait()


def main() -> int:
    arguments = sys.argv[1:]
    if len(arguments) < 3 or arguments[:2] != ["run", "--"]:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        return run(arguments[2:])
    except ServersMissing as reason:
        print(reason, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
