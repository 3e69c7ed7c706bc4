"""Everything a machine can say about the code without running it. All checks run; the exit code says whether one complained."""
import os
import subprocess
import sys
import time

from ops.servers import ROOT

BIN = ROOT / ".venv" / "bin"
MANAGE = [str(BIN / "python"), "manage.py"]
#: What a team's server looks like, for `check --deploy`; the key is made for this run only.
DEPLOYED = {
    "REVIEWAPP_BASE_URL": "https://review.example.org",
    "REVIEWAPP_SECRET_KEY": "".join(f"{byte:02x}" for byte in os.urandom(40)),
    "REVIEWAPP_DEBUG": "false",
    "DATABASE_URL": "postgres://reviewapp@127.0.0.1:9/reviewapp",
    "REDIS_URL": "redis://127.0.0.1:9/0",
}
EMBEDDED = {"DATABASE_URL": "", "REDIS_URL": ""}

CHECKS: dict[str, tuple[list[str], dict[str, str]]] = {
    "style": ([str(BIN / "ruff"), "check", "--quiet", "--output-format", "concise", "."], {}),
    "types": ([str(BIN / "mypy"), "reviewapp", "screening", "charting", "ops"], EMBEDDED),
    "layers": ([str(BIN / "lint-imports"), "--no-cache"], EMBEDDED),
    "migrations": ([*MANAGE, "makemigrations", "--check", "--dry-run"], EMBEDDED),
    "deployment": ([*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], DEPLOYED),
    "compose": ([str(BIN / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"], {}),
    "repository": ([str(BIN / "python"), "-m", "ops.check_repository"], {}),
}


def passes(name: str) -> bool:
    """Run one check; show what it says only when it complains."""
    command, env = CHECKS[name]
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **env}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print(f"{name:<12}{'ok' if done.returncode == 0 else 'FAILED'}  {time.monotonic() - began:.1f} s", flush=True)
    if done.returncode:
        print(done.stdout, flush=True)
    return done.returncode == 0


def main() -> int:
    names = sys.argv[1:] or list(CHECKS)
    return 0 if all([passes(name) for name in names]) else 1


if __name__ == "__main__":
    sys.exit(main())
