"""Charting answers, code book and placements of the 29 included studies: A4's facts, all other text marked as demo."""

from dataclasses import dataclass
from functools import cache

from reviewapp.demo import truth
from reviewapp.demo.studies import INCLUDED, Study

DESIGNS = {
    "qualitative": "Qualitative",
    "quantitative": "Quantitative",
    "literature_review": "Literature review",
    "conceptual": "Conceptual framework",
    "mixed_methods": "Mixed-method evaluation",
    "case_study": "Naturalistic case study",
}
POPULATIONS = {
    "severe": "Severe or long-term mental health problems",
    "mild": "Mild or moderate mental health problems",
    "context": "Context-specific",
}
COUNTRIES = {"US": "United States", "UK": "United Kingdom", "multi": "Several countries"}
"""Long names for the short ones of A4 that `Charted.country` holds; every other country is written as it is."""


@dataclass(frozen=True, slots=True)
class Charted:
    """The agreed charting answers of one study; author1 charts, author2 verifies."""

    key: str
    label: str
    year: int
    country: str
    design: str
    keyword: bool
    population: str
    aims: str
    participants: str
    findings: str
    internal_validity: str
    external_validity: str
    notes: str


@dataclass(frozen=True, slots=True)
class ThemeNode:
    """One theme of the code book; `parent` is '' for the two themes."""

    code: str
    parent: str
    name: str
    memo: str


@dataclass(frozen=True, slots=True)
class Placed:
    """One study under one theme; exactly one placement of a study is primary."""

    key: str
    label: str
    theme: str
    primary: bool
    why: str


THEMES = (
    ThemeNode("a", "", "Associations between social support, mental health and recovery", "Answers the first aim."),
    ThemeNode("a1", "a", "Mental health status", "Support set against measures of mental health."),
    ThemeNode("a2", "a", "Experience of people with severe problems", "Support as people with severe problems know it."),
    ThemeNode("b", "", "Community mental health services that integrate social support", "Answers the second aim."),
    ThemeNode("b1", "b", "Direct strategies", "Services that work on support itself."),
    ThemeNode("b2", "b", "Indirect strategies", "Support as an effect of something else that services do."),
)

FINDINGS = {
    "a1": "[Demo] More support went together with a better mental health status.",
    "a2": "[Demo] Support was described as part of daily life and as a condition of recovery.",
    "a": "[Demo] Support was taken apart into kinds and conditions.",
    "b1": "[Demo] A strategy aimed at support itself was followed by more contact.",
    "b2": "[Demo] A change elsewhere in the service was followed by more contact.",
}


@cache
def charted() -> tuple[Charted, ...]:
    """Give the answers of all 29 studies in the order of METHOD.md A4."""
    return tuple(_charted(study, key) for study, key in _with_keys())


@cache
def placements() -> tuple[Placed, ...]:
    """Give 29 primary placements and 3 further ones."""
    primary = [Placed(key, study.label, study.theme, True, "Main contribution (demo).") for study, key in _with_keys()]
    second = [
        Placed(key, study.label, study.second, False, "Serves this sub-theme too (demo).") for study, key in _with_keys() if study.second
    ]
    return (*primary, *second)


def _with_keys() -> list[tuple[Study, str]]:
    by_label = {label: key for key, label in truth.included_reports().items()}
    return [(study, by_label[study.label]) for study in INCLUDED]


def _charted(study: Study, key: str) -> Charted:
    return Charted(
        key=key,
        label=study.label,
        year=study.year,
        country=study.country,
        design=study.design,
        keyword=study.keyword,
        population=study.population,
        aims=f"[Demo] A question within theme {study.theme[0]}.",
        participants="[Demo] Not described in the demo.",
        findings=FINDINGS[study.theme],
        internal_validity="[Demo] Judged adequate.",
        external_validity="[Demo] Judged adequate for similar settings.",
        notes="[Demo] p. 1",
    )
