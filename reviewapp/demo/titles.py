"""Titles of invented papers, far enough from each other that no dedupe engine can take two of them for one."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from reviewapp.demo import words

FORMS = (
    "{topic} and {off} among {people}: {method}",
    "{topic} in {place}: {method} of {people}",
    "How {people} describe {topic} in {place}",
    "Does {topic} predict {outcome} in {people}? {method}",
    "The role of {topic} for {outcome} after {event}",
    "Effects of {help} on {outcome} for {people}: {method}",
    "“{quote}”: {topic} as told by {people}",
    "From {topic} to {off}: {outcome} in {place}",
    "Barriers to {topic} for {people} in {place}",
    "Implementing {help} in {place}: lessons from {method}",
    "{topic}, {off} and {outcome}: {method}",
    "{outcome} after {event}: what {topic} can explain in {people}",
    "{help} for {people} in {place}: who stays and who leaves?",
    "Measuring {topic} among {people}: {method} in {place}",
    "Rethinking {topic}: {method} from {place}",
    "When {people} meet {help}: {topic} and {outcome}",
    "Is {topic} related to {outcome} and {outcome2}? {method} in {place}",
    "{people} and {topic}: a conceptual note on {outcome} after {event}",
)
_SMALL = """
a an the and or of in on for to from by with as at after among is does how when what who can be not it that you they we i my
og blant til fra en et er hvordan når blir den de av med om bland och från får när hur blandt
"""
SMALL = frozenset(_SMALL.split())
SHARED = 0.55
"""Two titles share less than this part of the words of the shorter one."""


@dataclass(frozen=True, slots=True)
class Theme:
    """What one invented paper is about: its title and the phrases that its abstract repeats."""

    title: str
    topic: str
    people: str
    place: str
    outcome: str
    method: str


def content_words(title: str) -> frozenset[str]:
    """The words of a title that carry meaning, folded."""
    return frozenset(word for word in re.findall(r"\w+", title.casefold()) if word not in SMALL)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _tidy(title: str) -> str:
    """Capitalise the first letter of the title and the one after a question mark."""
    return _capital(re.sub(r"\? (\w)", lambda match: "? " + match.group(1).upper(), title))


class TitleMaker:
    """Hands out titles of which no two share too many words; remembers every one it gave or was told of."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self._sizes: list[int] = []
        self._with_word: dict[str, list[int]] = defaultdict(list)

    def reserve(self, title: str) -> None:
        """Keep new titles away from one that was written by hand."""
        found = content_words(title)
        for word in found:
            self._with_word[word].append(len(self._sizes))
        self._sizes.append(len(found))

    def english(self, *, core: bool) -> Theme:
        """Make a title in English; `core` ones are about support and recovery in both halves."""
        return self._distinct(lambda: self._draw_english(core=core))

    def nordic(self, language: str) -> Theme:
        """Make a title in `nor`, `swe` or `dan`."""
        return self._distinct(lambda: self._draw_nordic(language))

    def _distinct(self, draw: Callable[[], Theme]) -> Theme:
        for _ in range(400):
            theme = draw()
            if self._is_far(theme.title):
                self.reserve(theme.title)
                return theme
        raise ValueError("The word lists are too small for another distinct title.")

    def _is_far(self, title: str) -> bool:
        found = content_words(title)
        shared: Counter[int] = Counter()
        for word in found:
            shared.update(self._with_word.get(word, ()))
        return all(count < SHARED * min(len(found), self._sizes[other]) for other, count in shared.items())

    def _draw_english(self, *, core: bool) -> Theme:
        pick = self.random.choice
        topic = pick(words.CORE_TOPICS if core or self.random.random() < 0.3 else words.OFF_TOPICS)
        off = pick([word for word in (words.CORE_TOPICS if core else words.OFF_TOPICS) if word != topic])
        people, place, outcome, method = pick(words.POPULATIONS), pick(words.SETTINGS), pick(words.OUTCOMES), pick(words.METHODS)
        outcome2 = pick([word for word in words.OUTCOMES if word != outcome])
        slots = {"topic": topic, "off": off, "people": people, "place": place, "outcome": outcome, "outcome2": outcome2, "method": method}
        slots |= {"help": pick(words.INTERVENTIONS), "event": pick(words.EVENTS), "quote": pick(words.QUOTES)}
        return Theme(_tidy(pick(FORMS).format(**slots)), topic, people, place, outcome, method)

    def _draw_nordic(self, language: str) -> Theme:
        pick, lists = self.random.choice, words.NORDIC[language]
        topic, people, place, method = pick(lists["topic"]), pick(lists["people"]), pick(lists["place"]), pick(lists["method"])
        topic2 = pick([word for word in lists["topic"] if word != topic])
        title = pick(lists["forms"]).format(topic=topic, topic2=topic2, people=people, place=place, method=method)
        return Theme(_tidy(title), topic, people, place, topic2, method)
