"""manage.py read_export FILE [--json]: read one bibliographic export without a database."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from screening.importing import readers


class Command(BaseCommand):
    help = "Reads one export of references and prints what was found. Exit code 2 when the file is refused."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            answer = self._read(options["file"])
        except readers.Refused as refusal:
            self._print({"refused": str(refusal)} if options["json"] else f"Refused: {refusal}")
            sys.exit(2)
        self._print(answer if options["json"] else _summary(answer))

    def _read(self, path: Path) -> dict[str, Any]:
        try:
            file = path.open("rb")
        except OSError as error:
            raise readers.Refused(f"{path.name} cannot be opened ({error.strerror}): check the name and the rights.") from error
        with file:
            return readers.to_json(readers.open_export(file, path.name, guess=True))

    def _print(self, answer: dict[str, Any] | str) -> None:
        self.stdout.write(answer if isinstance(answer, str) else json.dumps(answer))


def _summary(answer: dict[str, Any]) -> str:
    lines = [
        f"{answer['dialect']}, {answer['encoding'] or 'binary'}{', ' + answer['source'] if answer['source'] else ''}",
        f"found {answer['found']}, read {answer['read']}, to be looked at {answer['needs_look']}",
        *(f"line {problem['line']}: {problem['message']}" for problem in answer["problems"]),
    ]
    return "\n".join(lines)
