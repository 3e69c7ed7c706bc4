"""Name the things that are no export: by their first bytes, by the beginning of their text."""

from __future__ import annotations

import re
import zipfile
from typing import BinaryIO

from .base import Archive, Refused

_HOLDS = (  # (what the name of a file in a zip ends in, what the zip is)
    ("xl/workbook.bin", "a binary workbook (.xlsb): save the table as .xlsx or CSV and upload that file."),
    (".iwa", "a document of Numbers or Pages: save the table as CSV, or export RIS, and upload that file."),
    (".enl", "an EndNote library (.enlx): export the references from EndNote as RIS or XML and upload that file."),
    ("META-INF/MANIFEST.MF", "a program (Java), not an export of references: choose the file that the database gave you."),
)
_RIS = "export the references as RIS and upload that file."
_CHOOSE = "choose the file that the database gave you."


def _picture(name: str) -> str:
    return f"The file is a picture ({name}), not an export of references: {_RIS}"


_MAGIC = (
    (b"%PDF", "The file is a PDF, not an export of references: export the references (RIS) from the database and upload that file."),
    (b"%!PS", f"The file is a print file (PostScript), not an export of references: {_RIS}"),
    (b"\x89PNG", _picture("PNG")),
    (b"\xff\xd8\xff", _picture("JPEG")),
    (b"GIF8", _picture("GIF")),
    (b"II*\x00", _picture("TIFF")),
    (b"MM\x00*", _picture("TIFF")),
    (b"8BPS", _picture("Photoshop")),
    (b"\x00\x00\x01\x00", _picture("icon")),
    (
        b"\xd0\xcf\x11\xe0",
        "The file is an old Office document (.xls or .doc): save the table as .xlsx or CSV, or export RIS, and upload that file.",
    ),
    (b"{\\rtf", "The file is a Word document (RTF), not an export of references: export the references as RIS and upload that file."),
    (b"\x1f\x8b", "The file is compressed (gzip): unpack it and upload what is inside."),
    (b"7z\xbc\xaf\x27\x1c", "The file is a 7z archive: unpack it and upload the exports inside."),
    (b"Rar!", "The file is a RAR archive: unpack it and upload the exports inside."),
    (b"SQLite format 3", "The file is a database, not an export of references: export the references as RIS and upload that file."),
    (b"BZh", "The file is compressed (bzip2): unpack it and upload what is inside."),
    (b"\xfd7zXZ", "The file is compressed (xz): unpack it and upload what is inside."),
    (b"\x28\xb5\x2f\xfd", "The file is compressed (zstd): unpack it and upload what is inside."),
    (b"\x7fELF", f"The file is a program, not an export of references: {_CHOOSE}"),
    (b"MZ\x90", f"The file is a program, not an export of references: {_CHOOSE}"),
    (b"ID3", f"The file is a sound recording, not an export of references: {_CHOOSE}"),
    (b"OggS", f"The file is a sound recording, not an export of references: {_CHOOSE}"),
)
_INSIDE = (  # (place, bytes, sentence)
    (257, b"ustar", "The file is a tar archive: unpack it and upload the exports inside."),
    (8, b"WEBP", _picture("WebP")),
    (8, b"WAVE", f"The file is a sound recording, not an export of references: {_CHOOSE}"),
    (4, b"ftypheic", _picture("HEIC")),
    (4, b"ftypavif", _picture("AVIF")),
    (4, b"ftyp", f"The file is a film, not an export of references: {_CHOOSE}"),
)
_PACKED = (  # (what stands at the beginning of the file "mimetype" in a zip, what it is)
    (
        b"application/vnd.oasis.opendocument.spreadsheet",
        "an OpenDocument spreadsheet: save the table as .xlsx or CSV and upload that file.",
    ),
    (b"application/vnd.oasis.opendocument", f"an OpenDocument text, not an export of references: {_RIS}"),
    (b"application/epub", f"an electronic book, not an export of references: {_RIS}"),
)
_HTML = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|script|style|table|div|p|meta|title|h[1-6]|center|br|span|form|pre|ul)\b",
    re.I | re.S,
)
_OFFICE = re.compile(r"schemas-microsoft-com:office|\A\s*<table\b|<x:ExcelWorkbook", re.I)
_MAIL = re.compile(r"\ufeff?(?:From |[A-Z][A-Za-z-]{1,30}: )[^\n]*\n(?:(?:[A-Z][A-Za-z-]{1,30}:|[ \t])[^\n]*\n){1,60}?\n")
_MAIL_FIELDS = re.compile(r"^(?:From|To|Subject|Received|Return-Path|Message-ID|MIME-Version|Date): ?\S", re.M)
_PUBMED_TEXT = re.compile(r"[0-9]{1,6}[.:] [^\n]{3,300}[12][0-9]{3}[^\n]*\n(?:[^\n]+\n){0,4}\n")
_FOR_READING = re.compile(
    r"^\s*[0-9]{5,9}\s*$|10\.[0-9]{4,9}/|PMID:? ?[0-9]|\((?:19|20)[0-9]{2}[a-z]?\)|\b(?:19|20)[0-9]{2}(?:;[0-9]|\.\s*$)"
)
_ROOT = re.compile(r"(?:<\?[^>]*\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^>\[]*>\s*)*<([A-Za-z_][\w.:-]{0,60})", re.S)
_ENTITY = re.compile(r"<!ENTITY", re.I)


def binary_reader(first: bytes, file: BinaryIO) -> str | None:
    """Give the name of the reader for a container of bytes (a workbook), None for anything that may be text."""
    if not first.startswith(b"PK"):
        return None
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist()[:5000])
            kind = archive.open("mimetype").read(100) if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, RuntimeError, OverflowError) as error:
        raise Refused("The file begins like a workbook or an archive (zip), but it is damaged: save or download it again.") from error
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "word/document.xml" in names:
        raise Refused("The file is a Word document, not an export of references: export the references as RIS and upload that file.")
    if any(name.startswith("ppt/") for name in names):
        raise Refused("The file is a presentation, not an export of references: export the references as RIS and upload that file.")
    for ending, what in _HOLDS:
        if any(name.endswith(ending) for name in names):
            raise Refused(f"The file is {what}")
    for start, what in _PACKED:
        if kind.startswith(start):
            raise Refused(f"The file is {what}")
    raise Archive("The file is an archive (zip): upload it as an archive, or unpack it and upload the exports inside.")


def refuse_bytes(first: bytes) -> None:
    """Refuse nothing, documents, pictures, archives, programs and noise by name."""
    if not first:
        raise Refused("The file is empty (0 bytes): export it again from the source.")
    start = first.lstrip()[:64]
    for magic, sentence in _MAGIC:
        if first.startswith(magic) or start.startswith(magic):
            raise Refused(sentence)
    for place, magic, sentence in _INSIDE:
        if first[place : place + len(magic)] == magic:
            raise Refused(sentence)
    if first[:2] == b"BM" and first[6:10] == bytes(4) and len(first) > 25:
        raise Refused(_picture("BMP"))
    sample = first[:8192]
    if not sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        zeros = sample.count(0)
        odd = sum(sample.count(code) for code in (*range(1, 9), *range(14, 27), 28, 29, 30, 31, 127))
        even_zeros = sample[::2].count(0)
        wide = zeros and (even_zeros < 0.1 * zeros or even_zeros > 0.9 * zeros) and zeros > 0.3 * len(sample)
        if (not wide and zeros > 0.1 * len(sample)) or odd > 0.1 * len(sample):
            raise Refused("The file holds binary data, not an export of references: choose the file that the database gave you.")


def refuse_text(head: str) -> None:
    """Refuse web pages and definitions of entities."""
    if _HTML.match(head[:4000]) and _OFFICE.search(head[:4000]):
        raise Refused(
            "The file is a web page that a spreadsheet program can open: open it there, save it as .xlsx or CSV, and upload that file."
        )
    if _HTML.match(head[:4000]) and not head.lstrip().startswith("<?xml"):
        raise Refused(
            "The file is a web page (HTML), perhaps because the session at the database had ended: sign in there and export again."
        )
    if head.lstrip()[:5] == "<?xml" and _HTML.match(head.partition("?>")[2][:4000]):
        raise Refused("The file is a web page (XHTML), not an export of references: export the references as RIS and upload that file.")
    if head.lstrip()[:1] == "<" and _ENTITY.search(head):
        raise Refused("The XML defines entities of its own, which exports do not do and which can exhaust a computer: export it again.")


def unknown(head: str, filename: str) -> str:
    """Say that nothing was recognised, and what the text is, else with what it begins."""
    text = head.lstrip("\ufeff \n\t")
    if text[:1] == "<" and (root := _ROOT.match(text[:4000])):
        if root[1].rpartition(":")[2] == "Workbook":
            return "The file is a workbook saved as XML: open it in a spreadsheet program, save it as .xlsx or CSV, and upload that file."
        if root[1].lower().rpartition(":")[2] == "svg":
            return _picture("SVG")
        return f"The file is XML of a kind that holds no references (its root is <{root[1]}>): {_RIS}"
    if text[:1] in ("{", "["):
        return f"The file looks like JSON, but no list of references was found in it: {_RIS}"
    if "multipart/related" in text[:4000] and "MIME-Version" in text[:4000]:
        return "The file is a saved web page (MHTML), not an export of references: export the references as RIS and upload that file."
    if _MAIL.match(text[:8000]) and len(_MAIL_FIELDS.findall(text[:8000])) >= 2:
        return "The file is a mail, not an export of references: save the file that is attached to it, and upload that."
    if _PUBMED_TEXT.match(text[:4000]) and re.search(r"^(?:PMID|DOI): ?[0-9]", text, re.M):
        return (
            "The file is PubMed's text for reading (Abstract): save the search in the format PubMed, and upload that file (.nbib or .txt)."
        )
    begin = " ".join(text.split())[:60]
    lines = [line for line in text[:8000].split("\n") if line.strip()][:20]
    if sum(_FOR_READING.search(line) is not None for line in lines) * 2 > len(lines):
        return (
            f"The file is a list of references for reading (it begins with “{begin}”): export them as RIS, or paste the lines where "
            "papers are added by hand, in a search of citations, websites or contacts."
        )
    return (
        f"No reference was recognised in the file (it begins with “{begin}”): export the references as RIS from the database, "
        "or choose which columns hold title and authors if it is a table."
    )


def nothing(label: str, head: str) -> str:
    """Say that a file looks like a format and holds no entry of it."""
    begin = " ".join(head.split())[:60]
    return f"The file looks like {label}, but it holds no reference (it begins with “{begin}”): export the references again."
