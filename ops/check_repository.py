"""Find what must not be in the repository: paths of one machine, names of package registries, secrets."""
import re
import subprocess
import sys
from pathlib import Path

from ops.servers import ROOT

BINARY = {".pdf", ".png", ".jpg", ".woff2", ".ico", ".gz", ".zip", ".docx", ".xlsx"}
REGISTRIES = r"pypi\.org|pythonhosted\.org|npmjs\.org|yarnpkg\.com|docker\.io/|ghcr\.io/|quay\.io/|--(?:extra-)?index[-]url|--find[-]links"
TOKENS = r"AKIA[0-9A-Z]{16}|gh[pousr]_\w{36}|github_pat_\w{22,}|glpat-[\w-]{20}|xox[abp]-[\w-]{10,}|sk-[A-Za-z0-9]{32,}"
FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w./:%-])/(?:work|root|Users|home/[a-z]+)/"),
    "a package registry": re.compile(REGISTRIES),
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"),
    "a token": re.compile(rf"\b(?:{TOKENS})"),
    "a password in an address": re.compile(r"\b(?:postgres(?:ql)?|redis|amqp|https?)://[^\s/:@{}$\"'<>]*:(?!password@)(?![$<{])[^\s/@{}$\"'<>]{6,}@"),
}


def findings(path: Path) -> list[str]:
    """Give one line for each thing that should not be in a file."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return []
    found = []
    for number, line in enumerate(text.split("\n"), start=1):
        found += [f"{path.relative_to(ROOT)}:{number}: {what}" for what, pattern in FORBIDDEN.items() if pattern.search(line)]
    return found


def main() -> int:
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    paths = [ROOT / name for name in names if name and Path(name).suffix not in BINARY]
    found = [line for path in paths if path.is_file() for line in findings(path)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
