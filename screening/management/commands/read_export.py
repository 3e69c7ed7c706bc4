"""manage.py read_export FILE [--json]: read one bibliographic export without a database."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand

from screening.importing import readers


class Command(BaseCommand):
    help = "Reads one export of references and prints what was found. Exit code 2 when the file is refused."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with self._opened(path) as file:
                reading = _recognised(file, path.name)
                for piece in readers.pieces(reading) if options["json"] else _summary(reading):
                    self.stdout.write(piece, ending="")
        except readers.Refused as refusal:
            self.stdout.write(json.dumps({"refused": str(refusal)}) if options["json"] else f"Refused: {refusal}", ending="")
            self.stdout.write()
            sys.exit(2)
        self.stdout.write()

    def _opened(self, path: Path) -> BinaryIO:
        try:
            return path.open("rb")
        except OSError as error:
            raise readers.Refused(f"{path.name} cannot be opened ({error.strerror}): check the name and the rights.") from error


def _recognised(file: BinaryIO, name: str) -> readers.Reading:
    """Recognise the file; of an archive the one export that it holds."""
    try:
        return readers.open_export(file, name, guess=True)
    except readers.Archive:
        inside = readers.open_exports(file, name)
        if len(inside) != 1:
            labels = ", ".join(label for label, _ in inside[:5])
            sentence = f"The file is an archive (zip) of {len(inside):,} files ({labels}{', …' if len(inside) > 5 else ''})"
            raise readers.Refused(f"{sentence}: unpack it and read them one by one.") from None
        [(label, opened)] = inside
        return readers.open_export(opened(), label, guess=True)


def _summary(reading: readers.Reading) -> Iterator[str]:
    """Say in a few lines what was found, once all of it is read."""
    problems = [f"\nline {one.line}: {one.problem}" for one in reading if one.fields is None]
    yield f"{reading.dialect}, {reading.encoding or 'binary'}{', ' + reading.source if reading.source else ''}"
    yield f"\nfound {reading.found}, read {reading.read}, to be looked at {reading.needs_look}"
    yield from problems
