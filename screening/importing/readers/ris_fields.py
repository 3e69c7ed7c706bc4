"""From RIS tags to the normal form: what each platform means by them."""

from __future__ import annotations

import re

from . import abstracts, names, platforms, values
from .base import Fields, words

REPEATING = tuple(words("JO T2 JF JA J2 T1 TI ST"))


_ABSENT = ("NA", "N/A", "NULL", "nan", "None")  # what programs write for what is not there


def _first(tags: dict[str, list[str]], *names: str) -> str:
    """Take the first value that is not empty; tags of which nothing is left over leave the dict."""
    for name in names:
        held = tags.get(name)
        if held is None:
            continue
        if len(held) == 1:
            del tags[name]
            if (value := held[0].strip()) and (len(value) > 4 or value not in _ABSENT):
                return value
            continue
        for value in held:
            if value := value.strip():
                _drop(tags, name, value)
                return value
        del tags[name]
    return ""


def _drop(tags: dict[str, list[str]], name: str, value: str) -> None:
    """Take a value that was used, and its repetitions, out of the tags."""
    left = [one for held in tags[name] if (one := held.strip()) and one != value]
    if left:
        tags[name] = left
    else:
        del tags[name]


def fields_of(tags: dict[str, list[str]], provider: str = "") -> Fields:
    """Map RIS tags to the normal form; what has no field of its own stays in `other`."""
    left = tags
    first = _first
    kind = first(left, "TY")
    title = first(left, "TI", "T1")
    if not title:
        title = first(left, "CT", "BT")
    if not title and "T2" in left and ("ST" in left):
        title = first(left, "ST")
    title = values.tidy(title)
    authors = _authors(left)
    year, date = _year(left)
    abstract = _abstract(left)
    translated = first(left, "T2") if "T2" in left and left["T2"][0][:1] == "[" and ("JO" in left or "JF" in left) else ""
    journal = first(left, "JF", "T2", "JO", "JA", "J2", "SO", "BT")
    for name in REPEATING:
        if name in left:
            kept = [one for held in left[name] if (one := held.strip()) and one != journal and one != title]
            if kept:
                left[name] = kept
            else:
                del left[name]
    title_other = values.tidy(first(left, "TT", "OP")) if ("TT" in left or "OP" in left) else ""
    title_other = title_other or values.tidy(translated.strip("[]"))
    if not title_other and "U2" in left and "T2" in left and "JF" not in left and left["U2"][0].startswith("L"):
        title_other = values.tidy(first(left, "T2"))  # Embase.com: T2 is the title in the original language
    url, doi, more_urls = _links(left)
    if "T1" in left and not title:
        title = values.tidy(first(left, "T1"))
    start, end = first(left, "SP", "PG"), first(left, "EP")
    serials = left.pop("SN", ())
    serial = serials[0] if len(serials) == 1 else "; ".join(serials)
    issn, isbn = values.serials_of(serial) if serial else ("", "")
    if not issn and not isbn and serial.strip():
        left["SN"] = [serial]
    accession, database = _accession(left, url, more_urls, provider)
    pmid, pmcid = _pubmed(left, accession, database, url)
    keywords = [term for one in left.pop("KW", ()) if (term := one.strip())]
    if len(keywords) == 1 and ";" in keywords[0]:
        keywords = values.split_terms(keywords[0])
    notes = "\n".join([note for name in ("N1", "RN") if name in left for one in left.pop(name) if (note := one.strip())])
    number = first(left, "C7") if "C7" in left else ""
    return Fields(
        _type(kind, left) if "M3" in left else values.type_of(kind) if kind else "other",
        title,
        title_other,
        authors,
        year,
        date,
        journal,
        values.volume_of(first(left, "VL", "VO")),
        first(left, "IS", "IP"),
        values.pages_of(start, end) if start or end else "",
        number,
        doi,
        pmid,
        pmcid,
        issn,
        isbn,
        accession,
        database,
        abstracts.sections(abstract),
        tuple([term if term.isprintable() and "  " not in term else values.tidy(term) for term in keywords]),
        first(left, "LA", "LG"),
        url,
        notes,
        {name: kept for name, held in left.items() if (kept := [one for text in held if (one := text.strip())])},
    )


def _type(kind: str, tags: dict[str, list[str]]) -> str:
    """Give the type; Zotero and EndNote write preprints as reports and say what they are in M3."""
    return "preprint" if tags["M3"][0].strip().lower() == "preprint" else values.type_of(kind) if kind else "other"


def _authors(tags: dict[str, list[str]]) -> tuple[str, ...]:
    """Give AU and A1; several names in one line are parted at ";". Editors are no authors and stay in `other`."""
    held = tags.pop("AU", None) or []
    if "A1" in tags:
        more = tags.pop("A1")
        held = held + [name for name in more if name not in held] if held else more
    found: list[str] = []
    for one in held:
        commas = one.count(",")
        if ";" in one or commas > 1 or (commas and " " in one[: one.find(",")] and _ENDS_IN_INITIALS.match(one)):
            found += [name for part in names.split_value(one) if (name := values.tidy(part))]
        elif name := one.strip():
            if name[0] == "{" and name[-1] == "}" and len(name) > 2:
                name = name[1:-1]
            found.append(" ".join(name.split()) if "\n" in name or "  " in name else name)
    return tuple(found)


_ENDS_IN_INITIALS = re.compile(r"^[^,]+ [^\Wa-z\d_][^\Wa-z\d_.-]{0,4},")  # "Demo AB, …"


def _year(tags: dict[str, list[str]]) -> tuple[int | None, str]:
    """Give the year and the fullest date; a tag that names no year leaves the question to the next."""
    year = None
    date = ""
    for name in ("PY", "Y1", "DA", "YR", "PD"):
        if name in tags:
            held = next((one for one in tags[name] if one.strip(" /")), "").strip()
            if not held:
                del tags[name]
                continue
            if year is None:
                year = values.year_of(held)
            if len(trimmed := _day(held)) > len(date) and not trimmed.startswith("Spec"):
                date = trimmed
            _drop(tags, name, held)
    return year, date


def _day(held: str) -> str:
    """Take the note off a date: `2019/05/03/Epub` is 2019/05/03, `2021/03//Mar 2021` is 2021/03."""
    if held.count("/") >= 3 and held[:4].isdigit():
        held = "/".join(held.split("/")[:3])
    return held.rstrip("/ ")


def _abstract(tags: dict[str, list[str]]) -> str:
    """Give AB, else N2; EBSCOhost's second AB is a copyright notice and no abstract, other repetitions are languages."""
    for name in ("AB", "N2"):
        held = tags.get(name)
        if held is None:
            continue
        texts = [one for one in held if one and not one.isspace()]
        if len(texts) > 1:
            notices = [one for one in texts[1:] if abstracts.is_copyright(one.strip())]
            texts = [one for one in texts if one not in notices]
            if notices:
                tags["AB copyright"] = notices
        del tags[name]
        if texts:
            return "\n".join(one.strip() for one in dict.fromkeys(texts))
    return ""


def _links(tags: dict[str, list[str]]) -> tuple[str, str, list[str]]:
    """Give (link, DOI, further links); the DOI comes from DO, else from a link to the resolver, else from M3 or N1 that is one."""
    urls = tags.pop("UR", None) or []
    if len(urls) > 1 or (urls and (urls[0].count("://") != 1 or " " in urls[0] or "\n" in urls[0])):
        urls = list(dict.fromkeys(part for one in urls for part in _apart(one)))
    doi = ""
    for name in ("DO", "DI"):
        for held in tags.get(name, ()):
            doi = doi or values.doi_of(held)
            if doi:
                break
        if doi:
            others = [one for one in tags[name] if one.strip() and values.doi_of(one) != doi] if len(tags[name]) > 1 else []
            if others:
                tags[name] = others
            else:
                del tags[name]
            break
    if not doi:
        linked = (values.doi_in_link(one) for one in (*urls, *tags.get("L2", ()), *tags.get("L3", ()), *tags.get("LK", ())))
        doi = next(filter(None, linked), "")
    if not doi:
        for name in ("M3", "L3", "N1", "C1"):
            for one in tags.get(name, ()):
                if one.lstrip()[:4].lower() in ("doi:", "doi ", "10.1", "10.2", "10.3", "10.4", "10.5", "10.7"):
                    doi = doi or values.doi_of(one)
    if len(urls) > 1:
        tags["UR"] = urls[1:]
    return (urls[0] if urls else ""), doi, urls[1:]


def _apart(text: str) -> list[str]:
    """Part links that stand in one value."""
    text = text.strip()
    if text.count("://") > 1 or "\n" in text:
        return [part for part in _BETWEEN_LINKS.split(text) if part]
    return [text] if text else []


_BETWEEN_LINKS = re.compile(r"[;\s]+(?=(?:https?|ftp)://|<Go to ISI>)|\n\s*")


_KEY = re.compile(r"^\s*[^\W\d]+[_:-]?[12][0-9]{3}[a-z]{0,3}\s*$")  # Demo2021a: a publisher's key for citing, no accession number
_LINK_AN = re.compile(r"[?&;]AN=([^&\s]+)")  # EBSCOhost, Ovid


def _accession(tags: dict[str, list[str]], url: str, more: list[str], provider: str) -> tuple[str, str]:
    """Give (accession number, database) from AN, U2, ID, the link, and DB; EndNote's ID is a row number and none."""
    first = _first
    database = platforms.database_name(first(tags, "DB")) if "DB" in tags else ""
    accession = first(tags, "AN", "UT") if "AN" in tags or "UT" in tags else ""
    links = (url, *more) if more else (url,) if url else ()
    if not accession:
        for link in links:
            match = _LINK_AN.search(link) if "AN=" in link else None
            if accession := match[1] if match else platforms.scopus_eid(link) if "eid=" in link else "":
                break
    if not accession and "U2" in tags and tags["U2"][0].strip()[:1] == "L":
        accession = first(tags, "U2")
        database = database or "Embase"
    told_platform = told = ""
    if not database:
        for link in (*links, *tags.get("L2", ())):
            told_platform, told = platforms.platform_of_link(link)
            if told_platform:
                break
        database = platforms.database_by_accession(accession) or told
        if not database and provider:
            database = "Cochrane Library" if "wiley" in provider.lower() else provider
        if not database and "WE" in tags and "PU" in tags:
            database = "Web of Science"
    if accession and tags.get("ID", [""])[0].strip() == accession:
        del tags["ID"]
    if not accession and "ID" in tags and (len(tags["ID"][0].strip()) > 5 or told_platform == "Ovid") and not _KEY.match(tags["ID"][0]):
        accession = first(tags, "ID")
        if accession == url:
            accession = ""
    return accession, database


def _pubmed(tags: dict[str, list[str]], accession: str, database: str, url: str) -> tuple[str, str]:
    """Give (PMID, PMCID) from the tags that platforms use for them."""
    pmid = pmcid = ""
    if "PM" in tags:
        pmid = values.pmid_of(_first(tags, "PM"))
    if "PMCID" in tags:
        pmcid = values.pmcid_of(_first(tags, "PMCID"))
    for name in ("C2", "C5", "U1", "U2", "C3", "C6"):
        for held in tags.get(name, ()):
            held = held.strip()
            if not pmcid and held[:3].upper() == "PMC":
                pmcid = values.pmcid_of(held)
            elif not pmid and name in ("C2", "C5") and held.isdigit():
                pmid = values.pmid_of(held)
            elif not pmid and (held[-6:].upper() == "[PMID]" or held[:4].upper() == "PMID"):
                pmid = values.pmid_of(held.partition("[")[0].upper().removeprefix("PMID").strip(" :"))
            elif not pmid and "PUBMED " in held:
                pmid = values.pmid_of(held.partition("PUBMED ")[2].partition(",")[0])
    if not pmid:
        low = database.lower()
        provider = tags["DP"][0].strip().lower() if "DP" in tags else ""
        if accession.isdigit() and ("medline" in low or "pubmed" in low or "nlm" in (low, provider)):
            pmid = values.pmid_of(accession)
        elif "pubmed" in url:
            pmid = values.pmid_in_link(url)
        elif accession.startswith("MEDLINE:"):
            pmid = values.pmid_of(accession[8:])
    return pmid, pmcid
