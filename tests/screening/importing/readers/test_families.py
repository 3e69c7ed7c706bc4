"""Members of known families that came later: the same format as somebody else writes it."""

import json
from io import BytesIO

import pytest

from screening.importing import readers


def read(text: str, name: str = "export.txt") -> tuple[readers.Reading, list[readers.ReadEntry]]:
    reading = readers.open_export(BytesIO(text.encode()), name)
    return reading, list(reading)


def fields(text: str, name: str = "export.txt") -> list[readers.Fields]:
    _reading, entries = read(text, name)
    assert all(one.fields is not None for one in entries)
    return [one.fields for one in entries if one.fields is not None]


SCOPUS = {
    "de": "Autoren,Titel,Jahr,Quellentitel,Band,Heft,Art.-Nr.,Erste Seite,Letzte Seite,DOI,Link,Kurzfassung,Autoren-Schlüsselwörter,EID",
    "fr": "Auteurs,Titre,Année,Titre de la source,Volume,Numéro,N° art.,Page de début,Page de fin,DOI,Lien,Résumé,Mots-clés de l'auteur,EID",
    "es": "Autores,Título,Año,Título de la fuente,Volumen,Número,Art. No.,Página de inicio,Página final,DOI,Enlace,Resumen,"
    "Palabras clave de autor,EID",
    "pt": "Autores,Título,Ano,Título da fonte,Volume,Número,Art. Nº,Página inicial,Página final,DOI,Link,Resumo,Palavras-chave do autor,EID",
    "ja": "著者名,タイトル,出版年,出版物名,巻,号,論文番号,開始ページ,終了ページ,DOI,リンク,抄録,著者キーワード,EID",
    "zh": "作者,文献标题,年份,来源出版物名称,卷,期,论文编号,起始页码,结束页码,DOI,链接,摘要,作者关键字,EID",
}


@pytest.mark.parametrize("language", SCOPUS)
def test_scopus_is_read_in_the_language_of_its_pages(language):
    row = '"Demo A.; Demo B.",A title,2020,Demo Journal,1,2,e7,3,9,10.5555/sc.1,https://www.scopus.com/x,Words.,one; two,2-s2.0-1'
    reading, (entry,) = read(f"{SCOPUS[language]}\n{row}\n", "scopus.csv")

    assert reading.source == "Scopus"
    one = entry.fields
    assert (one.authors, one.title, one.year, one.journal) == (("Demo A.", "Demo B."), "A title", 2020, "Demo Journal")
    assert (one.volume, one.issue, one.article_number, one.pages) == ("1", "2", "e7", "3-9")
    assert (one.abstract, one.keywords, one.doi, one.accession) == ("Words.", ("one", "two"), "10.5555/sc.1", "2-s2.0-1")


@pytest.mark.parametrize(
    ("header", "source"),
    [
        ("Rank,Publication ID,DOI,PMID,Title,Abstract,Source title,PubYear,Authors", "Dimensions"),
        ('"Title";"Author Names";"Source title";"Publication Year";"Abstract";"Embase Accession ID"', "Embase"),
    ],
)
def test_a_header_tells_the_source_also_with_few_columns(header, source):
    mark = ";" if ";" in header else ","
    row = mark.join(str(n) for n in range(2001, 2001 + header.count(mark) + 1))
    assert read(f"{header}\n{row}\n", "export.csv")[0].source == source


def test_zoteros_table_has_the_pmid_in_extra_though_there_are_notes():
    header = "Key,Item Type,Publication Year,Author,Title,Abstract Note,Extra,Notes"
    (one,) = fields(f'{header}\nABCD2345,journalArticle,2020,"Demo, Anna",A title,Words.,"PMID: 10000081\nPMCID: PMC8100001","<p>Mine</p>"\n', "zotero.csv")

    assert (one.pmid, one.pmcid, one.notes) == ("10000081", "PMC8100001", "<p>Mine</p>")
    assert one.other["Extra"] == ["PMID: 10000081\nPMCID: PMC8100001"]


def test_a_quotation_mark_that_is_not_closed_swallows_no_row():
    text = 'title,authors,year,abstract\n"First","Demo, A",2019,a\n"Second,x,2020,b\n"Third","Demo, C",2021,c\n"Fourth","Demo, D",2022,d\n'
    _reading, entries = read(text, "table.csv")

    assert [one.fields.title if one.fields else one.problem[:16] for one in entries] == ["First", "A quotation mark", "Third", "Fourth"]
    assert entries[1].raw == '"Second,x,2020,b'


def test_an_abstract_over_lines_with_marks_inside_stays_one_row():
    text = 'title,authors,year,abstract\n"First","Demo, A",2019,"He said ""no"",\nand, at last, "yes" again"\n"Second","Demo, B",2020,b\n'
    assert [one.title for one in fields(text, "table.csv")] == ["First", "Second"]


def test_an_end_line_without_its_hyphen_ends_the_entry():
    first, second = fields("TY  - JOUR\nTI  - First\nAU  - Demo, A\nER\n\nTY  - JOUR\nTI  - Second\nAB  - Seen in the\nER\nand later.\nER\n", "a.ris")

    assert (first.title, first.authors) == ("First", ("Demo, A",))
    assert second.abstract == "Seen in the ER and later."


BOOK = "@proceedings{demo19, title={Proceedings of Demo}, booktitle={Demo Conference 2019}, year={2019}, publisher={Demo}}\n"
PAPER = "@inproceedings{p1, title={A paper}, author={Demo, A}, crossref={DEMO19}, pages={1-2}}\n"


@pytest.mark.parametrize("text", [PAPER + BOOK, BOOK + PAPER])
def test_a_bibtex_entry_takes_over_what_the_one_it_refers_to_says(text):
    paper = next(one for one in fields(text, "a.bib") if one.title == "A paper")

    assert (paper.year, paper.journal, paper.pages) == (2019, "Demo Conference 2019", "1-2")
    assert paper.other["crossref"] == ["DEMO19"]


def test_a_bibtex_entry_that_refers_to_nothing_or_to_itself_is_read():
    alone, own = fields(
        "@inproceedings{a, title={Alone}, crossref={gone}}\n@inproceedings{b, title={Own}, crossref={b}, year={2020}}\n", "a.bib"
    )
    assert (alone.title, alone.year, own.title, own.year) == ("Alone", None, "Own", 2020)


def test_labels_may_stand_above_their_values():
    text = "Record: 1\n\nTitle:\nA title of demos.\nAuthors:\nDemo, Anna\nDemo, Bo\nSource:\nDemo Journal, Vol 12(3), Mar, 2020. pp. 101-109.\n"
    text += "Abstract:\nSome text.\nAccession Number:\n2020-00001-001\nDatabase:\nAPA PsycInfo\nRecord: 2\n\nTitle:\nAnother title.\nAuthors:\nDemo, C\n"
    first, second = fields(text)

    assert (first.title, first.authors, first.year) == ("A title of demos.", ("Demo, Anna", "Demo, Bo"), 2020)
    assert (first.abstract, first.accession, first.database, second.title) == ("Some text.", "2020-00001-001", "PsycINFO", "Another title.")


STUDY = {
    "protocolSection": {
        "identificationModule": {"nctId": "NCT00000001", "briefTitle": "Brief", "officialTitle": "A demo trial of peer support"},
        "statusModule": {"startDateStruct": {"date": "2019-01"}, "studyFirstPostDateStruct": {"date": "2018-12-03"}},
        "descriptionModule": {"briefSummary": "What it is about."},
        "conditionsModule": {"conditions": ["Loneliness"], "keywords": ["peer support"]},
        "contactsLocationsModule": {"overallOfficials": [{"name": "Anna Demo", "role": "PRINCIPAL_INVESTIGATOR"}]},
    },
    "hasResults": False,
}


@pytest.mark.parametrize("packed", [[STUDY, STUDY], {"totalCount": 2, "studies": [STUDY, STUDY]}])
def test_the_json_of_clinicaltrials_gov_is_read(packed):
    reading, entries = read(json.dumps(packed), "ctg-studies.json")

    one = entries[1].fields
    assert (reading.source, len(entries)) == ("ClinicalTrials.gov", 2)
    assert (one.title, one.year, one.accession) == ("A demo trial of peer support", 2018, "NCT00000001")
    assert (one.abstract, one.keywords, one.authors) == ("What it is about.", ("Loneliness", "peer support"), ("Anna Demo",))
    assert one.url == "https://clinicaltrials.gov/study/NCT00000001"


def test_the_comma_that_endnote_puts_behind_a_group_is_no_part_of_its_name():
    (one,) = fields("%0 Report\n%T A title\n%A Demo Research Group,\n%A Demo, Anna\n%D 2019\n", "a.enw")
    assert one.authors == ("Demo Research Group", "Demo, Anna")


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("Demo, A., Demo, B., & Ås, C.", ("Demo, A.", "Demo, B.", "Ås, C.")),
        ("Demo, A., Demo, B., and Ås, C.", ("Demo, A.", "Demo, B.", "Ås, C.")),
        ("Johnson & Demo Group", ("Johnson & Demo Group",)),
    ],
)
def test_the_sign_before_the_last_of_several_authors_is_no_part_of_the_name(line, people):
    (one,) = fields(f"TY  - JOUR\nTI  - A title\nAU  - {line}\nER  - \n", "a.ris")
    assert one.authors == people


def test_bibtex_with_entities_and_mathematics_is_plain_text():
    text = r"@article{x, title={The $\alpha$-test, $p < 0.05$, of \$5 and \$6}, author={Demo, &Aring;se and Demo, Bo}, year={2020}}"
    (one,) = fields(text, "a.bib")
    assert (one.title, one.authors) == ("The α-test, $p < 0.05$, of $5 and $6", ("Demo, Åse", "Demo, Bo"))


def test_a_year_that_a_spreadsheet_wrote_with_a_separator_is_a_year():
    found = fields('title,authors,year\nFirst,"Demo, A","2,020"\nSecond,"Demo, B",2.021\nThird,"Demo, C",2020.0\n', "a.csv")
    assert [one.year for one in found] == [2020, 2021, 2020]


def test_zoteros_own_json_is_read():
    item = {"itemType": "journalArticle", "title": "A title", "creators": [{"creatorType": "author", "firstName": "A", "lastName": "Demo"}]}
    _reading, (entry,) = read(json.dumps([{"key": "ABCD2345", "version": 3, "data": item | {"date": "2020", "DOI": "10.5555/za.1"}}]), "z.json")

    one = entry.fields
    assert (one.title, one.authors, one.year, one.doi) == ("A title", ("Demo, A",), 2020, "10.5555/za.1")


def test_the_descriptors_of_psycnet_are_no_part_of_the_kind():
    (one,) = fields("TY  - JOUR\nDESCRIPTORS  - *Care; Demo\nID  - 2020-00001-001\nT1  - A title.\nAU  - Demo, A\nER  - \n", "a.ris")
    assert (one.type, one.other["DESCRIPTORS"]) == ("journal article", ["*Care; Demo"])


@pytest.mark.parametrize(
    "text",
    [
        "10000301\n10000302\n10000303\n",
        "Demo, A. (2020). Title of one. Demo Journal, 1(2), 3–9. https://doi.org/10.5555/apa.9\n",
        "1. Demo A, Demo B. Title of one. J Demo. 2020;1(2):3-9. doi:10.5555/r.1\n2. Demo C. Title two. J Demo. 2021;2:4-5.\n",
    ],
)
def test_a_list_for_reading_is_refused_with_the_way_in(text):
    with pytest.raises(readers.Refused, match="added by hand"):
        read(text)
