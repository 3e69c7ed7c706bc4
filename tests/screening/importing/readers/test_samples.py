"""Our own samples, one a dialect, each with the quirks that the dialect is known for."""

from pathlib import Path

import pytest

from screening.importing import readers

SAMPLES = Path(__file__).parents[3] / "samples"


def read(name: str) -> tuple[readers.Reading, list[readers.ReadEntry]]:
    with (SAMPLES / name).open("rb") as file:
        reading = readers.open_export(file, name)
        return reading, list(reading)


def fields(name: str, position: int) -> readers.Fields:
    found = read(name)[1][position - 1].fields
    assert found is not None
    return found


# file: (dialect, encoding, source, found, read)
TABLE = {
    "proquest.ris": ("ris", "utf-8", "Social Science Premium Collection via ProQuest", 6, 6),
    "ebsco-cinahl.ris": ("ris", "utf-8", "CINAHL via EBSCOhost", 6, 6),
    "ovid.ris": ("ris", "utf-8", "PsycINFO via Ovid", 7, 7),
    "swemed.ris": ("ris", "windows-1252", "SweMed+", 5, 5),
    "idunn.ris": ("ris", "utf-8-sig", "Idunn", 5, 5),
    "scopus.ris": ("ris", "utf-8-sig", "Scopus", 5, 5),
    "wos.ris": ("ris", "utf-8-sig", "Web of Science", 5, 5),
    "cochrane.ris": ("ris", "utf-8", "Cochrane CENTRAL via Cochrane Library", 5, 5),
    "embase.ris": ("ris", "utf-8-sig", "Embase", 5, 5),
    "endnote.ris": ("ris", "utf-8-sig", "PubMed", 5, 5),
    "ieee.ris": ("ris", "utf-8", "", 5, 5),
    "jstor.ris": ("ris", "utf-8", "JSTOR", 5, 5),
    "lilacs.ris": ("ris", "utf-8-sig", "LILACS via BVS", 5, 5),
    "mendeley.ris": ("ris", "utf-8", "", 5, 5),
    "rayyan.ris": ("ris", "utf-8", "", 5, 5),
    "zotero.ris": ("ris", "utf-8", "", 5, 5),
    "pubmed.nbib": ("nbib", "utf-8", "PubMed", 5, 5),
    "eric.nbib": ("nbib", "utf-8", "ERIC", 5, 5),
    "zotero.bib": ("bibtex", "utf-8", "", 5, 5),
    "endnote.xml": ("endnote-xml", "utf-8", "MEDLINE via Ovid", 7, 6),
    "pubmed.xml": ("pubmed-xml", "utf-8", "PubMed", 5, 5),
    "zotero.rdf": ("zotero-rdf", "utf-8", "", 5, 5),
    "csl.json": ("csl-json", "utf-8", "", 5, 5),
    "endnote.enw": ("enw", "utf-8", "", 5, 5),
    "wos.txt": ("wos", "utf-8-sig", "Web of Science", 5, 5),
    "wos-tab.txt": ("wos-tab", "utf-8-sig", "Web of Science", 5, 5),
    "ovid-tagged.txt": ("ovid-tagged", "utf-8", "PsycINFO via Ovid", 5, 5),
    "ovid.txt": ("ovid-text", "utf-8", "Ovid", 5, 5),
    "refworks.txt": ("refworks", "utf-8", "", 5, 5),
    "cochrane.txt": ("cochrane-text", "utf-8", "Cochrane CENTRAL via Cochrane Library", 5, 5),
    "scopus.csv": ("csv", "utf-8-sig", "Scopus", 5, 5),
    "pubmed.csv": ("csv", "utf-8-sig", "PubMed", 5, 5),
    "embase.csv": ("csv", "utf-8", "Embase", 5, 5),
    "embase-vertical.csv": ("embase-vertical", "utf-8", "Embase", 5, 5),
    "asreview.csv": ("csv", "windows-1252", "", 5, 5),
    "covidence.csv": ("csv", "utf-8", "", 5, 5),
    "rayyan.csv": ("csv", "utf-8", "", 5, 5),
    "zotero.csv": ("csv", "utf-8-sig", "", 5, 5),
    "table.xlsx": ("xlsx", "", "", 5, 5),
    "asreview.ris": ("ris", "utf-8", "", 5, 5),
    "clinicaltrials.csv": ("csv", "utf-8", "ClinicalTrials.gov", 5, 5),
    "cochrane.csv": ("csv", "utf-8", "Cochrane CENTRAL via Cochrane Library", 5, 5),
    "covidence.ris": ("ris", "utf-8", "", 5, 5),
    "crossref.json": ("csl-json", "utf-8", "", 5, 5),
    "dimensions.csv": ("csv", "utf-8", "Dimensions", 5, 5),
    "ebsco-generic.txt": ("tagged", "utf-8", "CINAHL", 5, 5),
    "ebsco-new.ris": ("ris", "utf-8", "CINAHL via EBSCOhost", 5, 5),
    "ebsco.csv": ("csv", "utf-8", "CINAHL via EBSCOhost", 5, 5),
    "ebsco.txt": ("labelled", "utf-8", "CINAHL via EBSCOhost", 5, 5),
    "ieee.csv": ("csv", "utf-8", "IEEE Xplore", 5, 5),
    "lens.csv": ("csv", "utf-8-sig", "Lens", 5, 5),
    "mendeley.bib": ("bibtex", "utf-8", "", 5, 5),
    "odd.ris": ("ris", "utf-16-le", "", 6, 6),
    "openalex.csv": ("csv", "utf-8", "OpenAlex", 5, 5),
    "ovid-new.ris": ("ris", "utf-8", "MEDLINE via Ovid", 5, 5),
    "pop.csv": ("csv", "utf-8-sig", "Google Scholar via Publish or Perish", 5, 5),
    "pop.ris": ("ris", "utf-8-sig", "Publish or Perish", 5, 5),
    "proquest.txt": ("labelled", "utf-8-sig", "ERIC via ProQuest", 5, 5),
    "publishers.ris": ("ris", "utf-8", "", 5, 5),
    "pubmed.ris": ("ris", "utf-8", "PubMed", 5, 5),
    "rayyan.bib": ("bibtex", "utf-8", "", 5, 5),
    "repository.enw": ("enw", "utf-8", "", 5, 5),
    "scholar.enw": ("enw", "utf-8", "", 5, 5),
    "scopus-excel.csv": ("csv", "windows-1252", "Scopus", 5, 5),
    "scopus.bib": ("bibtex", "utf-8", "Scopus", 5, 5),
    "springer.csv": ("csv", "utf-8", "SpringerLink", 5, 5),
    "wos-thomson.txt": ("wos", "utf-8-sig", "Web of Science", 5, 5),
    "wos.bib": ("bibtex", "utf-8", "Web of Science", 5, 5),
    "zotero.json": ("csl-json", "utf-8", "", 5, 5),
    "endnote-all.txt": ("labelled", "utf-8", "", 2, 2),
    "mods.xml": ("mods", "utf-8", "", 4, 3),
    "ictrp.xml": ("ictrp", "utf-8", "WHO ICTRP", 2, 2),
    "noteexpress.txt": ("noteexpress", "utf-8", "", 3, 3),
    "openalex.json": ("csl-json", "utf-8", "OpenAlex", 1, 1),
    "europepmc.json": ("csl-json", "utf-8", "Europe PMC", 2, 2),
}


@pytest.mark.parametrize("name", TABLE)
def test_sample_is_recognised_and_counted(name):
    reading, entries = read(name)
    assert (reading.dialect, reading.encoding, reading.source, reading.found, reading.read) == TABLE[name]
    assert reading.found == reading.read + reading.needs_look == len(entries)
    assert reading.extension_disagrees == ""
    assert not reading.cut
    assert [one.position for one in entries] == list(range(1, len(entries) + 1))


@pytest.mark.parametrize("name", TABLE)
def test_sample_gives_the_common_fields_and_the_raw_text(name):
    for one in read(name)[1]:
        assert one.raw.strip()
        assert one.line >= 1
        if one.fields is not None and "<demo.pdf>" not in one.fields.title and "no type at all" not in one.fields.title:
            assert one.fields.title
            assert one.fields.authors or name in ("scopus.csv", "clinicaltrials.csv", "ictrp.xml")
            assert one.fields.year or name == "clinicaltrials.csv"
            assert one.fields.doi.startswith("10.5555/") or name in NO_DOI or one.fields.doi == ""


NO_DOI = {"eric.nbib", "swemed.ris", "jstor.ris", "lilacs.ris", "rayyan.ris"}


@pytest.mark.parametrize("name", sorted(file.name for file in SAMPLES.iterdir() if file.is_file()))
def test_every_sample_stands_in_the_table(name):
    assert name in TABLE


def test_proquest_keeps_notes_and_puts_sections_on_lines():
    found = fields("proquest.ris", 1)
    assert found.abstract.split("\n")[1] == "METHODS: We made up 1 interviews."
    assert found.notes == "Copyright - Invented 2011\nLast updated - 2019-01-01"
    assert (found.pages, found.volume, found.issue, found.year) == ("100-109", "1", "2", 2011)
    assert found.other["L2"] == ["https://resolver.example.org/openurl?genre=article&issn=12345671"]
    assert fields("proquest.ris", 3).doi == ""


def test_ebsco_copyright_notice_is_no_abstract_and_accession_comes_from_the_link():
    found = fields("ebsco-cinahl.ris", 4)
    assert found.abstract == "The aim of invented study 4 was to describe support among nurses."
    assert found.accession == "104123454"
    assert fields("ebsco-cinahl.ris", 1).accession == "104123451"
    assert fields("ebsco-cinahl.ris", 1).doi == "10.5555/cin.1"


def test_ovid_running_numbers_are_kept_so_that_overlapping_batches_show():
    numbers = [one.fields.other["#"][0] for one in read("ovid.ris")[1] if one.fields]
    assert numbers == ["1", "2", "3", "4", "4", "5", "6"]
    assert fields("ovid.ris", 2).pages == ""
    assert fields("ovid.ris", 1).doi == "10.5555/ovid.1"


def test_swemed_letters_are_right():
    assert fields("swemed.ris", 1).title == "Återhämtning och socialt stöd i öppenvården"
    assert fields("swemed.ris", 2).authors == ("Demo, Øyvind", "Demo, Björn")
    assert fields("swemed.ris", 3).title == "Ensomhed blandt ældre – en opfundet undersøgelse"


def test_idunn_entry_without_end_line_is_read_and_said():
    entries = read("idunn.ris")[1]
    assert entries[2].remarks == ("The entry has no end line (ER).",)
    assert entries[1].fields is not None
    assert entries[1].fields.abstract == "Første linje er oppdiktet og fortsetter uten tagg, helt til her."


def test_nbib_goes_over_lines_and_separators_inside_values():
    found = fields("pubmed.nbib", 4)
    assert found.authors == ("Demo, Gunn H", "Demo, Ivar", "Demonstration Study Group")
    assert found.title.endswith("because the display is eighty wide.")
    assert found.abstract.split("\n") == [
        "BACKGROUND: Support is invented.",
        "METHODS: We asked 4 people in one breath.",
        "RESULTS: All agreed.",
        "CONCLUSIONS: Nothing follows.",
    ]
    assert (found.pmid, found.pmcid, found.doi) == ("30000004", "PMC7000004", "10.5555/pm.4")


def test_eric_links_are_no_dois():
    assert fields("eric.nbib", 1).doi == ""
    assert fields("eric.nbib", 1).accession == "EJ1131631"


def test_scopus_table_parts_old_and_new_author_cells_and_drops_placeholders():
    assert fields("scopus.csv", 1).authors == ("Demo A.", "Demo B.-C.")
    assert fields("scopus.csv", 4).authors == ("Demo A.", "Demo B.-C.")
    assert fields("scopus.csv", 3).authors == ()
    assert fields("scopus.csv", 4).abstract == ""
    assert fields("scopus.csv", 1).article_number == "10501"


def test_bibtex_reads_tex_letters_quotes_missing_keys_and_broken_braces():
    entries = read("zotero.bib")[1]
    first = fields("zotero.bib", 1)
    assert first.title == "Social support and Recovery in Mölndal"
    assert first.authors == ("Demo, Åsa", "Demo, Jørgen", "Demonstration Group of Norway and Sweden")
    assert first.doi == "10.5555/zot_1"
    assert first.abstract.count("\n") == 1
    assert fields("zotero.bib", 2).doi == "10.5555/zot.2"
    assert fields("zotero.bib", 3).type == "book chapter"
    assert entries[3].remarks == ("The braces of the entry do not balance: look at what was read.",)
    assert (fields("zotero.bib", 5).type, fields("zotero.bib", 5).pmid) == ("thesis", "30000031")


def test_endnote_xml_joins_styles_and_a_broken_record_stays_alone():
    entries = read("endnote.xml")[1]
    assert fields("endnote.xml", 1).title == "Social in vivo & support and recovery in a demonstration town"
    assert fields("endnote.xml", 2).doi == "10.5555/enx.2"
    assert entries[5].fields is None
    assert "not well-formed" in entries[5].problem
    assert entries[6].fields is not None


def test_web_of_science_text_joins_lines_and_counts_authors():
    found = fields("wos.txt", 2)
    assert found.title == "Peer workers in mental health services: an invented trial with a second line"
    assert found.authors == ("Demo, HA", "Demo, I")
    assert (found.article_number, found.pmid, found.accession) == ("e2", "30000052", "WOS:000000000000002")
    assert read("wos.txt")[1][3].remarks == ("The entry has no end line (ER).",)


def test_web_of_science_ris_lone_cr_ends_a_line():
    found = fields("wos.ris", 1)
    assert found.accession == "WOS:000000000000021"
    assert found.other["AD"] == ["Demo Univ, Oslo", "Demo Univ, Bergen"]


def test_web_of_science_tab_quotation_mark_is_a_letter():
    assert fields("wos-tab.txt", 1).title == 'The "quoted word is a letter 1'


def test_cochrane_ris_two_spaces_and_pubmed_number():
    assert fields("cochrane.ris", 1).title == "Social support and recovery in a demonstration town"
    assert fields("cochrane.ris", 2).pmid == "30000062"
    assert fields("cochrane.ris", 2).other["#"] == ["2"]


def test_embase_second_title_is_the_original_one():
    found = fields("embase.ris", 1)
    assert (found.title_other, found.journal, found.accession) == ("Originaltittel 1 på norsk", "Endodemo", "L373791781")


def test_endnote_keywords_without_tag_are_keywords():
    assert fields("endnote.ris", 1).keywords == ("Recovery", "Social Support", "Nätverk")
    assert fields("endnote.ris", 1).accession == ""


def test_zotero_note_stays_out_of_the_abstract():
    found = fields("zotero.ris", 1)
    assert found.abstract == "Invented abstract 1."
    assert found.notes == "<p>A note</p>\n<p>AB-positive is no tag here</p>"


def test_lilacs_entities_and_both_abstracts():
    found = fields("lilacs.ris", 1)
    assert found.title == "Apoyo social 'demo' 1"
    assert found.title_other == "Social support demo 1"
    assert found.abstract == "Resumen inventado 1.\nInvented abstract 1."


def test_refer_without_type_line_is_an_entry():
    assert [one.fields.title for one in read("endnote.enw")[1] if one.fields][3:] == [
        "Digital Commons writes the title first",
        "And sometimes no type at all",
    ]


def test_rayyan_decisions_are_kept_in_the_notes():
    assert fields("rayyan.ris", 1).notes.startswith('RAYYAN-INCLUSION: {"Demo A"=>"Included"')
    assert fields("rayyan.ris", 1).keywords == ("Human", "Recovery")
    assert fields("rayyan.csv", 1).notes == 'RAYYAN-INCLUSION: {"Demo A"=>"Included"}'


def test_json_control_letters_are_gone():
    assert fields("csl.json", 1).abstract == "With a NUL  and  inside."
    assert [one.fields.type for one in read("csl.json")[1] if one.fields] == [
        "journal article",
        "book chapter",
        "thesis",
        "report",
        "web page",
    ]


def test_rdf_skips_attachments_and_notes_and_finds_the_container():
    found = fields("zotero.rdf", 2)
    assert (found.journal, found.volume, found.doi, found.notes) == ("Demo Journal", "2", "10.5555/rdf.2", "<p>A note</p>")


def test_pubmed_xml_keeps_text_after_inner_markup():
    found = fields("pubmed.xml", 5)
    assert found.title == "H2O and invented support 5."
    assert found.abstract == "BACKGROUND: Made up.\nMETHODS: Also with p < 0.05."
    assert (found.year, found.authors) == (2015, ("Demo, Anna B", "Demo Group"))


def test_ovid_text_parts_source_lines_and_takes_degrees_off():
    tagged, plain = fields("ovid-tagged.txt", 1), fields("ovid.txt", 1)
    assert tagged.authors == plain.authors == ("Demo, Anna", "Demo, Bo")
    assert (tagged.journal, tagged.volume, tagged.issue, tagged.pages) == ("Demo Psychology", "41", "5", "623-634")
    assert (plain.journal, plain.volume, plain.issue, plain.pages) == ("Demo Science Quarterly", "28", "1", "103-106")


def test_embase_abstract_keeps_its_paragraphs():
    assert fields("embase.csv", 2).abstract == "First.\nSecond 2."
    assert fields("embase-vertical.csv", 2).authors == ("Demo A.", "Demo B.")


TITLES = [
    "Peer support in a demonstration town: an invented trial",
    "Støtte på sjøen – en oppdiktet studie",
    "Loneliness after discharge (a made-up cohort)",
    '"Nobody asked": invented interviews with nurses',
    "Networks of care: part I & II",
]
SAME_FIVE = """
asreview.ris clinicaltrials.csv cochrane.csv covidence.ris crossref.json dimensions.csv ebsco-generic.txt ebsco-new.ris ebsco.csv ebsco.txt
ieee.csv lens.csv openalex.csv ovid-new.ris pop.csv pop.ris proquest.txt publishers.ris pubmed.ris repository.enw scholar.enw
springer.csv wos-thomson.txt zotero.json rayyan.bib scopus.bib wos.bib mendeley.bib
"""
ALIKE = SAME_FIVE.split()


@pytest.mark.parametrize("name", ALIKE)
def test_the_same_five_references_come_out_of_every_dialect(name):
    found = [one.fields for one in read(name)[1] if one.fields]
    assert [one.title.removesuffix(".").replace("--", "–") for one in found] == TITLES
    if name == "clinicaltrials.csv":
        return
    assert [one.year for one in found] == [2010, 2011, 2012, 2013, 2014]
    assert [len(one.authors) for one in found] == [2, 1, 2 if name == "springer.csv" else 3, 1, 3]
    assert all("Demo" in one.authors[0] for one in found)
    if found[0].pages and found[0].pages != "100":
        assert [one.pages for one in found if one.pages] in (
            ["100-120", "101-121", "102-122", "103-123", "104-124"],
            ["100-120", "101-121", "102-122", "104-124"],
            ["100-120", "101-121", "e45", "103-123", "104-124"],
        )


def test_odd_lines_of_ris_read_like_the_common_ones():
    one, lower, tabs, dash, several, lost = (entry.fields for entry in read("odd.ris")[1])
    assert (one.title, one.authors, one.year) == ("One space - and a hyphen inside", ("Demo, Anna B.", "Else, Bo"), 2010)
    assert (lower.title, tabs.title) == ("Tags in lower case", "Tabs in place of spaces")
    assert (dash.authors, dash.year, dash.date) == (("Demo Research Group", "van der Demo, C."), 2013, "Spring 2013")
    assert dash.abstract == "Text that goes on with an indent."
    assert (several.authors, several.year) == (("Demo AB", "Else B", "van der Demo C"), 2014)
    assert (lost.authors, lost.date) == (("Demo, A.", "Else, B.", "Third, L."), "2015/05/03")


def test_ebsco_pages_that_are_none_and_source_lines_of_text_exports():
    assert fields("ebsco-new.ris", 4).pages == ""
    for name in ("ebsco.txt", "proquest.txt"):
        found = fields(name, 2)
        assert (found.volume, found.issue, found.pages, found.keywords[1]) == ("2", "2", "101-121", "Nurses")
    assert fields("ebsco.txt", 1).abstract == "Aim: To invent. The text goes on below."
    assert fields("ebsco.csv", 1).database == "CINAHL"


def test_identifiers_are_found_where_each_source_puts_them():
    assert (fields("pubmed.ris", 1).pmid, fields("pubmed.ris", 1).pmcid) == ("30000001", "PMC7000000")
    assert fields("scopus.bib", 1).accession == "2-s2.0-85000000000"
    assert (fields("ieee.csv", 1).accession, fields("ieee.csv", 2).type) == ("9000000", "journal article")
    assert fields("openalex.csv", 1).accession == "W300000"
    assert fields("publishers.ris", 1).accession == ""
    assert fields("cochrane.csv", 1).pmid == "30000001"


def test_a_list_of_authors_that_goes_on_is_said_to():
    last = read("pop.csv")[1][4]
    assert (last.fields.authors[-1], len(last.fields.authors)) == ("Liv Third", 3)
    assert "not complete" in last.remarks[0]


def test_mods_of_libraries_gives_subtitle_host_and_only_the_authors():
    first, thesis = fields("mods.xml", 1), fields("mods.xml", 2)
    assert first.title == "Återhämtning i öppenvården: en påhittad studie"
    assert (first.title_other, first.authors) == ("Recovery in a demonstration town", ("Demo, Åsa", "Else, Bo"))
    assert (first.journal, first.volume, first.issue, first.pages) == ("Demo Journal", "4", "2", "10-19")
    assert first.abstract == "Ett påhittat stycke.\nOch ett till & slut."
    assert (first.doi, first.accession, first.issn) == ("10.5555/mods.1", "diva2:1000001", "1234-5678")
    assert (thesis.type, thesis.authors, thesis.title) == ("thesis", ("Demo, Carl",), "The invented life of peer workers")
    assert (fields("mods.xml", 3).type, fields("mods.xml", 3).pages) == ("conference paper", "3-7")


def test_trials_of_the_who_say_what_was_planned():
    found = fields("ictrp.xml", 1)
    assert (found.accession, found.year, found.title_other) == ("NCT00000001", 2024, "An invented trial of peer support")
    assert found.abstract.split("\n")[1:] == ["Intervention: Other: Peer support", "Primary outcome: Loneliness after 12 months"]


def test_noteexpress_names_in_one_line_or_several():
    assert fields("noteexpress.txt", 1).authors == ("演示甲", "演示乙")
    assert fields("noteexpress.txt", 3).authors == ("演示甲", "演示丙")
    assert (fields("noteexpress.txt", 1).title_other, fields("noteexpress.txt", 1).database) == ("Peer support in a demonstration town", "CNKI")


def test_json_of_open_catalogues_has_authors_journal_and_abstract():
    found = fields("openalex.json", 1)
    assert (found.authors, found.journal, found.volume, found.pages, found.pmid) == (("Anna Demo", "Bo Else"), "J Demo", "1", "3-9", "12345678")
    assert (found.abstract, found.accession, found.year) == ("An abstract here", "W1", 2020)
    found = fields("europepmc.json", 1)
    assert (found.authors, found.journal, found.pages, found.year) == (("Demo AB", "Else B"), "Demo Journal", "21-30", 2023)
    assert (found.abstract, found.keywords) == ("Background\nInvented & made up.", ("support", "care"))


def test_endnotes_style_that_shows_all_is_read():
    first, second = fields("endnote-all.txt", 1), fields("endnote-all.txt", 2)
    assert (first.authors, first.issn, first.database) == (("Demo, A.", "Else, B."), "1234-5678; 8765-4321", "Web of Science")
    assert (first.abstract, first.keywords) == ("Invented first line. Its second line.", ("support", "care"))
    assert (second.type, second.journal, second.year) == ("book chapter", "A handbook of demonstrations", 2016)
