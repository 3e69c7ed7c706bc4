"""The figure for other programs: the CSV of the PRISMA2020 R package and Shiny app, and JSON.

The rows follow the package's example file (inst/extdata/PRISMA.csv, MIT licence, Haddaway et al. 2022, doi:10.1002/cl2.1230).
Its reader finds rows by substring and columns 1 and 3 by position, so rows are never added, dropped or moved.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from screening.writers.text import guarded, one_line

from .rules import Flow

HEADER = ("data", "node", "box", "description", "boxtext", "tooltips", "url", "n")
NA = "NA"
_DBR, _OTHER = " (databases and registers)", " (other)"
_LIST = ": [separate reasons and numbers using ; e.g. Reason1, xxx; Reason2, xxx; Reason3, xxx]"
_SOUGHT, _MISSING = "Reports sought for retrieval", "Reports not retrieved"
_ASSESSED, _EXCLUDED = "Reports assessed for eligibility", "Reports excluded"
_PREVIOUS, _PREVIOUS_REPORTS = "Studies included in previous version of review", "Reports of studies included in previous version of review"
_NEW = "Identification of new studies via databases and registers"
_BY_OTHER = "Identification of new studies via other methods"
_MA, _MA_REPORTS = "Total studies included in meta-analysis", "Reports of total included studies in meta-analysis"

# data, node, box, description, boxtext, tooltips, url
TEMPLATE: tuple[tuple[str, str, str, str, str, str, str], ...] = (
    (NA, "node4", "prevstud", "Grey title box; Previous studies", "Previous studies", "Grey title box; Previous studies", "prevstud.html"),
    ("previous_studies", "node5", "box1", _PREVIOUS, _PREVIOUS, _PREVIOUS, "previous_studies.html"),
    ("previous_reports", NA, "box1", _PREVIOUS_REPORTS, _PREVIOUS_REPORTS, NA, "previous_reports.html"),
    (NA, "node6", "newstud", f"Yellow title box; {_NEW}", _NEW, f"Yellow title box; {_NEW}", "newstud.html"),
    (
        "database_results",
        "node7",
        "box2",
        "Records identified from: Databases",
        "Databases",
        "Records identified from: Databases and Registers",
        "database_results.html",
    ),
    (
        "database_specific_results",
        NA,
        "box2",
        "Records identified from: specific databases",
        "Specific Databases",
        NA,
        "database_results.html",
    ),
    ("register_results", NA, "box2", "Records identified from: Registers", "Registers", NA, NA),
    (
        "register_specific_results",
        NA,
        "box2",
        "Records identified from: specific registers",
        "Specific Registers",
        NA,
        "database_results.html",
    ),
    (NA, "node16", "othstud", f"Grey title box; {_BY_OTHER}", _BY_OTHER, f"Grey title box; {_BY_OTHER}", "othstud.html"),
    (
        "website_results",
        "node17",
        "box11",
        "Records identified from: Websites",
        "Websites",
        "Records identified from: Websites, Organisations and Citation Searching",
        "website_results.html",
    ),
    ("organisation_results", "", "box11", "Records identified from: Organisations", "Organisations", NA, NA),
    ("citations_results", NA, "box11", "Records identified from: Citation searching", "Citation searching", NA, NA),
    ("duplicates", "node8", "box3", "Duplicate records", "Duplicate records", "Duplicate records", "duplicates.html"),
    (
        "excluded_automatic",
        NA,
        "box3",
        "Records marked as ineligible by automation tools",
        "Records marked as ineligible by automation tools",
        NA,
        NA,
    ),
    ("excluded_other", NA, "box3", "Records removed for other reasons", "Records removed for other reasons", NA, NA),
    (
        "records_screened",
        "node9",
        "box4",
        f"Records screened{_DBR}",
        "Records screened",
        f"Records screened{_DBR}",
        "records_screened.html",
    ),
    (
        "records_excluded",
        "node10",
        "box5",
        f"Records excluded{_DBR}",
        "Records excluded",
        f"Records excluded{_DBR}",
        "records_excluded.html",
    ),
    ("dbr_sought_reports", "node11", "box6", f"{_SOUGHT}{_DBR}", _SOUGHT, f"{_SOUGHT}{_DBR}", "dbr_sought_reports.html"),
    ("dbr_notretrieved_reports", "node12", "box7", f"{_MISSING}{_DBR}", _MISSING, f"{_MISSING}{_DBR}", "dbr_notretrieved_reports.html"),
    ("other_sought_reports", "node18", "box12", f"{_SOUGHT}{_OTHER}", _SOUGHT, f"{_SOUGHT}{_OTHER}", "other_sought_reports.html"),
    (
        "other_notretrieved_reports",
        "node19",
        "box13",
        f"{_MISSING}{_OTHER}",
        _MISSING,
        f"{_MISSING}{_OTHER}",
        "other_notretrieved_reports.html",
    ),
    ("dbr_assessed", "node13", "box8", f"{_ASSESSED}{_DBR}", _ASSESSED, f"{_ASSESSED}{_DBR}", "dbr_assessed.html"),
    ("dbr_excluded", "node14", "box9", f"{_EXCLUDED}{_DBR}{_LIST}", _EXCLUDED, f"{_EXCLUDED}{_DBR}", "dbrexcludedrecords.html"),
    ("other_assessed", "node20", "box14", f"{_ASSESSED}{_OTHER}", _ASSESSED, f"{_ASSESSED}{_OTHER}", "other_assessed.html"),
    ("other_excluded", "node21", "box15", f"{_EXCLUDED}{_OTHER}{_LIST}", _EXCLUDED, f"{_EXCLUDED}{_OTHER}", "other_excluded.html"),
    (
        "new_studies",
        "node15",
        "box10",
        "New studies included in review",
        "New studies included in review",
        "New studies included in review",
        "new_studies.html",
    ),
    ("new_reports", NA, "box10", "Reports of new included studies", "Reports of new included studies", NA, NA),
    (
        "total_studies",
        "node22",
        "box16",
        "Total studies included in review",
        "Total studies included in review",
        "Total studies included in review",
        "total_studies.html",
    ),
    ("total_reports", NA, "box16", "Reports of total included studies", "Reports of total included studies", NA, NA),
    (
        "identification",
        "node1",
        "identification",
        "Blue identification box",
        "Identification",
        "Blue identification box",
        "identification.html",
    ),
    ("screening", "node2", "screening", "Blue screening box", "Screening", "Blue screening box", "screening.html"),
    ("included", "node3", "included", "Blue included box", "Included", "Blue included box", "included.html"),
    ("total_studies_ma", "node23", "box17", _MA, _MA, _MA, "total_studies_meta_analysis.html"),
    ("total_reports_ma", NA, "box17", _MA_REPORTS, _MA_REPORTS, NA, NA),
)


def as_csv(flow: Flow) -> str:
    """Write the 34 rows with the numbers of the figure; NA hides a line, a list is ``Name, n; Name, n``."""
    held = io.StringIO(newline="")
    writer = csv.writer(held, lineterminator="\n")
    writer.writerow(HEADER)
    for data, node, box, description, boxtext, tooltips, url in TEMPLATE:
        text = guarded(one_line(flow.other_labels.get(data, boxtext)))
        writer.writerow((data, node, box, description, text, tooltips, url, _n(flow, data)))
    return held.getvalue()


def _n(flow: Flow, name: str) -> str | int:
    if name not in flow.counts:
        return 0  # title and section rows have no number of their own
    value = flow.counts[name]
    if isinstance(value, Mapping):
        return guarded("; ".join(f"{list_name(label)}, {n}" for label, n in value.items())) or "0"
    return NA if value is None else value


def list_name(label: str) -> str:
    """A name inside a list cell: without the commas and semicolons that part the list."""
    return " ".join(one_line(label).replace(",", " ").replace(";", " ").split())


def as_json(flow: Flow) -> dict[str, Any]:
    """Return the object of ``manage.py prisma --json``: CSV names → n (lists name → n, absent None), ``draft``, ``waiting``.

    ``waiting`` is box → n that waits for it; empty when nothing waits.
    """
    waits: dict[str, int] = {}
    for one in flow.waiting:
        waits[one.key] = waits.get(one.key, 0) + one.n
    plain = {name: dict(value) if isinstance(value, Mapping) else value for name, value in flow.counts.items()}
    return {**plain, "draft": flow.draft, "waiting": waits}
