"""Open a kept export for reading: as it was recognised, or as a person said that it is.

``said`` is Upload.read_as: ``encoding`` and ``dialect`` overrule what was recognised, ``columns`` (label → field) what a table's header
says; ``database`` and ``platform`` are written over what the entries tell.
"""

import codecs
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, BinaryIO, cast

from django.utils.translation import gettext_lazy as _

from screening.importing.readers import Fields, Limits, Reading, Refused, open_export, open_pasted
from screening.importing.readers.reading import readers
from screening.importing.readers.source import Source
from screening.importing.rules import clean
from screening.vocabulary import UploadKind

CHUNK = 1 << 18
#: What can be chosen over the recognised encoding: Python's name → people's.
ENCODINGS = {
    "utf-8": "UTF-8", "cp1252": "Windows-1252", "mac-roman": "MacRoman", "iso8859-1": "ISO 8859-1", "iso8859-15": "ISO 8859-15",
    "cp850": "DOS 850", "cp865": "DOS 865", "utf-16-le": "UTF-16 LE", "utf-16-be": "UTF-16 BE",
    "cp1250": "Windows-1250", "cp1251": "Windows-1251", "gb18030": "GB18030", "shift-jis": "Shift JIS", "euc-kr": "EUC-KR",
}  # fmt: skip
WIDE = ("utf-16-le", "utf-16-be")


def dialects() -> dict[str, str]:
    """Give what can be chosen over the recognised kind: name of a reader of text → what people call it."""
    found = {reader.name: reader.label or reader.name for reader in readers() if reader.name != "xlsx"}
    return dict(sorted(found.items(), key=lambda pair: pair[1].casefold()))


@contextmanager
def opened_as(
    file: BinaryIO, filename: str, said: Mapping[str, Any], limits: Limits, *, kind: str = UploadKind.FILE
) -> Iterator[Reading]:
    """Open an export for one reading; what a person typed may be a list of references too. Raises Refused as open_export does."""
    with _text(file, said.get("encoding", "")) as stream:
        yield _reading(stream, filename, said, limits, kind)


def _reading(file: BinaryIO, filename: str, said: Mapping[str, Any], limits: Limits, kind: str) -> Reading:
    if said.get("columns"):
        return open_export(file, filename, limits=limits, mapping=said["columns"])
    wanted = said.get("dialect", "")
    if not wanted:
        return (open_pasted if kind == UploadKind.TYPED else open_export)(file, filename, limits=limits)
    reader = next((one for one in readers() if one.name == wanted), None)
    if reader is None:
        raise Refused(str(_("There is no reader of this kind any more. Choose another one.")))
    return Reading(Source(file, filename, limits, None), reader)


@contextmanager
def _text(file: BinaryIO, encoding: str) -> Iterator[BinaryIO]:
    """Give the file itself, or where an encoding was said a copy in UTF-8 that is gone afterwards; the kept file stays as it is."""
    if not encoding or encoding not in ENCODINGS:
        yield file
        return
    with tempfile.TemporaryFile() as copy:
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        file.seek(0)
        copy.write(codecs.BOM_UTF8)
        first = True
        while chunk := file.read(CHUNK):
            text = decoder.decode(chunk)
            copy.write((text.lstrip("\ufeff") if first else text).encode("utf-8", "replace"))
            first = False
        copy.write(decoder.decode(b"", final=True).encode("utf-8", "replace"))
        copy.seek(0)
        yield cast(BinaryIO, copy)


def overruled(fields: Fields, said: Mapping[str, Any]) -> Fields:
    """Write the database that a person said over what an entry tells; what it told is kept among the other tags."""
    database = clean(str(said.get("database", "")))
    if not database or database == fields.database:
        return fields
    other = dict(fields.other)
    if fields.database:
        other["database in the file"] = [fields.database]
    return replace(fields, database=database, other=other)
