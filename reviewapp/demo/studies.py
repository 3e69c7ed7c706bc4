"""The 29 included studies of METHOD.md A4: label, theme, country and design are theirs; titles and everything else are demo text."""

from dataclasses import dataclass
from typing import Literal

Design = Literal["quantitative", "qualitative", "literature_review", "conceptual", "mixed_methods", "case_study"]
Population = Literal["severe", "mild", "context"]


@dataclass(frozen=True, slots=True)
class Study:
    """One included study: `theme` is a1, a2, a (no sub-theme), b1 or b2; `second` a further sub-theme or ''."""

    label: str
    surnames: tuple[str, ...]
    et_al: bool
    year: int
    theme: str
    second: str
    country: str
    design: Design
    keyword: bool
    population: Population
    title: str


def _study(
    label: str, theme: str, country: str, design: Design, keyword: str, population: Population, title: str, second: str = ""
) -> Study:
    names, year = label.rsplit(" ", 1)
    et_al = names.endswith(" et al.")
    surnames = tuple(part.strip() for part in names.removesuffix(" et al.").replace(" & ", ", ").split(","))
    return Study(label, surnames, et_al, int(year), theme, second, country, design, keyword == "yes", population, f"[Demo] {title}")


A1, A2, A, B1, B2 = "a1", "a2", "a", "b1", "b2"

INCLUDED: tuple[Study, ...] = (
    _study("Andrea, Siegel & Teo 2016", A1, "US", "quantitative", "yes", "mild",
           "Support received and mental health status: an association tested"),
    _study("Baiden, Den Dunnen & Fallon 2017", A1, "Canada", "quantitative", "yes", "mild",
           "Two sub-themes at once: status and experience of relations", second=A2),
    _study("Stockdale et al. 2007", A1, "US", "quantitative", "yes", "context",
           "Status in context: surroundings, relations and symptoms"),
    _study("Puyat 2013", A1, "Canada", "quantitative", "yes", "mild",
           "Does perceived support follow mental health status?"),
    _study("Bjornestad et al. 2017", A1, "Norway", "quantitative", "other", "severe",
           "Recovery measured twice: relations, status and experience", second=A2),
    _study("Smolak et al. 2013", A1, "multi", "literature_review", "yes", "severe",
           "What earlier literature says on support and status"),
    _study("Wesselmann et al. 2015", A1, "US", "quantitative", "yes", "context",
           "Resources in relations: another look at mental health status"),
    _study("Forrester-Jones et al. 2012", A2, "UK", "quantitative", "yes", "severe",
           "Experience of severe problems: networks counted"),
    _study("Kogstad, Mönness & Sörensen 2013", A2, "Norway", "quantitative", "other", "severe",
           "Service users' experience and belonging: survey answers"),
    _study("Sun et al. 2019", A2, "China", "quantitative", "yes", "severe",
           "Attitudes to recovery and experience of support"),
    _study("Townley, Miller & Kloos 2013", A2, "US", "quantitative", "yes", "severe",
           "Everyday experience of community with severe problems"),
    _study("Munikanan et al. 2017", A2, "Malaysia", "quantitative", "yes", "severe",
           "Close relations as experienced in long-term treatment"),
    _study("Finfgeld-Connett 2005", A, "multi", "literature_review", "yes", "context",
           "A concept and its meanings: support reviewed"),
    _study("Webber & Fendt-Newlin 2017", B1, "multi", "literature_review", "yes", "severe",
           "Direct strategies in the literature: a map of interventions"),
    _study("Webber et al. 2015", B1, "UK", "qualitative", "yes", "severe",
           "Workers' strategies, direct and indirect, for new relations", second=B2),
    _study("Prince et al. 2018", B1, "US", "qualitative", "yes", "severe",
           "Members' views of a direct strategy"),
    _study("Langeland & Wahl 2009", B1, "Norway", "quantitative", "yes", "severe",
           "Testing a direct strategy: changes in satisfaction"),
    _study("Whitley et al. 2008", B1, "US", "qualitative", "other", "severe",
           "Groups as a direct strategy: recovery in company"),
    _study("Smidl, Mitchell & Creighton 2017", B1, "US", "qualitative", "yes", "severe",
           "Doing things together: an activity as direct strategy"),
    _study("Horghagen, Fostvedt & Alsaker 2014", B1, "Norway", "qualitative", "other", "severe",
           "A place to meet: direct support through activity"),
    _study("Gidugu et al. 2015", B1, "US", "qualitative", "yes", "severe",
           "One person for another: peers as direct strategy"),
    _study("B. Karlsson et al. 2017", B1, "Norway", "conceptual", "other", "context",
           "Thinking about local community: a framework for direct work"),
    _study("McKeown, Roy & Spandler 2015", B1, "UK", "qualitative", "yes", "mild",
           "Solidarity as strategy: participants explain"),
    _study("Lamont et al. 2017", B1, "UK", "qualitative", "other", "mild",
           "Team feeling as strategy: participants' accounts"),
    _study("de Jong et al. 2016", B1, "Netherlands", "case_study", "yes", "severe",
           "One case followed: family and network brought together"),
    _study("Ljungqvist et al. 2016", B2, "Sweden", "quantitative", "other", "severe",
           "Indirect strategies: economy and relations compared"),
    _study("Muir et al. 2010", B2, "Australia", "mixed_methods", "other", "severe",
           "Indirect strategies in housing: two kinds of data"),
    _study("Kloos & Shah 2009", B2, "UK", "conceptual", "yes", "severe",
           "Surroundings as indirect strategy: a framework proposed"),
    _study("Owczarzak et al. 2013", B2, "US", "qualitative", "other", "mild",
           "Integration of services as indirect strategy: staff and users speak"),
)
"""In the order of METHOD.md A4."""
