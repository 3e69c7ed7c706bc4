"""Pure rules for long texts: sections of an abstract, wrapped lines, copyright notices, letters lost before."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

_HEADINGS = (
    "BACKGROUND|INTRODUCTION|CONTEXT|PURPOSE|PURPOSES|OBJECTIVE|OBJECTIVES|AIM|AIMS|AIMS AND OBJECTIVES|HYPOTHESIS|RATIONALE|IMPORTANCE|"
    "METHOD|METHODS|METHODOLOGY|MATERIALS AND METHODS|MATERIAL AND METHODS|METHODS AND MATERIALS|PATIENTS AND METHODS|DESIGN|STUDY DESIGN|"
    "SETTING|PARTICIPANTS|PATIENTS|SUBJECTS|INTERVENTION|INTERVENTIONS|MEASUREMENTS|MAIN OUTCOME MEASURES|MAIN OUTCOME MEASURE|"
    "OUTCOME MEASURES|DATA SOURCES|SEARCH STRATEGY|SELECTION CRITERIA|DATA COLLECTION AND ANALYSIS|STATISTICAL ANALYSIS|DATA EXTRACTION|"
    "DATA SYNTHESIS|"
    "RESULT|RESULTS|MAIN RESULTS|FINDINGS|RESULTS AND DISCUSSION|METHODS AND RESULTS|METHODS AND FINDINGS|DISCUSSION|LIMITATIONS|"
    "CONCLUSION|CONCLUSIONS|CONCLUSIONS AND RELEVANCE|AUTHORS' CONCLUSIONS|INTERPRETATION|IMPLICATIONS|IMPLICATIONS FOR PRACTICE|"
    "RELEVANCE TO CLINICAL PRACTICE|SIGNIFICANCE|FUNDING|TRIAL REGISTRATION|REGISTRATION|KEYWORDS"
)
_SECTION_END = re.compile(rf"[.?!)\]%;] +(?=(?:{_HEADINGS})$)")
_HEADED_LINE = re.compile(r"^(?:[A-Z][A-Za-z'/&-]*(?: [A-Za-z'/&-]+){0,4}|[A-Z][A-Z '/&-]{3,45}):(?: |$)")


def sections(text: str) -> str:
    """Put each section of a structured abstract on a line of its own, where its heading is written in capitals."""
    if "\u2028" in text or "\u2029" in text:
        text = text.replace("\u2028", " ").replace("\u2029", " ")
    parts: list[str] = []
    begin = 0
    at = text.find(":")
    while at > 0:
        if text[at - 1].isupper() and text[at + 1 : at + 2] == " " and (match := _SECTION_END.search(text, max(begin, at - 60), at)):
            parts.append(text[begin : match.start() + 1])
            begin = match.end()
        at = text.find(":", at + 1)
    return "\n".join([*parts, text[begin:]]) if parts else text


def joined_lines(lines: Iterable[str]) -> str:
    """Join the lines of one long value: wrapped lines by a space, paragraphs and headed sections by a line end."""
    kept = [line.strip() for line in lines]
    while kept and not kept[-1]:
        kept.pop()
    if len(kept) < 2:
        return kept[0] if kept else ""
    wrapped = max(map(len, kept)) <= 110
    out = [kept[0]]
    for before, line in pairwise(kept):
        if not line:
            continue
        if not out[-1]:
            out[-1] = line
        elif not before or not wrapped or (_HEADED_LINE.match(line) and before[-1:] in ".?!)]:"):
            out.append("\n" + line)
        else:
            out.append(" " + line)
    return "".join(out)


_COPYRIGHT = re.compile(
    r"^(?:Copyright of .{0,400}? is the property of|\(?(?:c|C|©)\)? ?[0-9]{4}[^.]{0,120}(?:all rights reserved\.?)?$)", re.S
)


def is_copyright(text: str) -> bool:
    """Say whether a second abstract is only the platform's copyright notice."""
    return bool(_COPYRIGHT.match(text))


_MOJIBAKE = re.compile("[ÃÂ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œŸ¢£¤¥¦§¨©ª«¬®¯°±²³´µ¶·¸¹º»¼½¾¿]")
MOJIBAKE = "Letters look like UTF-8 that was saved as Windows-1252 before (for example Ã¥ for å): export the file again where you can."


def is_mojibake(text: str) -> bool:
    """Say whether letters were lost before the file came here: UTF-8 taken for Windows-1252 and saved again."""
    return ("Ã" in text or "Â" in text) and _MOJIBAKE.search(text) is not None
