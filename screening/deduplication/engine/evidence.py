"""What each field says about a pair, in words a person can check."""

from __future__ import annotations

from .card import Card
from .facts import Facts
from .titles import MORE, NEAR, PART, SAME, SILENT, SWAP, WORDS
from .types import Evidence, Verdict


def tell(f: Facts, a: Card, b: Card) -> tuple[Evidence, ...]:
    """The evidence, field by field; silent fields are left out unless both titles or both author lists are missing."""
    out = [_title(f, a, b), _people(f, a, b), _year(f, a, b)]
    out += [
        _plain("journal", f.journal, "Journals", a.item.journal, b.item.journal),
        _plain("volume", f.volume, "Volumes", a.item.volume, b.item.volume),
        _plain("issue", f.issue, "Issues", a.item.issue, b.item.issue),
        _pages(f, a, b),
        _plain("doi", f.doi, "DOIs", a.doi, b.doi),
        _plain("pmid", f.pmid, "PMIDs", a.pmid, b.pmid),
    ]
    if f.accession:
        out.append(Evidence("accession", "same", f"Accession numbers are the same: {a.item.accession}."))
    if f.same_file:
        out.append(Evidence("file", "against", "Both come from the same file."))
    return tuple(e for e in out if e is not None)


def _title(f: Facts, a: Card, b: Card) -> Evidence:
    if f.title == SILENT:
        return Evidence("title", "silent", "At least one has no title to compare.")
    if f.trap:
        return Evidence("title", "against", {
            "erratum": "One title is that of a correction or retraction notice.",
            "protocol": "One title is that of a protocol.",
            "reply": "One title is that of a comment or a reply.",
            "part": "Titles have different numbers or parts.",
        }.get(f.trap, "Titles tell of two publications."))  # fmt: skip
    if f.title == SAME:
        return Evidence(
            "title",
            "same",
            "Titles are the same but for case, accents and punctuation." if a.item.title != b.item.title else "Titles are the same.",
        )
    if f.title == NEAR:
        return Evidence("title", "near", "Titles differ only in spelling or order.")
    if f.title == PART:
        return Evidence("title", "near", "One title is a part of the other.")
    if f.title in (MORE, SWAP, WORDS):
        return Evidence("title", "against", f"Titles are {f.likeness:.0f} % alike but differ in words that matter.")
    return Evidence("title", "against", "Titles differ.")


def _people(f: Facts, a: Card, b: Card) -> Evidence:
    if f.people == 0:
        return Evidence("authors", "silent", "At least one has no authors to compare.")
    if f.people < 0:
        return Evidence("authors", "against", "Authors differ.")
    count = min(len(a.people), len(b.people))
    verdict: Verdict = "same" if f.people == 2 else "near"
    if len(a.people) == len(b.people) == f.shared:
        return Evidence("authors", verdict, "Authors are the same.")
    return Evidence("authors", verdict, f"{min(f.shared, count)} of {count} authors are the same.")


def _year(f: Facts, a: Card, b: Card) -> Evidence | None:
    if f.gap < 0:
        return Evidence("year", "silent", "At least one has no year.") if a.year or b.year else None
    if f.gap == 0:
        return Evidence("year", "same", f"Years are the same: {a.year}.")
    low, high = sorted((a.year, b.year))
    if f.gap == 1:
        return Evidence("year", "near", f"Years differ by one: {low}, {high}.")
    return Evidence("year", "against", f"Years differ by {f.gap}: {low}, {high}.")


def _pages(f: Facts, a: Card, b: Card) -> Evidence | None:
    mine, yours = a.item.pages or a.item.article_number, b.item.pages or b.item.article_number
    if not mine or not yours:
        return None
    low, high = sorted((mine, yours))
    if f.page == 0:
        return Evidence("pages", "silent", f"Pages cannot be compared: {low}, {high}.")
    if f.page == 3:
        return Evidence("pages", "same", f"Pages are the same: {low}.")
    if f.page == 2:
        return Evidence(
            "pages", "same", f"First pages are the same: {low}, {high}." if low != high else f"First pages are the same: {low}."
        )
    if f.page == 1:
        return Evidence("pages", "near", f"Last pages are the same, first pages differ: {low}, {high}.")
    return Evidence("pages", "against", f"Pages differ: {low}, {high}.")


def _plain(field: str, level: int, many: str, a: str, b: str) -> Evidence | None:
    if not a or not b or level == 0:
        return None
    low, high = sorted((a, b))
    if level < 0:
        return Evidence(field, "against", f"{many} differ: {low}, {high}.")
    if low.casefold() == high.casefold():
        return Evidence(field, "same", f"{many} are the same: {low}.")
    if level == 1 and field == "journal":
        return Evidence(field, "near", f"{many} may be the same: {low}, {high}.")
    return Evidence(field, "same", f"{many} are the same, written differently: {low}, {high}.")
