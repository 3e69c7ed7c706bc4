"""The words of classification, charting and themes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

#: A spread of this many steps or more between raters is marked.
WIDE_SPREAD = 2
LOWEST, HIGHEST = 0, 3
VALUES = tuple(range(LOWEST, HIGHEST + 1))


class ScaleKey(models.TextChoices):
    """The two scales that every classification table begins with; further ones have keys of their own."""

    RELEVANCE = "relevance", _("Relevance")
    DESIGN = "design", _("Quality of study design")


class Suggestion(models.TextChoices):
    """What the rule of the classification table says of a report. It informs; people decide."""

    INCLUDE = "include", _("Include")
    EXCLUDE = "exclude", _("Exclude")
    DISCUSS = "discuss", _("Discuss")
    AGREE_FIRST = "agree_first", _("agree first")


class Ground(models.TextChoices):
    """Why the rule suggests exclusion, in its order."""

    NOT_RELEVANT = "not_relevant", _("not relevant to the aims")
    VIEWPOINT = "viewpoint", _("personal viewpoint")
    POOR_DESIGN = "poor_design", _("poor study design")
    OTHER_SCALE = "other_scale", _("below the minimum of a further scale")
    NONE = "", ""


class Mode(models.TextChoices):
    """How studies are charted."""

    VERIFY = "verify", _("one charts, another verifies")
    DOUBLE = "double", _("two chart on their own, then reconcile")


class FieldKind(models.TextChoices):
    SHORT = "short", _("one line")
    LONG = "long", _("longer text")
    NUMBER = "number", _("number")
    CHOICE = "choice", _("one of a list")
    MANY = "many", _("several of a list")


class AnswerKind(models.TextChoices):
    OWN = "own", _("own")
    AGREED = "agreed", _("agreed")


class StepKind(models.TextChoices):
    CHARTED = "charted", _("charted")
    VERIFIED = "verified", _("verified")


class StudyState(models.TextChoices):
    """Where a study stands in charting."""

    NOT_BEGUN = "not_begun", _("not begun")
    BEGUN = "begun", _("begun")
    CHARTED = "charted", _("charted")
    VERIFIED = "verified", _("verified")


class Design(models.TextChoices):
    """Designs of studies, level 1."""

    QUALITATIVE = "qualitative", _("qualitative")
    QUANTITATIVE = "quantitative", _("quantitative")
    MIXED = "mixed methods", _("mixed methods")
    REVIEW = "literature review", _("literature review")
    CONCEPTUAL = "conceptual", _("conceptual or theoretical")
    CASE = "case study", _("case study")
    EVALUATION = "evaluation", _("evaluation")
    OPINION = "opinion", _("opinion")
    PROTOCOL = "protocol", _("protocol")


#: Level 2 of the designs: each belongs to one of level 1.
DESIGN_DETAILS: dict[str, Design] = {
    "interviews": Design.QUALITATIVE,
    "focus groups": Design.QUALITATIVE,
    "ethnography": Design.QUALITATIVE,
    "participatory research": Design.QUALITATIVE,
    "randomised controlled trial": Design.QUANTITATIVE,
    "quasi-experiment": Design.QUANTITATIVE,
    "cohort": Design.QUANTITATIVE,
    "cross-sectional survey": Design.QUANTITATIVE,
    "longitudinal survey": Design.QUANTITATIVE,
    "convergent": Design.MIXED,
    "sequential": Design.MIXED,
    "mixed-method evaluation": Design.MIXED,
    "systematic review": Design.REVIEW,
    "scoping review": Design.REVIEW,
    "meta-synthesis": Design.REVIEW,
    "narrative review": Design.REVIEW,
    "conceptual framework": Design.CONCEPTUAL,
    "theory": Design.CONCEPTUAL,
    "naturalistic case study": Design.CASE,
    "single case": Design.CASE,
    "process evaluation": Design.EVALUATION,
    "outcome evaluation": Design.EVALUATION,
}


class Population(models.TextChoices):
    SEVERE = "severe or long-term", _("severe or long-term")
    MILD = "mild or moderate", _("mild or moderate")
    CONTEXT = "context-specific", _("context-specific")
