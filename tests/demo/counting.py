"""A tiny counter of entries that knows nothing of the product's readers."""

import re
from dataclasses import dataclass, field

from reviewapp.demo.writers import DemoFile


@dataclass
class Counted:
    """One entry as plain lines: tag to values."""

    tags: dict[str, list[str]] = field(default_factory=dict)
    number: int | None = None

    def first(self, *names: str) -> str:
        return next((self.tags[name][0] for name in names if name in self.tags), "")


def entries(file: DemoFile) -> list[Counted]:
    """Cut a file at its TY and ER lines."""
    text = file.content.decode("cp1252" if file.source_key == "swemed" else "utf-8-sig")
    found: list[Counted] = []
    current: Counted | None = None
    number = None
    for line in re.split(r"\r\n|\n", text):
        if re.fullmatch(r"\d+\. ", line):
            number = int(line[:-2])
        match = re.match(r"([A-Z][A-Z0-9])  - (.*)", line)
        if not match:
            continue
        tag, value = match.groups()
        if tag == "TY":
            current = Counted(number=number)
        elif tag == "ER":
            assert current is not None
            found.append(current)
            current = None
        elif current is not None:
            current.tags.setdefault(tag, []).append(value)
    assert current is None
    return found


def accession(entry: Counted) -> str:
    """The number by which the source knows the entry."""
    if "UR" in entry.tags and "ebscohost" in entry.first("UR"):
        return re.search(r"AN=(\d+)", entry.first("UR"))[1]
    return entry.first("AN", "ID")
