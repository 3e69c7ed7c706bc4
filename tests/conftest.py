"""Databases, files and the browser of the tests. Fixtures for people and reviews are in tests/fixtures.py."""
import gc
import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the synchronous Playwright keeps an event loop in the test's thread

pytest_plugins = ["tests.fixtures"] if importlib.util.find_spec("tests.fixtures") else []

hypothesis.settings.register_profile("fuzz", max_examples=2000, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("suite", deadline=None, derandomize=True)  # make fuzz looks for new ones
hypothesis.settings.load_profile("suite")

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
#: Made by post_migrate and never by a test: a flush that leaves them saves making them again after every test.
KEPT = {"django_content_type", "auth_permission", "django_migrations"}
_scratch: list[Path] = []


def pytest_configure(config: pytest.Config) -> None:
    """Keep tests away from the data folder, the broker and slow hashing; let the flush pass the append-only triggers."""
    from django.conf import settings

    scratch = Path(tempfile.mkdtemp(prefix="reviewapp-tests-"))
    _scratch.append(scratch)
    settings.MEDIA_ROOT = scratch / "files"
    settings.STATIC_ROOT = scratch / "static"
    settings.STATIC_ROOT.mkdir()
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    settings.CACHES = {**settings.CACHES, "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.JOBS_SILENT = True
    patch_flush()
    gc.freeze()  # looking through all of Django again and again costs the migrations a tenth
    gc.set_threshold(50_000, 20, 100)


def pytest_unconfigure(config: pytest.Config) -> None:
    while _scratch:
        shutil.rmtree(_scratch.pop(), ignore_errors=True)


@pytest.hookimpl(trylast=True)  # pytest-django puts them in an order of its own first
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip elsewhere what shows on PostgreSQL only, and say so; leave out what ran already; begin with what takes longest."""
    from django.db import connection

    if connection.vendor != "postgresql":
        elsewhere = pytest.mark.skip(reason="needs PostgreSQL: runs in `make test`, or with DATABASE_URL")
        for item in items:
            if item.get_closest_marker("pg"):
                item.add_marker(elsewhere)
    if config.getoption("databases_only"):
        ran = [item for item in items if not runs_again(item)]
        items[:] = [item for item in items if runs_again(item)]
        config.hook.pytest_deselected(items=ran)
        config.stash[LEFT_OUT] = len(ran)
    items.sort(key=lambda item: weight(item.nodeid))


# --- what runs, and in which order -------------------------------------------------------------------------------

#: Places in which the environment, the database's too, reaches programs that a test starts.
STARTS_PROGRAMS = ("tests/ops/",)
#: Begun first: with two workers, whatever is long and comes last is waited for alone.
LONGEST = (
    "tests/demo/test_story.py", "tests/journeys/test_whole_review.py", "tests/blinding/", "tests/properties/", "tests/screening/fulltext/",
    "tests/charting/test_charting_views.py", "tests/screening/importing/test_pages.py", "tests/access/", "tests/screening/reporting/test_pages.py",
    "tests/charting/test_journeys.py", "tests/races/", "tests/screening/decisions/", "tests/screening/records/", "tests/ops/test_supervisor.py",
    "tests/screening/conflicts/", "tests/web/test_behaviour.py", "tests/journeys/", "tests/charting/",
)  # fmt: skip
#: Files without fixtures of a module, whose tests take so long that the workers share them.
SHARED = ("tests/blinding/", "tests/access/")
LEFT_OUT = pytest.StashKey[int]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--databases-only", action="store_true", help="leave out what another database can't change: `python -m ops.test` runs it once"
    )


def runs_again(item: pytest.Item) -> bool:
    """Say whether a test that passed on one database is run on the other too."""
    return uses_database(item) and item.get_closest_marker("once") is None


def uses_database(item: pytest.Item) -> bool:
    """Say whether the database that the suite runs on can make a difference to a test."""
    fixtures = set(getattr(item, "fixturenames", ()))
    asks = item.get_closest_marker("django_db") is not None or bool(fixtures & {"db", "transactional_db", "live_server", "django_db_setup"})
    return asks or item.nodeid.startswith(STARTS_PROGRAMS)


def weight(nodeid: str) -> int:
    """Give a test's place in the order of LONGEST."""
    return next((place for place, name in enumerate(LONGEST) if nodeid.startswith(name)), len(LONGEST))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep the tests of a file together, except those of SHARED, in the order of the collection."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return nodeid if nodeid.startswith(SHARED) else super()._split_scope(nodeid)

    config.option.loadscopereorder = False  # by the number of tests: the longest files hold one
    return Scheduling(config, log)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let a worker tell how much it left out."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = session.config.stash.get(LEFT_OUT, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: Any) -> None:
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", 0)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if left_out := config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(f"{left_out} tests that another database can't change ran in the other suite.")


# --- databases ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep SQLite's test database in a file: in memory there is no WAL, and threads share one connection."""
    from django.conf import settings

    for database in settings.DATABASES.values():
        if "sqlite" in database["ENGINE"]:
            database.setdefault("TEST", {})["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
            # only here: what a test wrote need not outlive a power cut
            database["OPTIONS"]["init_command"] = database["OPTIONS"]["init_command"].replace("synchronous=FULL", "synchronous=OFF")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Before PostgreSQL's test database is dropped, end what threads of the live server still hold of it."""
    yield
    from django.db import connection

    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            cursor.execute(f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {others}")


def patch_flush() -> None:
    """After a transaction test empty only what holds rows, inside ``maintenance``: TRUNCATE over all tables costs half a second."""
    from django.db import connection

    operations: Any = type(connection.ops)
    run = operations.execute_sql_flush

    def execute_sql_flush(self: Any, sql_list: Iterable[str]) -> None:
        from reviewapp.audit.triggers import maintenance

        with maintenance("test flush"):
            run(self, sql_list)

    operations.execute_sql_flush = execute_sql_flush
    operations.sql_flush = quick_flush(operations.sql_flush)


def quick_flush(slow: Any) -> Any:
    """Give a sql_flush that DELETEs from the tables in use; numbers that must start anew are left to Django's own."""

    def sql_flush(self: Any, style: Any, tables: Iterable[str], *, reset_sequences: bool = False, allow_cascade: bool = False) -> list[str]:
        names = [name for name in tables if name not in KEPT]
        if not names or reset_sequences or (self.connection.vendor == "postgresql" and in_use(self.connection, names, MANY)):
            return slow(self, style, names, reset_sequences=reset_sequences, allow_cascade=allow_cascade)
        deferred = ["SET CONSTRAINTS ALL DEFERRED"] if self.connection.vendor == "postgresql" else []
        deletes = [f"DELETE FROM {self.quote_name(name)}" for name in in_use(self.connection, names)]
        return [*deferred, *deletes, *word_indexes(self.connection)]

    return sql_flush


#: Rows from which on PostgreSQL looks after every reference of a deleted row for longer than TRUNCATE takes.
MANY = 500


def in_use(connection: Any, names: list[str], more_than: int = 0) -> list[str]:
    """Ask in one query which tables hold more rows than so many."""
    row = f"LIMIT 1 OFFSET {more_than}"
    # SQLite refuses more than 500 terms in one compound SELECT; there are far fewer tables
    question = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {connection.ops.quote_name(name)} {row})" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(question)
        return [name for (name,) in cursor.fetchall()]


def word_indexes(connection: Any) -> list[str]:
    """Empty SQLite's full-text tables as well: they are no models, so Django knows nothing of them."""
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%fts5%content=%'")
        return [f"INSERT INTO {name}({name}) VALUES ('delete-all')" for (name,) in cursor.fetchall()]


# --- browser -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Drive the browser that the system has: none is downloaded."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.fail("No Chromium is installed. On Debian: apt-get install -y --no-install-recommends chromium", pytrace=False)
    return {**browser_type_launch_args, "executable_path": program, "args": ["--no-sandbox", "--disable-dev-shm-usage"]}
