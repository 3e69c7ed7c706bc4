"""Names of languages as databases write them, and the stemmer of each. Pure."""

import re

#: Code → how exports write it. The codes are those shown in addresses.
NAMES: dict[str, tuple[str, ...]] = {
    "en": ("english", "eng", "en", "engelsk", "engelska"),
    "no": ("norwegian", "nor", "no", "nob", "nno", "nb", "nn", "norsk", "bokmål", "bokmal", "nynorsk", "norska"),
    "sv": ("swedish", "swe", "sv", "svenska", "svensk"),
    "da": ("danish", "dan", "da", "dansk", "danska"),
    "fi": ("finnish", "fin", "fi", "finsk"), "is": ("icelandic", "ice", "isl", "is", "islandsk"),
    "de": ("german", "ger", "deu", "de", "deutsch", "tysk"), "fr": ("french", "fre", "fra", "fr", "français", "fransk"),
    "es": ("spanish", "spa", "es", "español", "spansk"), "pt": ("portuguese", "por", "pt"), "it": ("italian", "ita", "it"),
    "nl": ("dutch", "dut", "nld", "nl", "flemish"), "pl": ("polish", "pol", "pl"), "ru": ("russian", "rus", "ru"),
    "zh": ("chinese", "chi", "zho", "zh"), "ja": ("japanese", "jpn", "ja"), "ko": ("korean", "kor", "ko"),
    "tr": ("turkish", "tur", "tr"), "fa": ("persian", "per", "fas", "fa", "farsi"), "ar": ("arabic", "ara", "ar"),
}  # fmt: skip
_CODES = {name: code for code, names in NAMES.items() for name in names}
#: The stemmers that records are indexed with, and queries are asked with: all four.
STEMMERS: dict[str, str] = {"en": "english", "no": "norwegian", "sv": "swedish", "da": "danish"}
_WORD = re.compile(r"[^\W\d_]+")


def code_of(written: str) -> str:
    """Give the code of a language as an export writes it, of the first that is known where there are several; "" for none."""
    return next((_CODES[word] for word in _WORD.findall(written.casefold()) if word in _CODES), "")


def stemmer_of(written: str) -> str:
    """Give the stemmer for a record whose language reads so; an unknown one is taken for English."""
    return STEMMERS.get(code_of(written), "english")


def codes_of(written: str) -> set[str]:
    """Give the codes of all languages that an export names in one place."""
    return {_CODES[word] for word in _WORD.findall(written.casefold()) if word in _CODES}
