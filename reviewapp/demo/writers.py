"""The demo's export files, byte for byte in the dialect of the platform each pretends to come from."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from reviewapp.demo import corpus, layout
from reviewapp.demo.copies import Copy
from reviewapp.demo.papers import Author, Paper

OVID_BATCH = 500
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LANGUAGES = {"eng": "English", "nor": "Norwegian", "swe": "Swedish", "dan": "Danish"}
STAMPS = {1: "2018-02", 2: "2020-01"}


@dataclass(frozen=True, slots=True)
class DemoFile:
    """One export file.

    `hits` = the entries in it, the unreadable one included; `first` and `last` = its place in the numbering of its search.
    """

    name: str
    source_key: str
    round: int
    content: bytes
    hits: int
    first: int
    last: int


Lines = Iterator[tuple[str, str]]


@cache
def files() -> tuple[DemoFile, ...]:
    """Write the six files of round 1 and the five of round 2."""
    return tuple(file for round_number in (1, 2) for source in layout.SOURCES for file in _files_of(source, round_number))


def _files_of(source: str, round_number: int) -> Iterator[DemoFile]:
    copies = sorted(
        (copy for copy in corpus.build().copies if (copy.source, copy.round) == (source, round_number)), key=lambda copy: copy.position
    )
    size = OVID_BATCH if source == layout.PSYCINFO else len(copies)
    batches = [copies[start : start + size] for start in range(0, len(copies), size)]
    for number, batch in enumerate(batches, 1):
        name = f"demo-{source}-{STAMPS[round_number]}" + (f"-part{number}" if len(batches) > 1 else "") + ".ris"
        yield DemoFile(name, source, round_number, WRITERS[source](batch), len(batch), batch[0].position, batch[-1].position)


def _tagged(lines: Lines, end: str) -> str:
    return end.join(f"{tag}  - {value}" for tag, value in lines) + end


def _paper(copy: Copy) -> Paper:
    if copy.paper is None:
        raise ValueError("The unreadable entry has no paper.")
    return copy.paper


def _authors(copy: Copy, tag: str, full: Callable[[Author], str]) -> Lines:
    for author in _paper(copy).authors:
        yield tag, author.initials if copy.initials else full(author)


def _last_page(copy: Copy) -> str:
    """The last page; written short ('1008-12') only its changed end."""
    first, last = _paper(copy).first_page, _paper(copy).last_page
    if not copy.short_pages or len(first) != len(last):
        return last
    same = next((index for index, (left, right) in enumerate(zip(first, last, strict=True)) if left != right), 0)
    return last[same:]


def _place(copy: Copy) -> Lines:
    """Volume, issue and pages, each only when the paper has one and the source knows it."""
    paper = _paper(copy)
    if copy.bare:
        return
    yield from ((tag, value) for tag, value in (("VL", paper.volume), ("IS", paper.issue), ("SP", paper.first_page)) if value)
    if paper.last_page and paper.last_page != paper.first_page:
        yield "EP", _last_page(copy)


# -- ProQuest -------------------------------------------------------------------------------------------------------


def _proquest(copies: Sequence[Copy]) -> bytes:
    return ("\r\n\r\n\r\n".join(_tagged(_proquest_entry(copy), "\r\n") for copy in copies) + "\r\n").encode()


def _proquest_entry(copy: Copy) -> Lines:
    paper = _paper(copy)
    yield "TY", "JOUR"
    yield "T1", copy.title
    yield "AN", copy.accession
    if copy.abstract:
        yield "AB", copy.abstract
    yield "JF", paper.journal.name
    yield from _authors(copy, "AU", lambda author: author.full)
    yield "Y1", f"{copy.year}/{paper.month:02d}//"
    yield "PY", str(copy.year)
    yield "DA", f"{MONTHS[paper.month - 1]} {copy.year}"
    yield from _place(copy)
    yield "CY", "Demotown"
    yield "PB", "Demo Press"
    yield "SN", paper.journal.issn.replace("-", "")
    yield from (("KW", word) for word in paper.keywords)
    yield "UR", f"https://search.proquest.com/docview/{copy.accession}?accountid=00000"
    yield "LA", LANGUAGES[paper.language]
    yield "DB", "Social Science Premium Collection"
    yield "N1", f"Copyright - © Demo Press {copy.year}"
    yield "N1", f"Last updated - {STAMPS[copy.round]}-01"
    if paper.kind != "article":
        yield "M3", _kind_words(paper)
    if copy.doi:
        yield "DO", copy.doi
    yield "ER", ""


def _kind_words(paper: Paper) -> str:
    kinds = {"erratum": "Correction/Retraction", "comment": "Comment/Reply", "protocol": "Clinical Trial Protocol"}
    return kinds.get(paper.kind, "Journal Article")


# -- CINAHL on EBSCOhost --------------------------------------------------------------------------------------------


def _ebsco(copies: Sequence[Copy]) -> bytes:
    return "\n".join(_tagged(_ebsco_entry(copy), "\n") for copy in copies).encode()


def _ebsco_entry(copy: Copy) -> Lines:
    paper = _paper(copy)
    yield "TY", "JOUR"
    yield from _authors(copy, "AU", lambda author: author.full)
    yield "T1", copy.title
    yield "JO", paper.journal.short
    if not copy.short_journal:
        yield "JF", paper.journal.name
    yield "Y1", f"{copy.year}/{paper.month:02d}//"
    yield from _place(copy)
    yield "SN", paper.journal.issn.replace("-", "")
    yield "M3", "Article" if paper.kind == "article" else _kind_words(paper)
    if copy.abstract:
        yield "AB", copy.abstract
        yield "AB", (
            f"Copyright of {paper.journal.name} is the property of Demo Press and its content may not be copied or emailed to multiple "
            "sites or posted to a listserv without the copyright holder's express written permission."
        )
    yield from (("KW", word) for word in paper.keywords)
    yield "N1", f"Accession Number: {copy.accession}. Language: {LANGUAGES[paper.language]}. Entry Date: {copy.year}{paper.month:02d}15."
    yield "UR", f"http://search.ebscohost.com/login.aspx?direct=true&db=ccm&AN={copy.accession}&site=ehost-live"
    if copy.doi:
        yield "DO", copy.doi
    yield "DP", "EBSCOhost"
    yield "DB", "ccm"
    yield "ER", ""


# -- PsycINFO on Ovid -----------------------------------------------------------------------------------------------


def _ovid(copies: Sequence[Copy]) -> bytes:
    """Ovid numbers its entries through all batches of one search, before each TY."""
    return "\n".join(f"{copy.position}. \n{_tagged(_ovid_entry(copy), chr(10))}{_ovid_tail(copy)}" for copy in copies).encode()


def _ovid_entry(copy: Copy) -> Lines:
    paper = _paper(copy)
    yield "TY", "JOUR"
    yield "ID", copy.accession
    yield "T1", copy.title
    yield from _authors(copy, "A1", lambda author: author.short)
    yield "Y1", f"{copy.year}//"
    if copy.abstract:
        yield "N2", f"{copy.abstract} (PsycINFO Database Record (c) {copy.year} Demo, all rights reserved)"
    yield from (("KW", f"*{word}") for word in paper.keywords)
    yield "M3", "Journal Article" if paper.kind == "article" else _kind_words(paper)
    yield "JF", paper.journal.name
    yield "JA", paper.journal.short
    if paper.first_page and not copy.bare:
        yield from _place(copy)
    else:
        yield "SP", "No"
        yield "EP", "Specified"
    yield "CY", "Demoland"
    yield "SN", paper.journal.issn
    yield "LG", LANGUAGES[paper.language]
    if copy.doi:
        yield "DO", f"http://dx.doi.org/{copy.doi}"
    yield "L2", f"http://ovidsp.ovid.com/ovidweb.cgi?T=JS&PAGE=reference&D=psyc&NEWS=N&AN={copy.accession}"
    yield "ER", ""


def _ovid_tail(copy: Copy) -> str:
    return f"\nLink to the Ovid Full Text or citation: http://ovidsp.ovid.com/ovidweb.cgi?T=JS&PAGE=fulltext&D=psyc&AN={copy.accession}\n"


# -- SweMed+ --------------------------------------------------------------------------------------------------------

RUBBISH = "TY  - JOUR\r\nZZ  - #### ~~ ;;; 0x1A 0x00 ####\r\n~~~~ ?? ~~~~\r\nER  - \r\n"
"""The entry that nobody can read: it has a beginning and an end, and nothing between them says what it was."""


def _swemed(copies: Sequence[Copy]) -> bytes:
    entries = (_tagged(_swemed_entry(copy), "\r\n") if copy.paper else RUBBISH for copy in copies)
    return "\r\n".join(entries).encode("cp1252", "replace")


def _swemed_entry(copy: Copy) -> Lines:
    paper = _paper(copy)
    yield "TY", "JOUR"
    yield "AN", copy.accession
    yield from _authors(copy, "AU", lambda author: author.full)
    yield "TI", copy.title
    yield "T2", paper.journal.name
    yield "PY", str(copy.year)
    yield from ((tag, value) for tag, value in (("VL", paper.volume), ("IS", paper.issue)) if value)
    if paper.first_page:
        yield "SP", paper.first_page if paper.first_page == paper.last_page else f"{paper.first_page}-{_last_page(copy)}"
    yield "SN", paper.journal.issn
    yield "LA", paper.language
    if copy.abstract:
        yield "AB", copy.abstract
    yield from (("KW", word) for word in paper.keywords)
    if copy.doi:
        yield "DO", copy.doi
    yield "UR", f"http://svemedplus.example/record/{copy.accession}"
    yield "DB", "SveMed+"
    yield "ER", ""


# -- Idunn ----------------------------------------------------------------------------------------------------------


def _idunn(copies: Sequence[Copy]) -> bytes:
    return "\n".join(_tagged(_idunn_entry(copy), "\n") for copy in copies).encode("utf-8-sig")


def _idunn_entry(copy: Copy) -> Lines:
    paper = _paper(copy)
    yield "TY", "JOUR"
    yield "TI", copy.title
    yield from _authors(copy, "AU", lambda author: author.full)
    yield "T2", paper.journal.name
    yield "PY", str(copy.year)
    yield "DA", f"{copy.year}/{paper.month:02d}/15"
    yield from _place(copy)
    yield "SN", paper.journal.issn
    yield "PB", "Demoforlaget"
    if copy.abstract:
        yield "AB", copy.abstract
    yield from (("KW", word) for word in paper.keywords)
    if copy.doi:
        yield "DO", copy.doi
    yield "UR", f"https://idunn.example/artikkel/{copy.accession}"
    yield "AN", copy.accession
    yield "LA", paper.language
    yield "DP", "Idunn"
    yield "ER", ""


WRITERS: dict[str, Callable[[Sequence[Copy]], bytes]] = {
    layout.PROQUEST: _proquest,
    layout.CINAHL: _ebsco,
    layout.PSYCINFO: _ovid,
    layout.SWEMED: _swemed,
    layout.IDUNN: _idunn,
}
