"""Bad input (RELIABILITY.md section 3): read, to be looked at, or refused with a sentence; never anything else."""

import io
import re
import zipfile

import openpyxl
import pytest

from screening.importing import readers
from screening.importing.readers import ris

BAD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
RIS = "TY  - JOUR\nTI  - First of Demo\nAU  - Demo, A\nPY  - 2019\nER  - \n\nTY  - JOUR\nTI  - Second of Demo\nAU  - Demo, B\nER  - \n"


def read(data: bytes | str, name: str = "", **options: object) -> tuple[readers.Reading, list[readers.ReadEntry]]:
    raw = data.encode() if isinstance(data, str) else data
    reading = readers.open_export(io.BytesIO(raw), name, **options)  # type: ignore[arg-type]
    return reading, list(reading)


def refusal(data: bytes | str, name: str = "", **options: object) -> str:
    with pytest.raises(readers.Refused) as caught:
        read(data, name, **options)
    return str(caught.value)


def titles(data: bytes | str) -> list[str]:
    return [one.fields.title if one.fields else "" for one in read(data)[1]]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "white space"),
        (b" \r\n\r\n", "white space"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "picture"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "picture"),
        (b"<!DOCTYPE html><html><body>TY  - JOUR</body></html>", "web page"),
        (b"  \n<html><head></head></html>", "web page"),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML"><html></html>', "web page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Office"),
        (b"PK\x03\x04 rubbish", "damaged"),
        (b"\x1f\x8b\x08" + bytes(50), "gzip"),
        (bytes(range(256)) * 40, "binary"),
        (b"just some words that a person typed\nand more of them\n", "No reference"),
        (b'{"name": "package", "version": 1}', "JSON"),
        (b"created_at,user_id,user_email,article_id,key,value\n2022,1,a@b,9,included,1\n", "Rayyan"),
        (b"a,b,c\n1,2,3\n", "choose what each column holds"),
        (b"some words, typed\nand more, of them\n", "No reference"),
    ],
)
def test_wrong_things_are_refused_by_name(data, words):
    sentence = refusal(data, "export.ris")
    assert words in sentence
    assert "Error" not in sentence
    assert "Traceback" not in sentence


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-8", "cp1252", "mac-roman"])
def test_nordic_letters_survive_every_encoding(encoding):
    text = RIS.replace("First of Demo", "Førstehjelp på åpen sjø, særlig i ørkenen: älv och ö")
    mark = {"utf-16-le": "", "utf-16-be": ""}.get(encoding, "")
    assert titles((mark + text).encode(encoding))[0] == "Førstehjelp på åpen sjø, særlig i ørkenen: älv och ö"


@pytest.mark.parametrize(
    ("encoding", "title"),
    [
        ("gb18030", "基于电无级变速器的内燃机最优控制策略及整车能量管理研究"),
        ("cp1251", "Систематический обзор исследований социальной поддержки"),
    ],
)
def test_other_scripts_are_guessed_from_their_letters(encoding, title):
    assert titles(RIS.replace("First of Demo", title).encode(encoding))[0] == title


def test_damaged_utf8_keeps_its_letters_and_counts_the_rest():
    data = (RIS.replace("First", "Første æøå") * 5).encode().replace(b"Second", b"S\xe5nd", 1)
    reading, entries = read(data)
    assert reading.encoding == "utf-8"
    assert reading.letters_repaired == 1
    assert entries[0].fields.title == "Første æøå of Demo"
    assert entries[1].fields.title == "Sånd of Demo"


def test_halves_in_two_encodings_are_both_right():
    data = RIS.replace("First", "Første på øy").encode() * 3 + RIS.replace("First", "Første på øy").encode("cp1252")
    assert [title for title in titles(data) if "F" in title] == ["Første på øy of Demo"] * 4


def test_nul_and_controls_are_removed_and_counted():
    reading, entries = read(RIS.replace("First", "Fi\x00rs\x01t\x7f").encode())
    assert entries[0].fields.title == "First of Demo"
    assert reading.controls_removed == 3
    assert not BAD.search(entries[0].raw)


@pytest.mark.parametrize("end", ["\r", "\r\n", "\r\r\n", "\n"])
def test_only_cr_lf_and_crlf_end_a_line(end):
    data = RIS.replace("First", "First\u2028part\x0bof\u0085three").replace("\n", end)
    assert titles(data) == ["First part of three of Demo", "Second of Demo"]


def test_entry_without_start_and_entry_without_end_are_kept():
    data = RIS + "\nTI  - Third lost its TY\nAU  - Demo, C\nPY  - 2020\nER  - \n" + RIS.replace("ER  - \n", "", 1)
    entries = read(data)[1]
    assert [one.fields.title for one in entries if one.fields] == [
        "First of Demo",
        "Second of Demo",
        "Third lost its TY",
        "First of Demo",
        "Second of Demo",
    ]
    assert entries[2].remarks == ("The entry has no first line (TY).",)
    assert entries[3].remarks == ("The entry has no end line (ER).",)


def test_numbers_before_the_next_entry_do_not_leak_into_one_without_end():
    data = "1. \nTY  - JOUR\nTI  - One\nKW  - word\n\n2. \nTY  - JOUR\nTI  - Two\nUR  - https://demo.example.org\n\n"
    data += "3. \nTY  - JOUR\nTI  - Three\n"
    found = [one.fields for one in read(data)[1]]
    assert found[0].keywords == ("word",)
    assert found[1].url == "https://demo.example.org"
    assert [one.other["#"] for one in found] == [["1"], ["2"], ["3"]]


def test_end_line_with_text_is_a_wrapped_line_when_the_text_goes_on():
    data = (
        "TY  - JOUR\nTI  - Tumours\nAB  - Women with\nER - positive tumours\nwere invented.\nER  - \nTY  - JOUR\nTI  - Two\nER  - rest\n\n"
    )
    entries = read(data)[1]
    assert [one.fields.title for one in entries] == ["Tumours", "Two"]
    assert entries[0].fields.abstract == "Women with ER - positive tumours were invented."


def test_empty_entry_is_to_be_looked_at_and_one_with_an_abstract_only_is_read():
    reading, entries = read("TY  - JOUR\nER  - \n\nTY  - JOUR\nAB  - Only this.\nER  - \n")
    assert (reading.found, reading.read, reading.needs_look) == (2, 1, 1)
    assert entries[0].problem
    assert entries[1].remarks == ("The entry has no title.",)


CUTS = {
    "ris": RIS + "TY  - JOUR\nTI  - Third of De",
    "nbib": "".join(f"PMID- {n}\nTI  - Demo {n}\nAU  - Demo A\nDP  - 2019\nSO  - J Demo\n\n" for n in range(1, 5)) + "PMID- 9\nTI  - Dem",
    "bib": "@article{a,\n title = {Demo},\n year = 2019\n}\n@article{b,\n title = {Demo tw",
    "xml": "<xml><records><record><titles><title>One</title></titles></record><record><titles><tit",
    "json": '[{"title": "One", "type": "book"}, {"title": "Tw',
    "wos": "FN Clarivate\nVR 1.0\nPT J\nAU Demo, A\nTI One\nUT WOS:1\nER\n\nPT J\nAU Demo, B\nTI Tw",
    "csv": "Title,Authors,Year,DOI\n" + "One,Demo A,2019,10.5555/1\n" * 4 + "Two,De",
    "csv in quotes": 'Title,Authors,Year,DOI\nOne,Demo A,2019,10.5555/1\n"Two and a',
    "enw": "".join(f"%0 Journal Article\n%T Demo {n}\n%A Demo, A\n%D 2019\n\n" for n in range(4)) + "%0 Journal Article\n%T De",
}


@pytest.mark.parametrize("kind", CUTS)
def test_a_file_cut_in_the_middle_says_so_and_keeps_what_is_whole(kind):
    reading, entries = read(CUTS[kind])
    assert reading.cut or kind == "csv in quotes"
    assert entries[-1].problem
    assert entries[-1].fields is None
    assert all(one.fields for one in entries[:-1])
    assert reading.found == reading.read + reading.needs_look


def test_doctype_with_an_outside_dtd_is_accepted_and_not_fetched():
    data = '<?xml version="1.0"?><!DOCTYPE xml SYSTEM "file:///etc/passwd"><xml><records><record><titles><title>Demo</title></titles></record></records></xml>'
    assert titles(data) == ["Demo"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entity_definitions_are_refused(encoding):
    bomb = '<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml><records>'
    bomb += "<record><title>&b;</title></record></records></xml>"
    assert "entities" in refusal(bomb.encode(encoding))


def test_late_entity_definitions_are_refused_too():
    late = "<xml><records>" + "<record><titles><title>x</title></titles></record>" * 60 + "<!DOCTYPE x [<!ENTITY a 'b'>]></records></xml>"
    assert "entities" in refusal(late)


@pytest.mark.parametrize(
    "inner", ["<a>" * 5000 + "</a>" * 5000, "<a " + " ".join(f'x{n}="1"' for n in range(3000)) + "/>"], ids=["deep", "attributes"]
)
def test_xml_out_of_measure_is_refused(inner):
    assert "no export" in refusal(f"<xml><records><record><titles><title>x</title></titles>{inner}</record></records></xml>")


def test_named_and_numeric_entities_of_letters_are_read():
    data = "<xml><records><record><titles><title>&oslash;l &#229; A&B &#0;&bogus;</title></titles></record></records></xml>"
    assert titles(data) == ["øl å A&B &bogus;"]


def test_deep_json_is_refused_or_looked_at():
    text = '[{"title": ' + "[" * 50_000 + "]" * 50_000 + "}]"
    assert "nests" in refusal(text)


def test_json_with_a_broken_item_keeps_the_others():
    entries = read('[{"title": "One"}, {"title": "Two", oops}, {"title": "Three"}]')[1]
    assert [one.fields.title if one.fields else "" for one in entries] == ["One", "", "Three"]


def test_ragged_table_loses_no_row():
    reading, entries = read(
        'Title,Authors,Year\nGood row,"A, B",2020\nToo few\nToo,many,2021,extra,more\n"Unclosed quote, still,2022\nNext line,C,2023\n'
    )
    assert reading.found == 5
    assert [one.line for one in entries] == [2, 3, 4, 5, 6]
    assert [bool(one.problem) for one in entries] == [False, False, True, True, False]


def test_bibtex_equal_keys_round_brackets_and_macros():
    data = '@string{j = "Demo Journal"}\n@article(a, title = "One", journal = j # " B", year = 2019)\n@article{a,title={Two}}\n'
    entries = read(data)[1]
    assert entries[0].fields.title == "One"
    assert entries[0].fields.journal == "Demo Journal B"
    assert entries[1].fields.title == "Two"


def test_limits_refuse_with_a_sentence():
    assert "limit" in refusal(RIS, limits=readers.Limits(max_bytes=10))
    assert "more than 1 entries" in refusal(RIS, limits=readers.Limits(max_entries=1))
    assert "Line 2" in refusal("TY  - JOUR\nTI  - " + "x" * 2_000_000, limits=readers.Limits(max_line_chars=500_000))
    reading, entries = read(RIS.replace("First", "x" * 400), limits=readers.Limits(max_field_chars=300))
    assert entries[0].problem == "The field title has more than 300 characters."
    assert reading.read == 1


def test_extension_that_disagrees_is_said_and_not_obeyed():
    reading, entries = read(RIS, "export.csv")
    assert len(entries) == 2
    assert reading.extension_disagrees == "The name ends in .csv, but the content is RIS: it is read as what it is."
    assert read(RIS, "export.txt")[0].extension_disagrees == ""


def test_workbook_under_a_wrong_name_is_read():
    book = openpyxl.Workbook()
    book.active.append(["Title", "Authors", "Year"])
    book.active.append(["=SUM(1)", "Demo, A; Demo, B", 2019])
    file = io.BytesIO()
    book.save(file)
    reading, _ = read(file.getvalue(), "export.ris")
    assert reading.dialect == "xlsx"
    assert reading.extension_disagrees


def test_word_document_and_plain_archive_are_named():
    for inside, word in (("word/document.xml", "Word"), ("a.ris", "archive")):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(inside, "x")
        assert word in refusal(file.getvalue())


@pytest.mark.timeout(300)
def test_repetition_ends():
    """None of the expressions tries every way to split what repeats: that would take years, not minutes."""
    for head in (
        "TY  - JOUR\nTI  - ",
        "@article{x,\n title={",
        "PMID- 1\nTI  - ",
        "Title,Authors\nx,",
        "<xml><records><record>",
        "<1>",
        "<1. >\nTI  - ",
    ):
        for token in ("\n", " ", "a={", '"', "{", "<a", " and ", "[", "(", "\n\n ", "&#", ": ", "<record/>"):
            try:
                read(head + token * 6000)
            except readers.Refused:
                continue


def test_an_error_in_one_entry_leaves_the_others(monkeypatch):
    real = ris.fields_of

    def failing(tags, provider=""):
        if "First of Demo" in tags.get("TI", ()):
            raise ZeroDivisionError
        return real(tags, provider)

    monkeypatch.setattr(ris, "fields_of", failing)
    entries = read(RIS)[1]
    assert entries[0].problem == "The entry could not be read: complete it by hand, or export it again."
    assert entries[1].fields.title == "Second of Demo"


def test_lists_inside_json_are_read():
    data = '{"status": "ok", "message": {"items": [{"title": ["Demo"], "DOI": "10.5555/a"}, {"title": ["Two"]}]}}'
    assert titles(data) == ["Demo", "Two"]


def test_citations_of_pubmed_without_the_article_element_are_read():
    one = "<MedlineCitation><PMID>1</PMID><Article><ArticleTitle>Demo</ArticleTitle></Article></MedlineCitation>"
    assert titles(f"<MedlineCitationSet>{one}{one}</MedlineCitationSet>") == ["Demo", "Demo"]


def test_a_file_without_abstracts_gives_advice():
    table = "PMID,Title,Authors,Journal/Book,Create Date\n" + "".join(f"{n},Demo {n},Demo A,J Demo,2019\n" for n in range(1, 5))
    assert "nbib" in read(table)[0].advice
    assert read(RIS)[0].advice == ""


def test_a_header_that_comes_again_is_no_entry():
    part = "Title,Authors,Year\nOne,Demo A,2019\n"
    assert titles(part + part.replace("One", "Two")) == ["One", "Two"]


def test_bibtex_entries_on_one_line_are_all_read():
    entries = read("@article{a,title={A},author={Demo, A},year={2019}} @article{b,title={B},year={2020}},@book{c,title={C}}\n")[1]
    assert [one.fields.title for one in entries] == ["A", "B", "C"]
    assert [one.line for one in entries] == [1, 1, 1]


def test_utf8_cut_inside_a_letter_stays_utf8():
    reading, entries = read((RIS + "TY  - JOUR\nTI  - Sjø").encode()[:-1])
    assert reading.encoding == "utf-8"
    assert reading.cut
    assert entries[-1].fields is None


@pytest.mark.parametrize("head", ["TY  - JOUR\nTI  - Demo\nAB  - ", "PMID- 1\nTI  - Demo\n", "@article{x,\n title={", "%0 Book\n%T Demo\n"])
def test_an_entry_without_end_is_refused_before_memory_is_spent(head):
    assert "without the end of an entry" in refusal(head + "demo\n" * 400_000, limits=readers.Limits(max_entry_chars=1_000_000))


def test_an_entry_of_too_many_elements_is_refused():
    assert "elements" in refusal("<xml><records><record>" + "<a/>" * 300_000 + "</record></records></xml>")


def test_long_files_of_short_entries_pass_the_limit_of_an_entry():
    assert read(RIS * 5000, limits=readers.Limits(max_entry_chars=100_000))[0].found == 10_000


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"From: a@example.org\nTo: b@example.org\nSubject: export\n\nHello\n", "mail"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", "SVG"),
        (b"<?xml version='1.0'?><note><to>x</to></note>", "root is <note>"),
        (b"<p>Session expired</p>", "web page"),
        (b"[1, 2, 3]", "JSON"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "WebP"),
        (b"\0\0\0\x18ftypmp42", "film"),
        (b"a.ris" + bytes(95) + b"0000644\0" + bytes(149) + b"ustar\x0000" + bytes(300), "tar archive"),
        (b"fn Clarivate\nvr 1.0\npt J\nti A\ner\n\n", "no reference"),
        (b"<XML><RECORDS><RECORD><TITLE>A</TITLE></RECORD></RECORDS></XML>", "no reference"),
    ],
)
def test_more_wrong_things_are_named(data, words):
    assert words in refusal(data, "export.ris")


def test_packed_documents_are_named():
    for kind, word in ((b"application/vnd.oasis.opendocument.spreadsheet", "spreadsheet"), (b"application/epub+zip", "book")):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("mimetype", kind)
        assert word in refusal(file.getvalue())


def test_macros_that_double_do_not_explode():
    macros = "".join(f"@string{{a{n + 1} = a{n} # a{n}}}\n" for n in range(80))
    entries = read('@string{a0 = "xxxxxxxxxx"}\n' + macros + "@article{x, title=a80}\n@article{y, title={Demo}}\n")[1]
    assert len(entries[0].fields.title) < 200_000
    assert entries[1].fields.title == "Demo"


def test_an_entry_that_opens_on_the_line_of_its_fields_ends_one_whose_braces_do_not_balance():
    entries = read("@article{a, title={A}}\n@article{b, title={B\n@article{c, title={C}}\n")[1]
    assert [one.fields.title for one in entries] == ["A", "B", "C"]


def test_records_inside_comments_are_none():
    data = "<xml><records><!-- <record><titles><title>no</title></titles></record> -->{}</records></xml>"
    entries = read(data.format("<record><titles><title>A</title></titles></record>"))[1]
    assert [one.fields.title for one in entries] == ["A"]
    assert read(data.format(""))[0].found == 0


def test_a_large_number_in_json_is_a_text():
    assert read('[{"title": "A", "volume": ' + "9" * 5000 + "}]")[1][0].fields.title == "A"


BIB = "@article{a,\n title={Bib one},\n author={Demo, A}\n}\n"
NBIB = "PMID- 1\nOWN - NLM\nTI  - Nbib one\nFAU - Demo, A\n"
ENW = "%0 Journal Article\n%T Enw one\n%A Demo, A\n"


@pytest.mark.parametrize(
    ("data", "read_of_them"),
    [
        (RIS + "\n" + BIB, 2),
        (BIB + "\n" + RIS, 1),
        (RIS + "\n" + ENW, 2),
        (NBIB + "\n\n" + RIS, 1),
        (ENW + "\n" + RIS, 1),
        ('[{"title": "a"}]\n' + RIS, 1),
    ],
)
def test_references_of_another_format_in_a_file_are_handed_over(data, read_of_them):
    reading, entries = read(data)
    assert (reading.read, reading.needs_look) == (read_of_them, 1)
    look = next(one for one in entries if one.fields is None)
    assert "another format" in look.problem
    assert look.raw.strip()


def test_two_lists_of_json_in_one_file_are_both_read():
    assert [one.fields.title for one in read('[{"title": "a"}]\n[{"title": "b"}]')[1]] == ["a", "b"]


def test_marks_of_byte_order_inside_a_file_part_nothing_and_hide_nothing():
    one = "<1. >\nVN  - Ovid Technologies\nTI  - {}\nAU  - Demo, A\n\n"
    assert [entry.fields.title for entry in read("\ufeff" + one.format("A") + "\ufeff" + one.format("B"))[1]] == ["A", "B"]
    assert read("\ufeff\ufeff" + RIS + "\ufeff" + RIS)[0].read == 4
    assert read("\ufeffTitle,Authors\nA,B\n\ufeffTitle,Authors\nC,D\n")[0].read == 2


@pytest.mark.parametrize(
    ("inside", "word"),
    [
        ("xl/workbook.bin", "binary workbook"),
        ("Index/Document.iwa", "Numbers"),
        ("library.enl", "EndNote library"),
        ("a/META-INF/MANIFEST.MF", "program"),
    ],
)
def test_more_packed_things_are_named(inside, word):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(inside, "x")
    assert word in refusal(file.getvalue())


def test_a_saved_web_page_is_named():
    head = "From: <Saved>\nSubject: Results\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n"
    assert "MHTML" in refusal(head + "--x\nContent-Type: text/html\n\n<html></html>\n")


def test_headers_in_other_languages_are_known():
    for header in (
        "Tittel;Forfatter;År;Sammendrag", "Titel;Författare;År;Sammanfattning", "Titel;Forfattere;Udgivelsesår;Resumé",
        "Título;Autores;Año;Resumen", "Titre;Auteurs;Année;Résumé", "Titel;Verfasser;Jahr;Zusammenfassung", "Otsikko;Tekijä;Vuosi;Tiivistelmä",
    ):  # fmt: skip
        [entry] = read(f"{header}\nEt emne;Demo, Åse;2020;Tekst\n")[1]
        found = entry.fields
        assert (found.title, found.authors, found.year, found.abstract) == ("Et emne", ("Demo, Åse",), 2020, "Tekst"), header


def test_pubmeds_text_for_reading_is_named():
    text = "1. Demo J. 2021 Mar;12(3):45-50. doi: 10.5555/x.\n\nA title.\n\nDemo A(1).\n\nAbstract.\n\nPMID: 30000001\n\n"
    assert "save the search in the format PubMed" in refusal(text * 3)
