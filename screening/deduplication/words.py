"""What the engine's codes are called on screens."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

#: Why a pair waits for a person → (short, in a sentence).
KINDS = {
    "unsure": (_("unsure"), _("The fields do not say surely enough that these are one paper, or two.")),
    "same-file": (_("within one file"), _("Both came in one file. Databases seldom give the same paper twice, so a person decides.")),
    "erratum": (_("erratum"), _("One may be a correction or retraction notice of the other.")),
    "reply": (_("comment or reply"), _("One may be a comment on the other, or a reply.")),
    "protocol": (_("protocol"), _("One may be the protocol of the other.")),
    "part": (_("parts"), _("They may be two parts, numbers or editions.")),
    "preprint": (_("preprint"), _("One may be the preprint of the other.")),
    "conference": (_("conference"), _("One may be a conference abstract of the other.")),
    "translation": (_("translation"), _("One may be a translation of the other.")),
    "review": (_("book review"), _("One may be a review of the other.")),
    "careful": (_("merge taken back"), _("The engine had merged them; that was taken back when the review became careful.")),
    "person": (_("noted by a person"), _("A person put these two side by side.")),
}

#: The rule that joined two records, as a sentence.
RULES = {
    "pmid": _("the same PMID"),
    "doi": _("the same DOI"),
    "accession": _("the same accession number in one database"),
    "title-volume-page": _("the same title, volume and page"),
    "title-volume-issue": _("the same title, volume and issue"),
    "title-authors-year": _("the same title, authors and year"),
    "title-authors-volume": _("the same title, authors, journal and volume"),
    "title-authors-issue": _("the same title, authors and issue"),
    "title-year-page": _("the same title, year and page"),
    "title": _("the same title, and nothing against it"),
    "authors-volume-page": _("the same authors, volume and page"),
    "authors-volume-issue": _("the same authors, volume and issue"),
    "part-of-title": _("one title is a part of the other, and the rest agrees"),
    "fuzzy": _("titles that differ in spelling only, and the rest agrees"),
    "person": _("a person said so"),
}


def kind_order(why: str) -> tuple[int, str]:
    """Where a kind stands among the others, however many of it wait: nothing moves under the hand while one answers."""
    return (list(KINDS).index(why) if why in KINDS else len(KINDS), why)


def kind_word(why: str) -> str:
    """Give the short word for why a pair waits."""
    return str(KINDS[why][0]) if why in KINDS else why.replace("-", " ")


def kind_says(why: str) -> str:
    """Give the sentence for why a pair waits, "" for a code without one."""
    return str(KINDS[why][1]) if why in KINDS else ""


def rule_word(rule: str) -> str:
    """Give the words for a rule that joined two records."""
    if rule.startswith("bulk-"):
        return _now("a person said so of many at once (%(n)s)") % {"n": rule.removeprefix("bulk-")}
    return str(RULES[rule]) if rule in RULES else rule.replace("-", " ").replace("_", " ")
