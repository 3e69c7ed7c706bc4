"""Any bytes at all: Refused, or found = read + needs_look with clean text; and what is written comes back."""

import io
import json
import random
import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from screening.importing import readers

BAD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
HEADS = [
    b"",
    b"TY  - JOUR\nTI  - ",
    b"PMID- 1\nFAU - Demo, A\nTI  - ",
    b"@article{demo,\n title = {",
    b"Title,Authors,Year,DOI\n",
    b"<xml><records><record><titles><title>",
    b"<PubmedArticleSet><PubmedArticle>",
    b"FN Clarivate\nVR 1.0\nPT J\nTI ",
    b"PT\tAU\tTI\tPY\n",
    b"%0 Journal Article\n%T ",
    b'[{"title": "',
    b"<1. >\nVN  - Ovid Technologies\nTI  - ",
    b"<1>\nTitle\n  ",
    b"RT Journal Article\nSR Demo\nT1 ",
    b"Record #1 of 2\nID: CN-1\nTI: ",
    b'"TITLE","x"\n"AUTHOR NAMES","Demo A."\n',
    b"\xff\xfe",
    b"PK\x03\x04",
    b"Record: 1\nTitle: Demo\nDatabase: Demo\n",
    b"TI- Demo\nAU- Demo, A\nPY- ",
    b"10.5555/demo\n",
]
TABLES = [
    b"",
    b"a,b,c\n1,2,3\n",
    b"Heading;Who;When\nOne of many words;Demo A; 2019\n",
    b"x\ty\n",
    b"Title,Authors,Year\nA,B,2020\n",
    b"|a|b|\n",
]
NAMES_OF_ERRORS = re.compile(r"\b\w*(?:Error|Exception|Traceback)\b|object at 0x|<class")
PIECES = [
    *(
        b"\n",
        b"\r",
        b"\x00",
        b'"',
        b"{",
        b"}",
        b"<",
        b">",
        b"&#1;",
        b"\\u0000",
        b"\\ud83d",
        b"\xe5",
        b"\xc3\xa5",
        b"\xe2\x80\xa8",
        b"- ",
        b",",
    ),
    *(
        b"\nER  - \n",
        b"\nTY  - JOUR\n",
        b"AB  - ",
        b"</record>",
        b"<record>",
        b"\n\n",
        b"; ",
        b" and ",
        b"10.5555/demo",
        b"2019",
        b"\xf0\x9f\x98\x80",
    ),
]
SAMPLES = sorted(file for file in (Path(__file__).parents[3] / "samples").iterdir() if file.is_file())
content = st.one_of(
    st.binary(max_size=300),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8).map(lambda text: text.encode("utf-8", "replace"))), max_size=40).map(
        b"".join
    ),
)


def texts(fields: readers.Fields) -> list[str]:
    """Give every text of the fields."""
    out: list[str] = []
    for name in readers.Fields.__slots__:
        value = getattr(fields, name)
        if isinstance(value, str):
            out.append(value)
        elif isinstance(value, tuple):
            out += value
        elif isinstance(value, dict):
            out += [text for key, held in value.items() for text in (key, *held)]
    return out


def check(data: bytes, name: str) -> None:
    """Hold the promise for one file: refused with a sentence, or counted, with clean text only."""
    try:
        reading = readers.open_export(io.BytesIO(data), name)
        entries = list(reading)
    except readers.Refused as refused:
        message = str(refused)
        assert message.endswith(".")
        assert "could not be" not in message
        return
    assert reading.found == reading.read + reading.needs_look == len(entries)
    assert [one.position for one in entries] == list(range(1, len(entries) + 1))
    for one in entries:
        assert not BAD.search(one.raw)
        assert (one.fields is None) == bool(one.problem)
        if one.fields is not None:
            assert not any(BAD.search(text) for text in texts(one.fields))


@given(head=st.sampled_from(HEADS), body=content, name=st.sampled_from(["", "a.ris", "a.csv", "a.xml"]))
def test_any_bytes_are_refused_or_counted(head, body, name):
    check(head + body, name)


def mutant(data: bytes, rng: random.Random) -> bytes:
    """Cut, damage, mix and recode a file a few times."""
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(len(data) + 1)
        match rng.randrange(8):
            case 0:
                data = data[:place]
            case 1:
                data = data[:place] + bytes(rng.randrange(256) for _ in range(rng.randint(1, 20))) + data[place + rng.randint(0, 20) :]
            case 2:
                data = data[:place] + data[place + rng.randint(1, 300) :]
            case 3:
                lines = data.split(b"\n")
                rng.shuffle(lines)
                data = b"\n".join(lines)
            case 4:
                data = data[:place] + rng.choice(PIECES) * rng.randint(1, 4) + data[place:]
            case 5:
                data = data.decode("utf-8", "replace").encode(
                    rng.choice(["utf-16", "utf-16-be", "cp1252", "mac-roman", "gb18030"]), "replace"
                )
            case 6:
                data = data.replace(b"\n", rng.choice([b"\r", b"\r\n", b"\r\r\n", b"", b" "]))
            case _:
                other = rng.choice(SAMPLES).read_bytes()
                data = data[:place] + other[rng.randrange(len(other)) :][:2000] + data[place:]
    return data[:30_000]


#: Mutants an example: with the 2,000 examples of `make fuzz` these are 10,000.
EACH = 5 if settings().max_examples >= 1000 else 1


@given(sample=st.sampled_from(SAMPLES), seed=st.integers(0, 2**32))
def test_mutants_of_every_sample_are_refused_or_counted(sample, seed):
    rng = random.Random(seed)
    for _ in range(EACH):
        check(mutant(sample.read_bytes(), rng), sample.name)


@given(sample=st.sampled_from(SAMPLES), seed=st.integers(0, 2**32))
def test_what_read_export_prints_is_json_whose_sums_are_right(sample, seed):
    try:
        reading = readers.open_export(io.BytesIO(mutant(sample.read_bytes(), random.Random(seed))), sample.name, guess=True)
        answer = json.loads("".join(readers.pieces(reading)))
    except readers.Refused as refused:
        sentence = str(refused)
        assert not NAMES_OF_ERRORS.search(sentence)
        return
    assert answer["found"] == answer["read"] + answer["needs_look"] == len(answer["records"]) + len(answer["problems"])
    assert len(answer["records"]) == answer["read"]
    for problem in answer["problems"]:
        assert problem["message"].endswith(".")
        assert not NAMES_OF_ERRORS.search(problem["message"])


@given(head=st.sampled_from(TABLES), body=content, fields=st.lists(st.sampled_from(readers.FIELDS), max_size=4))
def test_any_table_is_mapped_guessed_or_refused(head, body, fields):
    data = head + body
    try:
        preview = readers.preview_table(io.BytesIO(data))
    except readers.Refused:
        return
    assert len(set(preview.names)) == len(preview.names)
    assert set(preview.proposed) <= set(preview.names)
    mapping = dict(zip(preview.names, fields, strict=False))
    for options in ({"mapping": mapping}, {"guess": True}):
        try:
            reading = readers.open_export(io.BytesIO(data), **options)
            entries = list(reading)
            assert reading.found == reading.read + reading.needs_look == len(entries)
        except readers.Refused as refused:
            sentence = str(refused)
            assert sentence.endswith(".")


# a byte order mark is where two files were put together, never a letter of a title
letters = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs", "Cn"), exclude_characters="\ufeff")
words = st.text(letters, min_size=1, max_size=12)
titles = st.lists(words, min_size=1, max_size=6).map(" ".join)
names = st.tuples(words, words).map(", ".join).filter(lambda name: ";" not in name)


@given(
    references=st.lists(st.tuples(titles, st.lists(names, max_size=4), st.integers(1400, 2099)), min_size=1, max_size=6),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_ris_that_is_written_comes_back_equal(references, end, encoding):
    lines = []
    for title, authors, year in references:
        lines += ["TY  - JOUR", f"TI  - {title}", *(f"AU  - {name}" for name in authors), f"PY  - {year}", "ER  - ", ""]
    reading = readers.open_export(io.BytesIO(end.join(lines).encode(encoding)))
    got = [(one.fields.title, list(one.fields.authors), one.fields.year) for one in reading if one.fields]
    assert got == [(title, authors, year) for title, authors, year in references]
