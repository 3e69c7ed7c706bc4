"""The words of screening. No bare "include" anywhere else."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Arm(models.TextChoices):
    """The two arms of the flow (PRISMA 2020)."""

    DATABASES = "databases", _("databases and registers")
    OTHER = "other", _("other methods")


class SourceKind(models.TextChoices):
    DATABASE = "database", _("database")
    REGISTER = "register", _("register")
    WEBSITE = "website", _("website")
    ORGANISATION = "organisation", _("organisation")
    CITATION = "citation", _("citation searching")
    CONTACTS = "contacts", _("contacts and research network")
    OTHER = "other", _("other")

    @property
    def arm(self) -> Arm:
        return Arm.DATABASES if self in (SourceKind.DATABASE, SourceKind.REGISTER) else Arm.OTHER


class UploadKind(models.TextChoices):
    FILE = "file", _("file")
    TYPED = "typed", _("typed or pasted")


class UploadState(models.TextChoices):
    COLUMNS = "columns", _("waits for its columns")
    WAITING = "waiting", _("waits to be read")
    READING = "reading", _("being read")
    READ = "read", _("read")
    REFUSED = "refused", _("not taken")
    STOPPED = "stopped", _("stopped")


class UploadStepKind(models.TextChoices):
    WITHDRAWN = "withdrawn", _("withdrawn")
    RESTORED = "restored", _("restored")


class EndingKind(models.TextChoices):
    """How an entry that could not be read ended; a readable one has a SourceRecord and needs no row."""

    MENDED = "mended", _("mended by a person")
    UNREADABLE = "unreadable", _("unreadable")
    NOT_A_REFERENCE = "not_a_reference", _("not a reference")


class RemovalReason(models.TextChoices):
    """The closed list of reasons to remove a record before screening."""

    DATES = "dates", _("outside the searched dates")
    NOTICE = "notice", _("erratum or retraction notice")
    UNREADABLE = "unreadable", _("unreadable")


class PairState(models.TextChoices):
    OPEN = "open", _("open")
    SAME = "same", _("same")
    DIFFERENT = "different", _("not a duplicate")


class Strictness(models.TextChoices):
    """How sure the engine must be before it merges by itself."""

    BALANCED = "balanced", _("balanced")
    CAREFUL = "careful", _("careful")


class BulkAnswer(models.TextChoices):
    """What was said of many pairs, or many merges, at once."""

    SAME = "same", _("the same")
    DIFFERENT = "different", _("not duplicates")
    APART = "apart", _("merges taken back")


class StageKind(models.TextChoices):
    TITLE_ABSTRACT = "title_abstract", _("title and abstract")
    FULL_TEXT = "full_text", _("full text")


class RoundKind(models.TextChoices):
    MAIN = "main", _("main round")
    UPDATE = "update", _("update")
    PILOT = "pilot", _("pilot")
    PRACTICE = "practice", _("practice")
    RELOOK = "relook", _("re-look")


class Verdict(models.TextChoices):
    INCLUDE = "include", _("include")
    EXCLUDE = "exclude", _("exclude")
    MAYBE = "maybe", _("maybe")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Purpose(models.TextChoices):
    SCREENING = "screening", _("screening")
    PILOT = "pilot", _("pilot")
    PRACTICE = "practice", _("practice")
    SELF_CHECK = "self_check", _("self-check")


class Independence(models.TextChoices):
    """Whether votes of a file were cast without knowing the others'; only those that were enter the agreement."""

    UNKNOWN = "unknown", _("not known")
    YES = "yes", _("yes: nobody saw the others’ votes")
    NO = "no", _("no")


class Outcome(models.TextChoices):
    """Where a record stands in a stage."""

    WAITING = "waiting", _("waiting")
    CONFLICT = "conflict", _("conflict")
    TO_SETTLE = "to_settle", _("maybe: to settle")
    GOES_ON = "goes_on", _("goes on")
    EXCLUDED = "excluded", _("excluded")


SETTLED = (Outcome.GOES_ON, Outcome.EXCLUDED)
CLASHES = (Outcome.CONFLICT, Outcome.TO_SETTLE)


class ConflictKind(models.TextChoices):
    VERDICTS = "verdicts", _("one goes on, one does not")
    REASONS = "reasons", _("different reasons")
    MAYBE = "maybe", _("maybe")
    AGAIN = "again", _("two final decisions differ: settle again")
    NONE = "", ""


class Opens(models.TextChoices):
    """When others' votes on a record open to those who voted on it."""

    WHEN_IN = "when_in", _("when all needed votes on the record are in")
    AT_CLOSE = "at_close", _("when the round is closed")


class WhoSettles(models.TextChoices):
    CONSENSUS_OR_THIRD = "consensus_or_third", _("the two by consensus, else the third reviewer")
    CONSENSUS = "consensus", _("the two by consensus only")
    THIRD = "third", _("the third reviewer only")


class Way(models.TextChoices):
    """By which way a final decision came about."""

    CONSENSUS = "consensus", _("by consensus")
    THIRD = "third", _("by the third reviewer")
    GATE = "gate", _("by a rule signed by both screeners")


class ResolutionStepKind(models.TextChoices):
    CONFIRMED = "confirmed", _("confirmed")
    WITHDRAWN = "withdrawn", _("withdrawn")


class ProposalState(models.TextChoices):
    OPEN = "open", _("open")
    AGREED = "agreed", _("agreed")
    ANSWERED = "answered", _("answered by another proposal")
    WITHDRAWN = "withdrawn", _("withdrawn")
    HANDED_ON = "handed_on", _("handed to the third reviewer")


class RecusalKind(models.TextChoices):
    LANGUAGE = "language", _("I do not read this language")
    OWN = "own", _("this is my own paper")
    OTHER = "other", _("another reason")


class CriterionChange(models.TextChoices):
    NEW = "new", _("first version")
    WORDING = "wording", _("wording")
    NARROWER = "narrower", _("narrower")
    WIDER = "wider", _("wider")


class HighlightKind(models.TextChoices):
    INCLUSION = "in", _("towards inclusion")
    EXCLUSION = "out", _("towards exclusion")
    CONCEPT = "c", _("concept")


class Retrieval(models.TextChoices):
    SOUGHT = "sought", _("sought")
    REQUESTED = "requested", _("requested")
    RETRIEVED = "retrieved", _("retrieved")
    NOT_RETRIEVED = "not_retrieved", _("not retrieved")


class StudyStatus(models.TextChoices):
    INCLUDED = "included", _("included")
    AWAITING = "awaiting", _("awaiting classification")
    ONGOING = "ongoing", _("ongoing")


class CountBox(models.TextChoices):
    """Boxes of the flow that may hold a number declared from elsewhere (†)."""

    IDENTIFIED = "identified", _("records identified")
    DUPLICATES = "duplicates", _("duplicates removed")
    AUTOMATION = "automation", _("marked as ineligible by automation tools")
    OTHER = "other", _("removed for other reasons")


class LabelColour(models.TextChoices):
    """Colours of labels; the name says the same without them."""

    BLUE = "blue", _("blue")
    GREEN = "green", _("green")
    YELLOW = "yellow", _("yellow")
    RED = "red", _("red")
    VIOLET = "violet", _("violet")
    GREY = "grey", _("grey")


class LabelUse(models.TextChoices):
    """What a label is for: *to discuss* collects the agenda of the next meeting."""

    PLAIN = "plain", _("label")
    DISCUSS = "discuss", _("to discuss")


class SharingMode(models.TextChoices):
    """Who of a round's team judges which of its records."""

    ALL = "all", _("all for all: each takes the next record that needs a vote")
    EVENLY = "evenly", _("evenly: each record has its people, all with the same share")
    WEIGHT = "weight", _("by weight: each record has its people, with shares as given")
    LIST = "list", _("by list: records with a label go to its people, all others evenly to who takes part")
