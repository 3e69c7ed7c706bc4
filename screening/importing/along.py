"""Decisions that came along in a file of references: recognised and said, never taken as votes."""

from screening.importing.readers import Fields, decisions_of
from screening.models import SourceRecord, Upload

LOOKED_AT = 40


def tools_in(upload: Upload) -> list[str]:
    """Name the tools whose decisions stand in the first entries of a file; "" for a table of no tool in particular."""
    rows = SourceRecord.objects.filter(upload=upload).order_by("entry_id")
    found: dict[str, None] = {}
    for notes, other, accession in rows.values_list("notes", "other", "accession")[:LOOKED_AT]:
        fields = Fields(notes=notes, other=other, accession=accession)
        found |= dict.fromkeys(one.tool for one in decisions_of(fields, upload.filename) if one.verdict)
    return list(found)
