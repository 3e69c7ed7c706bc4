"""Everything screening keeps. Facts have an author and a time and are appended; states have one writer."""

from screening.models.conflicts import Mention, Message, Proposal, ProposalAnswer, Resolution, ResolutionStep, ResolutionVote
from screening.models.decisions import Decision, DecisionReason, Hold, LateVote, Opened, Recusal, SelfCheck, SetAside, VotesFile
from screening.models.duplicates import DedupeRule, DuplicatePair, Merge, PairBulk
from screening.models.fulltext import FullText, Report, RetrievalStep, Study, StudyLink
from screening.models.labels import Label, Labelling
from screening.models.records import FieldEdit, Note, Record, Removal
from screening.models.reporting import DeclaredCount, Snapshot
from screening.models.search import SearchText
from screening.models.searches import Search, SearchRound, Source
from screening.models.sharing import Sharing
from screening.models.stages import (
    CriteriaNote,
    CriteriaVersion,
    HighlightList,
    Reason,
    Reopening,
    RoundMember,
    RoundRecord,
    RuleVersion,
    ScreeningRound,
    Stage,
)
from screening.models.uploads import (
    ColumnChoice,
    Entry,
    EntryEnding,
    EntryPlace,
    ImportSignature,
    SourceRecord,
    Split,
    Upload,
    UploadStep,
    name_of_file,
    of_search,
)

__all__ = [
    "ColumnChoice", "CriteriaNote", "CriteriaVersion", "Decision", "DecisionReason", "DeclaredCount", "DedupeRule", "DuplicatePair",
    "Entry", "EntryEnding", "EntryPlace", "FieldEdit", "FullText",
    "HighlightList", "Hold", "ImportSignature", "Label", "Labelling",
    "LateVote", "Mention", "Merge", "Message", "Note", "Opened", "PairBulk", "Proposal", "ProposalAnswer", "Reason", "Record", "Recusal",
    "Removal",
    "Reopening", "Report", "Resolution", "ResolutionStep", "ResolutionVote", "RetrievalStep", "RoundMember", "RoundRecord", "RuleVersion",
    "ScreeningRound", "Search", "SearchRound", "SearchText", "SelfCheck", "SetAside", "Sharing",
    "Snapshot", "Source", "SourceRecord", "Split", "Stage", "Study", "StudyLink", "Upload", "UploadStep", "VotesFile",
    "name_of_file", "of_search",
]  # fmt: skip
