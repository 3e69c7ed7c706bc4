"""Abstracts of invented papers, composed from sentence patterns in several layouts; each says that it is invented."""

from random import Random

from reviewapp.demo.titles import Theme

BACKGROUND = (
    "Little is known about {topic} among {people}, although services in {place} meet the question every day.",
    "{Topic} has been discussed for years, yet {people} have seldom been asked what it means to them.",
    "In {place}, {outcome} is often treated as a private matter, and the part played by {topic} remains unclear.",
    "Earlier work linked {topic} to {outcome}, but mostly in small samples and rarely with {people}.",
    "Policy documents name {topic} as a goal without saying how {people} could reach it.",
    "Both practitioners and {people} point to {topic} when they explain changes in {outcome}.",
    "Reforms in {place} have moved attention towards {topic}, and the consequences for {outcome} are disputed.",
)
AIM = (
    "The aim was to describe how {topic} relates to {outcome} in {place}.",
    "We asked whether {topic} changes over {months} months and for whom.",
    "This paper explores what {people} consider helpful, and what they would rather do without.",
    "We set out to test an explanation of {outcome} that gives room to {topic}.",
    "The purpose was to develop practical advice for those who work with {people}.",
)
METHOD = (
    "We carried out {method} with {n} participants ({women} women), recruited in {place} during {months} months.",
    "Using {method}, we followed {n} {people} for {months} months; {lost} were lost to follow-up.",
    "The material comes from {method}: {n} interviews of about {minutes} minutes, analysed in {steps} steps by two of the authors.",
    "In all, {n} {people} answered a form with {items} items on {topic} and {outcome}; the response rate was {rate} per cent.",
    "Data were gathered through {method} in {place}; a reference group with own experience took part in planning and analysis.",
    "Eligible were {people} aged {age} or more; {n} consented, and {items} indicators of {outcome} were recorded twice.",
)
RESULT = (
    "Participants who reported more {topic} scored {points} points higher on {outcome} (95% CI {low} to {high}).",
    "{Steps} themes were constructed: waiting for somebody to ask, finding a rhythm, and being counted on in {place}.",
    "No difference in {outcome} was seen at {months} months, but {rate} per cent wished to continue.",
    "{Topic} explained {rate} per cent of the variation in {outcome}; age and income added little.",
    "Many {people} spoke of small acts rather than programmes, and {lost} described {topic} as a burden.",
    "The change was largest in those with the poorest {outcome} at the start (B = {beta}), and it faded after {months} months.",
    "Staff and {people} disagreed on what counts as {topic}; the disagreement was smaller where they met outside {place}.",
    "Costs rose by {points} per cent in the first year, and contacts fell by {rate} per cent.",
)
CONCLUSION = (
    "Services in {place} may gain from giving {topic} a place of its own.",
    "{Topic} deserves attention when {outcome} is planned for and measured.",
    "The findings suggest caution: what helps some {people} may tire others.",
    "Longer studies are needed before {topic} is written into guidelines.",
    "Practical help and {topic} should be offered together, and {people} should decide the order.",
    "The approach is feasible in {place}, but its effect on {outcome} remains to be shown.",
)
NOTICE = "This abstract is invented for a demonstration."

NORDIC = {
    "nor": (
        "Bakgrunn: Vi vet lite om {topic} blant {people}, selv om spørsmålet er viktig i {place}.",
        "Hensikt: Å undersøke hvordan {topic} henger sammen med {outcome} over {months} måneder.",
        "Metode: Studien er {method} med {n} deltakere; {women} av dem var kvinner, og gjennomsnittsalderen var {age} år.",
        "Intervjuene varte i {minutes} minutter og ble analysert i {steps} trinn sammen med en ressursgruppe.",
        "Resultat: Deltakerne la vekt på små handlinger i hverdagen, på å bli ventet på og på å få være til nytte for andre.",
        "Om lag {rate} prosent ønsket å fortsette, mens {lost} opplevde tilbudet som en belastning.",
        "Konklusjon: Tjenester i {place} bør gi {topic} større plass, og {people} bør få bestemme rekkefølgen.",
        "Sammendraget er oppdiktet for en demonstrasjon.",
    ),
    "swe": (
        "Bakgrund: Kunskapen om {topic} bland {people} är begränsad, trots att frågan är viktig i {place}.",
        "Syfte: Att undersöka hur {topic} hänger samman med {outcome} under {months} månader.",
        "Metod: Studien är {method} med {n} deltagare; {women} var kvinnor och medelåldern var {age} år.",
        "Intervjuerna varade i {minutes} minuter och analyserades i {steps} steg tillsammans med en referensgrupp.",
        "Resultat: Deltagarna betonade små handlingar i vardagen, att någon väntade på dem och att få vara till nytta för andra.",
        "Omkring {rate} procent ville fortsätta, medan {lost} upplevde stödet som betungande.",
        "Slutsats: Verksamheter i {place} bör ge {topic} större utrymme, och {people} bör själva få bestämma ordningen.",
        "Sammanfattningen är påhittad för en demonstration.",
    ),
    "dan": (
        "Baggrund: Vi ved kun lidt om {topic} blandt {people}, selv om spørgsmålet er vigtigt i {place}.",
        "Formål: At undersøge, hvordan {topic} hænger sammen med {outcome} over {months} måneder.",
        "Metode: Undersøgelsen er {method} med {n} deltagere; {women} var kvinder, og gennemsnitsalderen var {age} år.",
        "Samtalerne varede {minutes} minutter og blev analyseret i {steps} trin sammen med en følgegruppe.",
        "Resultater: Deltagerne lagde vægt på små handlinger i hverdagen, på at blive ventet og på at være til gavn for andre.",
        "Omkring {rate} procent ønskede at fortsætte, mens {lost} oplevede tilbuddet som en byrde.",
        "Konklusion: Tilbud i {place} bør give {topic} mere plads, og {people} bør selv bestemme rækkefølgen.",
        "Sammenfatningen er opdigtet til en demonstration.",
    ),
}
STEPS = ("Three", "Four", "Five", "Six")


STUDY = (
    "This demo text stands where the abstract of {label} would be; nothing of the real abstract is used.",
    (
        "Demonstration text: the record carries the label {label}, and everything written here is invented and says nothing "
        "about the paper."
    ),
    "In place of an abstract, the demo shows these sentences for {label}.",
)
STUDY_MORE = (
    (
        "Background: Support from other people is often named when recovery from mental health problems is discussed, and it "
        "may come from family, friends, neighbours, peers or staff. Aim: To have something on the page about social support, "
        "recovery and community mental health services, so that a reviewer can try out the screen. Methods: No method is "
        "described, because none may be borrowed. Results: No result is given. Conclusions: None can be drawn."
    ),
    (
        "Social support and mental health belong to the words that this review looks for, and so do recovery, social networks "
        "and community services. A reader who screens this record in the demo sees them highlighted, can press a key to include "
        "or exclude it, and can write a note. No sample, figure or finding is reported here, and no sentence is taken from any "
        "paper."
    ),
    (
        "Background: Community mental health services may strengthen social support directly, by activities and groups, or "
        "indirectly, by housing, money and the way services work together. Purpose: To give the demo a paragraph of ordinary "
        "length that mentions recovery and social networks. Methods and results: Left out on purpose. Conclusions: Left out as "
        "well."
    ),
)


def study(label: str, random: Random) -> str:
    """Compose the stand-in for the abstract of an included study: it claims nothing about the real paper."""
    return f"{random.choice(STUDY).format(label=label)} {random.choice(STUDY_MORE)} {NOTICE}"


def _slots(theme: Theme, random: Random) -> dict[str, object]:
    number = random.randrange(18, 960)
    low = random.randrange(1, 40) / 10
    return {
        "topic": theme.topic,
        "Topic": theme.topic[:1].upper() + theme.topic[1:],
        "people": theme.people,
        "place": theme.place,
        "outcome": theme.outcome,
        "method": theme.method,
        "n": number,
        "women": number * random.randrange(30, 75) // 100,
        "months": random.randrange(2, 40),
        "lost": max(2, number // random.randrange(8, 15)),
        "minutes": random.randrange(25, 95),
        "steps": random.randrange(3, 7),
        "Steps": random.choice(STEPS),
        "items": random.randrange(6, 60),
        "rate": random.randrange(11, 89),
        "age": random.randrange(16, 67),
        "points": random.randrange(2, 30),
        "low": low,
        "high": round(low + random.randrange(5, 60) / 10, 1),
        "beta": f"{random.randrange(5, 80) / 100:.2f}",
    }


def english(theme: Theme, random: Random) -> str:
    """Compose an English abstract of about 120 to 220 words: labelled, labelled in capitals, or running text."""
    parts = {
        "Background": [*random.sample(BACKGROUND, 2), *random.sample(AIM, 1)],
        "Methods": random.sample(METHOD, 2),
        "Results": random.sample(RESULT, random.choice((2, 3, 3))),
        "Conclusions": [*random.sample(CONCLUSION, random.choice((1, 2))), NOTICE],
    }
    layout = random.choice(("labelled", "labelled", "capitals", "running"))
    label = {"labelled": "{}: ", "capitals": "{}: ", "running": ""}[layout]
    names = {name: name.upper() if layout == "capitals" else name for name in parts}
    text = " ".join(label.format(names[name]) + " ".join(sentences) for name, sentences in parts.items())
    return text.format(**_slots(theme, random))


def nordic(language: str, theme: Theme, random: Random) -> str:
    """Compose an abstract in `nor`, `swe` or `dan`."""
    return " ".join(NORDIC[language]).format(**_slots(theme, random))
