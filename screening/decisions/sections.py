"""Find the sections of an abstract by their labels. Pure."""

import re
from dataclasses import dataclass

KNOWN = (
    "background", "introduction", "context", "rationale", "importance", "objective", "objectives", "aim", "aims", "purpose", "question",
    "design", "setting", "participants", "patients", "population", "sample", "data sources", "data source", "study selection",
    "intervention", "interventions", "exposure", "measures", "main outcome measures", "outcomes", "outcome measures", "method", "methods",
    "methodology", "materials and methods", "patients and methods", "methods and findings", "methods and results", "data collection",
    "analysis", "data analysis", "findings", "result", "results", "main results", "discussion", "limitations", "strengths and limitations",
    "conclusion", "conclusions", "conclusions and relevance", "conclusion and implications", "implications", "implications for practice",
    "practice implications", "clinical implications", "relevance", "significance", "interpretation", "funding", "trial registration",
    "registration", "aims and objectives", "background and aims", "study design", "originality/value", "design/methodology/approach",
    "bakgrunn", "bakgrund", "baggrund", "introduksjon", "hensikt", "formål", "syfte", "mål", "metode", "metod", "metoder", "materiale",
    "materiale og metode", "resultat", "resultater", "funn", "fund", "diskusjon", "diskussion", "konklusjon", "konklusjoner", "konklusion",
    "konklusioner", "slutsats", "slutsatser", "implikasjoner", "betydning",
)  # fmt: skip

_KNOWN = "|".join(re.escape(word) for word in sorted(KNOWN, key=len, reverse=True))
_AT = r"(?:\A|(?<=\n)|(?<=[.?!;)\]] )|(?<=[.?!;)\]]  ))"
_CAPITALS = r"[A-ZÆØÅÄÖ](?:[A-ZÆØÅÄÖ/&,\-]|[ ](?=[A-ZÆØÅÄÖ/&])){3,48}"
_LABEL = re.compile(rf"{_AT}[ \t]*(?:(?P<known>(?i:{_KNOWN}))|(?P<capitals>{_CAPITALS}))[ \t]*(?::|(?:[.–—-](?=[ \t\n])))[ \t\n]*")


@dataclass(frozen=True, slots=True)
class Section:
    """A head ("" for none) and the text below it."""

    head: str
    text: str


def split(abstract: str) -> list[Section]:
    """Cut an abstract at its labels ('BACKGROUND:', 'Methods:'); without labels its paragraphs come without heads. Nothing is lost."""
    text = abstract.strip()
    labels = [m for m in _LABEL.finditer(text) if _is_label(m)]
    if not labels or (len(labels) == 1 and labels[0].group("known") is None):
        return [Section("", part.strip()) for part in re.split(r"\n\s*\n|\n", text) if part.strip()]
    found = [Section("", text[: labels[0].start()].strip())] if text[: labels[0].start()].strip() else []
    for label, following in zip(labels, [*labels[1:], None], strict=True):
        body = text[label.end() : following.start() if following else len(text)].strip()
        found.append(Section(_head(label.group("known") or label.group("capitals")), " ".join(body.split("\n"))))
    return found


def _is_label(match: re.Match[str]) -> bool:
    """A known word followed by a dash or a stop counts only when it stands in capitals or begins a line: 'Results. Ten people …'."""
    known = match.group("known")
    if known is None or ":" in match.group():
        return True
    return known.isupper() or (known[0].isupper() and (match.start() == 0 or match.string[match.start() - 1] == "\n"))


def _head(label: str) -> str:
    text = label.strip()
    return text[0].upper() + text[1:].lower() if text.isupper() else text[0].upper() + text[1:]
