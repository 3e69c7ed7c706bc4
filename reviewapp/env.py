"""Read the settings from the environment, once, with a sentence for whoever set them wrong."""
import secrets
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

DATA_DIR = Path(env.str("REVIEWAPP_DATA", default=str(BASE_DIR / "var"))).resolve()
#: With neither a database nor a broker named we are somebody's try-out on one machine.
TRY_OUT = not env.str("DATABASE_URL", default="")


def secret_key() -> str:
    """Give the key from the environment; a try-out makes one of its own and keeps it in the data folder."""
    if key := env.str("REVIEWAPP_SECRET_KEY", default=""):
        return key
    if not TRY_OUT:
        raise ImproperlyConfigured("Set REVIEWAPP_SECRET_KEY: a long random text that only this server knows.")
    kept = DATA_DIR / "secret-key"
    if not kept.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        fresh = DATA_DIR / f"secret-key.{secrets.token_hex(4)}"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48))
        try:
            kept.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return kept.read_text()


def database() -> dict[str, object]:
    """Give Django's DATABASES entry: PostgreSQL by DATABASE_URL, else one SQLite file, each with the options that were measured."""
    if TRY_OUT:
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        return sqlite(str(DATA_DIR / "reviewapp.sqlite3"))
    parsed = env.db("DATABASE_URL")
    if "sqlite" in parsed["ENGINE"]:
        return sqlite(parsed["NAME"])
    parsed["ENGINE"] = "django.db.backends.postgresql"
    parsed["CONN_MAX_AGE"] = 60
    parsed["CONN_HEALTH_CHECKS"] = True
    # Compiling a query took 2.5 s of 3.3 in a review of 100,000 records, and never paid: no page runs that long.
    parsed.setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
    return parsed


def sqlite(name: str) -> dict[str, object]:
    """Give a SQLite database that waits instead of failing, and keeps what it has said it kept."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": name,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA mmap_size=134217728;"
            "PRAGMA journal_size_limit=27103364;PRAGMA cache_size=-20000;PRAGMA temp_store=MEMORY;",
        },
    }
