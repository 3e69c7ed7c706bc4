"""manage.py dedupe_table: find duplicates in a table of references, without a database."""

from __future__ import annotations

import json
import resource
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from screening.deduplication.engine import ENGINE_VERSION, dedupe
from screening.deduplication.engine.table import read_items, write_clusters, write_look


class Command(BaseCommand):
    """Read a table, write a cluster number for each id."""

    help = "Find duplicates in a table (id,title,authors,year,journal,volume,issue,pages,doi,pmid,abstract,isbn,type,source)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("records", type=Path)
        parser.add_argument("--out", type=Path, required=True, help="CSV to write: id,cluster")
        parser.add_argument("--review", type=Path, help="CSV to write: id_a,id_b,score,why")
        parser.add_argument("--workers", type=int, default=1)
        parser.add_argument("--strictness", choices=("careful", "balanced"), default="balanced")

    def handle(self, *args: Any, **options: Any) -> None:
        began, cpu = time.perf_counter(), time.process_time()
        try:
            items = read_items(options["records"])
        except (OSError, ValueError, UnicodeDecodeError) as error:
            raise CommandError(_("The table could not be read: %s") % error)
        result = dedupe(items, workers=options["workers"], strictness=options["strictness"])
        write_clusters(options["out"], items, result)
        if options["review"]:
            write_look(options["review"], result)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
        report = {
            "records": len(items),
            "groups": len(result.groups),
            "duplicates": len(items) - len(result.groups),
            "edges": len(result.edges),
            "look": len(result.look),
            "seconds": round(time.perf_counter() - began, 3),
            "cpu_seconds": round(time.process_time() - cpu, 3),
            "peak_mib": round(peak, 1),
            "engine": ENGINE_VERSION,
        }
        self.stdout.write(json.dumps(report))
