"""What the columns of tables are called, by source, and how a row becomes a reference (CSV, XLSX, Web of Science's tab files)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date as day
from datetime import timedelta
from functools import lru_cache

from screening.writers.text import unguarded

from . import abstracts, names, platforms, values
from .base import Fields
from .source_line import Where, parse_source

# For each field the header names, most trusted first; written as `key()` makes them.
_COLUMNS = {
    "title": (
        "title documenttitle itemtitle articletitle ti primarytitle displayname papertitle titles titel reporttitle "
        "titleofarticle publicationtitletitle t1 fulltitle tittel titre titulo titolo titelei otsikko studytitle publictitle "
        "scientifictitle タイトル 文献标题 文獻標題 文献题名"
    ),
    "title_other": "originaltitle translatedtitle tt titleoriginal",
    "authors": (
        "authors author authornames authorss au authorshipsauthordisplayname firstauthors creator creators forfatter forfattere "
        "författare autor autores auteur auteurs autori auteursnaam tekija tekijat verfasser authorfullnames af authorlist "
        "authorname a1 allauthors authorshipsrawauthorname authorstring contributors inventors autoren 著者名 作者 作者名"
    ),
    "year": (
        "year publicationyear publishedyear py pubyear yearofpublication yearpublished yr publicationyearyear ar arstall "
        "utgivelsesar udgivelsesar utgivningsar jahr erscheinungsjahr ano annee anno jaar vuosi y1 dateyear 出版年 年份"
    ),
    "date": (
        "date publicationdate datepublished dateofpublication published issued pd coverdate onlinedate pubdate "
        "dateregistration3 dateregistration firstposted studyfirstposted"
    ),
    "journal": (
        "journal sourcetitle quellentitel titredelasource titulodelafuente titulodafonte titolodellafonte 出版物名 "
        "来源出版物名称 來源出版物名稱 "
        "publicationtitle journalbook publicationname journaltitle sourcename containertitle jf jo "
        "primarylocationsourcedisplayname secondarytitle booktitle publication source so tidsskrift alternatetitle3 t2 "
        "abbreviatedsourcetitle journalabbreviation alternatetitle2 hostvenuedisplayname journalname revista revue rivista "
        "zeitschrift tijdschrift tidskrift julkaisu sourcetitleanthologytitle "
        "pubtitle venue publicationvenue sourceregister"
    ),
    "volume": "volume journalvolume vl vol bibliovolume volumen band 巻 卷",
    "issue": "issue issuenumber number journalissue is no biblioissue heft numero fascicolo 号 期",
    "pages": "pages page pagerange pg pagination pagenumbers pageinfo",
    "first_page": (
        "pagestart startpage firstpage bp beginningpage sp bibliofirstpage ersteseite seitevon pagededebut paginadeinicio paginainicial "
        "paginainiziale 開始ページ 起始页码 起始頁碼"
    ),
    "last_page": (
        "pageend endpage lastpage ep endingpage bibliolastpage letzteseite seitebis pagedefin paginafinal paginafinale 終了ページ 结束页码 "
        "結束頁碼"
    ),
    "article_number": "artno articlenumber artnr nart artn 論文番号 论文编号 論文編號",
    "doi": "doi itemdoi di do doilink digitalobjectidentifier idsdoi doinumber externalids",
    "pmid": "pmid pubmedid pm medlinepmid idspmid pubmed medlinepui pubmedidpmid",
    "pmcid": "pmcid pmc idspmcid pmcids",
    "issn": "issn issns sn printissn eissn ei primarylocationsourceissnl journalissn journaleissn",
    "isbn": "isbn isbns bn",
    "accession": (
        "accessionnumber eid ut pui centralid lensid key ui an recordid uniquewosid utuniquewosid embaseaccessionid "
        "publicationid dimensionspublicationid id accessionno nctnumber trialid storeid pid"
    ),
    "database": "databasename database db sourcedatabase nameofdatabase databases longdbname",
    "abstract": (
        "abstract abstractnote ab summary abstracts notesabstract abstracttext sammendrag sammanfattning resume resumen resumo "
        "riassunto zusammenfassung samenvatting tiivistelma briefsummary kurzfassung kurzbeschreibung 抄録 要約 摘要"
    ),
    "keywords": (
        "keywords authorkeywords kw de indexkeywords meshterms ieeeterms manualtags automatictags id2 mh subjects "
        "emtreemedicalindextermsmajorfocus emtreemedicalindexterms emtreedrugindextermsmajorfocus keyword tags subjectheadings "
        "keywordsplus mesh subjectterms identifierkeywords autorenschlusselworter autorenschlagworter schlagworter motsclesdelauteur "
        "motscles "
        "palabrasclavedeautor palabrasclave palavraschavedoautor palavraschave parolechiavedellautore emneord nyckelord 著者キーワード "
        "作者关键字 作者關鍵字"
    ),
    "language": "language languageoforiginaldocument la lg languageofarticle sprak sprache langue idioma lingua 本文言語 原始文献语言",
    "url": (
        "url webaddress link links articleurl externalurl pdflink ur openurllink urls primarylocationlandingpageurl fulltexturl plink "
        "studyurl dimensionsurl documenturl lien enlace リンク 链接 鏈接"
    ),
    "type": (
        "itemtype documentidentifier documenttype publicationtype contenttype type dt typeofreference referencetype pt typeofwork doctype "
        "pubtype dokumenttyp typededocument tipodedocumento tipodidocumento 文献タイプ 文献类型 文獻類型"
    ),
    "notes": "notes note extra exportednotes1 n1",
}


@lru_cache(maxsize=4096)
def key(name: str) -> str:
    """Fold a header name: letters and digits only, small, without accents (å is a; ø and æ stay)."""
    folded = name.strip().lower()
    if not folded.isascii():
        folded = "".join(letter for letter in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", "", folded)


COLUMNS: dict[str, tuple[str, ...]] = {field: tuple(names.split()) for field, names in _COLUMNS.items()}
LOOKUP = {key(name): (field, rank) for field, names in COLUMNS.items() for rank, name in enumerate(names)}
FIRST_DAY, LAST_DAY = 14_000, 60_000  # 1938 to 2064, as a spreadsheet counts days
_STRONG = {"title", "authors", "abstract", "doi", "pmid", "journal", "year"}

#: What Scopus calls the journal where its pages are in another language.
SCOPUS_JOURNALS = (
    "quellentitel", "titredelasource", "titulodelafuente", "titulodafonte", "titolodellafonte", "出版物名", "来源出版物名称",
    "來源出版物名稱",
)  # fmt: skip

# Which header names show a source: every set is enough.
SIGNATURES: tuple[tuple[frozenset[str], str, str], ...] = tuple(
    (frozenset(names.split()), database, platform)
    for names, database, platform in (
        ("eid sourcetitle", "Scopus", "Scopus"),
        *((f"eid {title}", "Scopus", "Scopus") for title in SCOPUS_JOURNALS),
        ("authorsid sourcetitle", "Scopus", "Scopus"),
        ("sourcetitle citedby artno", "Scopus", "Scopus"),
        ("pmid journalbook", "PubMed", "PubMed"),
        ("pmid createdate", "PubMed", "PubMed"),
        ("emtreedrugindexterms", "Embase", "Embase.com"),
        ("authornames pui", "Embase", "Embase.com"),
        ("embaseaccessionid", "Embase", "Embase.com"),
        ("documenttitle ieeeterms", "IEEE Xplore", "IEEE Xplore"),
        ("documenttitle dateaddedtoxplore", "IEEE Xplore", "IEEE Xplore"),
        ("itemtitle itemdoi", "SpringerLink", "SpringerLink"),
        ("lensid", "Lens", "Lens"),
        ("centralid", "Cochrane CENTRAL", "Cochrane Library"),
        ("cochranereviewgroupcode", "Cochrane Library", "Cochrane Library"),
        ("gsrank", "Google Scholar", "Publish or Perish"),
        ("key itemtype abstractnote", "", "Zotero"),
        ("covidence study", "", "Covidence"),
        ("covidence ref", "", "Covidence"),
        ("authorshipsauthordisplayname", "OpenAlex", "OpenAlex"),
        ("authorshipsauthorposition", "OpenAlex", "OpenAlex"),
        ("pt au ut", "Web of Science", "Web of Science"),
        ("utuniquewosid", "Web of Science", "Web of Science"),
        ("publicationtype authors uniquewosid", "Web of Science", "Web of Science"),
        ("publicationid dimensionsurl", "Dimensions", "Dimensions"),
        ("publicationid pubyear", "Dimensions", "Dimensions"),
        ("asreviewranking", "", "ASReview"),
        ("asreviewlabel", "", "ASReview"),
        ("recordid included", "", "ASReview"),
        ("recordid labelincluded", "", "ASReview"),
        ("vn db ui", "", "Ovid"),
        ("articletitle plink", "", "EBSCOhost"),
        ("plink longdbname", "", "EBSCOhost"),
        ("nctnumber studytitle", "ClinicalTrials.gov", "ClinicalTrials.gov"),
        ("nctnumber title", "ClinicalTrials.gov", "ClinicalTrials.gov"),
        ("trialid publictitle", "WHO ICTRP", "WHO ICTRP"),
        ("storeid documenturl", "", "ProQuest"),
        ("pid publicationtype nbn", "DiVA", "DiVA"),
        ("authorstring journaltitle", "", "Europe PMC"),
        ("journaltitle pageinfo pmcid", "", "Europe PMC"),
        ("key pubmedid pmcid2", "", "Rayyan"),
    )
)


def plan(header: Sequence[str]) -> dict[str, list[int]]:
    """Say which columns feed which field, most trusted first."""
    ranked: dict[str, list[tuple[int, int]]] = {}
    seen_fields: dict[str, int] = {}
    for place, name in enumerate(header):
        found = LOOKUP.get(key(name))
        if found:
            ranked.setdefault(found[0], []).append((found[1], place))
            seen_fields[found[0]] = place
    names = [key(name) for name in header]
    out = {field: [place for _, place in sorted(pairs)] for field, pairs in ranked.items()}
    if "ut" in names and "pt" in names:  # Web of Science: the other indexes have pages in PS, a title in the language of origin in FT
        out.setdefault("pages", []).extend(place for place, name in enumerate(names) if name == "ps")
        out.setdefault("title_other", []).extend(place for place, name in enumerate(names) if name == "ft")
    if "ut" in names and "ar" in names:  # Web of Science: AR is the article number, not a year
        place = names.index("ar")
        out["year"] = [one for one in out.get("year", []) if one != place]
        out.setdefault("article_number", []).insert(0, place)
    if "pid" in names and "name" in names and "authors" not in out:  # DiVA calls the authors so
        out["authors"] = [names.index("name")]
    if "covidence" in names and "tags" in names:  # the team's own labels, no keywords
        place = names.index("tags")
        out["keywords"] = [one for one in out["keywords"] if one != place]
    return out


def score(header: Sequence[str]) -> int:
    """Say how surely a row is a header of references: 0 when it names no title, abstract or identifier."""
    fields = plan(header)
    strong = sum(name in fields for name in _STRONG) + (origin(header) != ("", ""))
    if "title" not in fields and not {"abstract", "doi", "pmid"} & fields.keys():
        return 0
    if any(len(name) > 80 for name in header if LOOKUP.get(key(name))):
        return 0
    return strong * 10 + min(len(fields), 9) if strong >= 2 else 0


_OWN = frozenset(("record", "articlenumber", "titleother", "pmcid", "sources"))


def is_own(header: Sequence[str]) -> bool:
    """Say whether the table is one that this software wrote: its cells are taken back exactly."""
    return {key(name) for name in header} >= _OWN


def own_fields(header: Sequence[str], cells: Sequence[str]) -> Fields:
    """Give the fields of a row that this software wrote: lists are joined by "; ", cells that a spreadsheet would calculate guarded."""
    held = {name.strip(): unguarded(cell) for name, cell in zip(header, cells, strict=False)}
    texts = {name: held.get(name, "") for name in Fields.__slots__ if name not in ("authors", "keywords", "year", "other")}
    lists = {name: tuple(one for one in held.get(name, "").split("; ") if one) for name in ("authors", "keywords")}
    other = {name: [cell] for name, cell in held.items() if name not in Fields.__slots__ and cell}
    return Fields(**texts, **lists, year=values.year_of(held.get("year", "")), other=other)  # type: ignore[arg-type]  # by name


def origin(header: Sequence[str]) -> tuple[str, str]:
    """Give (database, platform) that the header shows."""
    names = {key(name) for name in header}
    for signature, database, platform in SIGNATURES:
        if signature <= names:
            return database, platform
    if {"key", "title", "authors", "pubmedid"} <= names or {"key", "location", "issn", "articles"} <= names:
        return "", "Rayyan"
    return "", ""


_PMID_NOTE = re.compile(r"^PMID: ?([1-9][0-9]{0,7})\b", re.M)
_PARTED_YEAR = re.compile(r"^([12])[., \u00a0\u202f’']([0-9]{3})$")  # 2,020 and 2.020, as a spreadsheet shows a number
_PMCID_NOTE = re.compile(r"^PMCID: ?(PMC[0-9]{1,9})\b", re.M)
_PLACEHOLDER = re.compile(r"^\[(?:No [^\]]{3,60}(?:available|found|given|listed)|no author|not available)\]\.?$", re.I)
_ABSENT = frozenset(("na", "n/a", "nan", "null", "none", "-", "–"))


def fields_of(
    header: Sequence[str], places: dict[str, list[int]], cells: Sequence[str], database: str, platform: str, *, mapped: bool = False
) -> Fields:
    """Map one row to the normal form; columns without a field of their own stay in `other`.

    Several columns that a person mapped to authors or notes are joined; of several that the header names, the first filled one counts.
    """
    used: set[int] = set()

    def cell(place: int) -> str:
        text = cells[place].strip() if place < len(cells) else ""
        return "" if len(text) < 90 and (text.lower() in _ABSENT or _PLACEHOLDER.match(text)) else text

    def first(field: str) -> str:
        for place in places.get(field, ()):
            if text := cell(place):
                used.add(place)
                return text
        return ""

    def every(field: str) -> list[str]:
        used.update(places.get(field, ()))
        return [text for place in places.get(field, ()) if (text := cell(place))]

    title = values.tidy(first("title"))
    named = "; ".join(every("authors")) if mapped else first("authors")
    if "@" in named:
        named = _MAIL.sub("", named)
    if platform == "DiVA":
        named = _AFFILIATION.sub("", named)
    date = _day(first("date"))
    year_text = _day(first("year"))
    journal = values.tidy(first("journal"))
    year = values.year_of(_PARTED_YEAR.sub(r"\1\2", year_text.removesuffix(".0"))) or values.year_of(date)
    source = next((text for place in places.get("journal", ()) if key(header[place]) in ("source", "so") and (text := cell(place))), "")
    source = source or next((cells[place] for place, name in enumerate(header[: len(cells)]) if key(name) == "citation"), "")
    where = parse_source(source) if source and (platform in ("Ovid", "Embase.com") or _LOOKS_PARTED.search(source)) else Where()
    if journal == values.tidy(source) and where.journal:
        journal = where.journal
    if year is None and "year" not in places:
        year = values.year_of(where.year)
    start, end = first("first_page"), first("last_page")
    volume, issue = (_number(first(field)) for field in ("volume", "issue"))
    if platform == "Publish or Perish":  # writes 0 for what it does not know
        start, end, volume, issue = ("" if text == "0" else text for text in (start, end, volume, issue))
    pages = first("pages") or (where.pages if not start else "")
    url = first("url")
    doi = next((found for text in every("doi") if (found := values.doi_of(text))), "") or values.doi_in_link(url)
    pmid = next((found for text in every("pmid") if (found := values.pmid_of(text))), "")
    notes = "\n".join(every("notes")) if mapped else first("notes")
    extra = "\n".join(text for place in places.get("notes", ()) if (text := cell(place)))
    if not pmid and (told := _PMID_NOTE.search(extra)):
        pmid = told[1]
    serials = [values.serials_of(text) for text in (*every("issn"), *every("isbn"))]
    given_database = platforms.database_name(first("database"))
    accession = _accession(every("accession"), header, places, cells, platform)
    abstract = abstracts.joined_lines(first("abstract").split("\n"))
    keywords = tuple(dict.fromkeys(term for text in every("keywords") for term in values.split_terms(text)))
    return Fields(
        type=values.type_of(_kind(first("type"))) if "type" in places else "other",
        title=title,
        title_other=values.tidy(first("title_other")),
        authors=tuple(names.run_together(named) if platform == "SpringerLink" else names.split_names(named)),
        year=year,
        date=date or where.date,
        journal=journal,
        volume=volume or where.volume,
        issue=issue or where.issue,
        pages=values.pages_of(pages) if pages else values.pages_of(_number(start), _number(end)),
        article_number=_number(first("article_number")) or where.article_number,
        doi=doi,
        pmid=pmid,
        pmcid=values.pmcid_of(first("pmcid") or ((told := _PMCID_NOTE.search(extra)) and told[1]) or ""),
        issn="; ".join(dict.fromkeys(one for one, _ in serials if one)),
        isbn="; ".join(dict.fromkeys(one for _, one in serials if one)),
        accession=accession,
        database=given_database or database or (platforms.platform_of_link(url)[1] if url else ""),
        abstract=abstracts.sections(abstract),
        keywords=keywords,
        language=first("language"),
        url=url.split("\n")[0].strip(),
        notes=notes,
        other={
            header[place].strip() or f"column {place + 1}": [text]
            for place in range(len(cells))
            if place not in used and place < len(header) and (text := cells[place].strip())
        }
        | ({"platform": [platform]} if platform else {}),
    )


_MAIL = re.compile(r" ?\([^()\s]{1,100}@[^()\s]{1,100}\)")
_AFFILIATION = re.compile(r"\s*(?:\[[^\]]{0,300}\]|\((?:[^()]|\([^()]{0,300}\)){0,600}\))")
_LOOKS_PARTED = re.compile(r"[;,.)] ?[0-9]{1,4} ?(?:\([^)]{1,20}\))? ?:|\([12][0-9]{3}\) ?[0-9]")


def _number(text: str) -> str:
    """Undo what spreadsheets do to numbers: 12.0 is 12."""
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text


def _day(text: str) -> str:
    """Undo what spreadsheets do to dates: 43525 is the day of that number since 1900."""
    number = _number(text)
    if not number.isascii() or not number.isdigit() or not FIRST_DAY <= int(number) <= LAST_DAY:
        return text
    return (day(1899, 12, 30) + timedelta(int(number))).isoformat()


def _kind(text: str) -> str:
    return {"J": "journal article", "C": "conference paper", "B": "book", "S": "book", "P": "patent"}.get(text, text)


def _accession(found: list[str], header: Sequence[str], places: dict[str, list[int]], cells: Sequence[str], platform: str) -> str:
    """Take the first identifier that is one: a plain row number is none."""
    for place in places.get("accession", ()):
        text = cells[place].strip() if place < len(cells) else ""
        row_number = key(header[place]) in ("id", "recordid", "key") and text.isdigit() and len(text) < 6
        if text and not row_number and not (platform == "Zotero" and key(header[place]) == "key"):
            return text.removeprefix("https://openalex.org/")
    for place in places.get("url", ()):
        if match := _ARNUMBER.search(cells[place] if place < len(cells) else ""):
            return match[1]
    return ""


_ARNUMBER = re.compile(r"ieeexplore\.ieee\.org/\S{0,60}?(?:arnumber=|document/)([0-9]{3,12})")
