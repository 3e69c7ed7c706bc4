"""Say each event as a sentence. Kinds that are not known here are said in their own words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Data = Mapping[str, Any]

#: kind → sentence without its subject. %(name)s takes a value of the event's data.
SENTENCES: dict[str, Any] = {
    "review:created": gettext_lazy("started the review"),
    "review:changed": gettext_lazy("changed the description of the review"),
    "review:deleted": gettext_lazy("removed the review"),
    "review:brought_back": gettext_lazy("brought the review back"),
    "invitation:made": gettext_lazy("invited somebody as %(roles)s"),
    "invitation:withdrawn": gettext_lazy("took back an invitation"),
    "member:joined": gettext_lazy("joined as %(roles)s"),
    "member:roles": gettext_lazy("changed the roles of member %(member)s from %(from)s to %(to)s"),
    "member:ended": gettext_lazy("ended the membership of member %(member)s"),
    "source:added": gettext_lazy("added source %(source)s"),
    "source:changed": gettext_lazy("changed source %(source)s"),
    "search_round:added": gettext_lazy("added search round %(search_round)s"),
    "search:added": gettext_lazy("recorded search %(search)s"),
    "search:changed": gettext_lazy("changed search %(search)s"),
    "search:removed": gettext_lazy("removed search %(search)s, which had no file"),
    "upload:received": gettext_lazy("sent file %(upload)s for search %(search)s"),
    "upload:stopped": gettext_lazy("stopped the reading of file %(upload)s"),
    "upload:read_on": gettext_lazy("let file %(upload)s be read on"),
    "upload:withdrawn": gettext_lazy("withdrew file %(upload)s with %(records)s records"),
    "upload:restored": gettext_lazy("restored file %(upload)s with %(records)s records"),
    "upload:columns": gettext_lazy("said what the columns of file %(upload)s hold"),
    "upload:moved": gettext_lazy("moved file %(upload)s from search %(from)s to search %(to)s"),
    "import:signed": gettext_lazy("signed the import report of file %(upload)s"),
    "search:signed": gettext_lazy("signed the import report of search %(search)s"),
    "upload:split": gettext_lazy("split file %(upload)s: %(entries)s entries belong to the searches %(searches)s"),
    "upload:joined": gettext_lazy("took the split of file %(upload)s back"),
    "import:read": gettext_lazy("read file %(upload)s to its end"),
    "import:slice": gettext_lazy("read a part of file %(upload)s: %(count)s records"),
    "import:refused": gettext_lazy("did not take file %(upload)s"),
    "entry:mended": gettext_lazy("mended entry %(position)s of file %(upload)s"),
    "entry:unreadable": gettext_lazy("marked entry %(position)s of file %(upload)s as unreadable"),
    "entry:not_a_reference": gettext_lazy("marked entry %(position)s of file %(upload)s as not a reference"),
    "merge:made": gettext_lazy("merged record %(child)s into record %(parent)s"),
    "merge:slice": gettext_lazy("merged %(count)s pairs of duplicates"),
    "merge:undone": gettext_lazy("undid the merge of record %(child)s into record %(parent)s"),
    "merge:slice_undone": gettext_lazy("undid %(count)s merges"),
    "pair:slice": gettext_lazy("decided that %(count)s pairs are not duplicates"),
    "pair:slice_reopened": gettext_lazy("opened %(count)s pairs again"),
    "pair:joined": gettext_lazy("closed %(count)s pairs that became one through other merges"),
    "pair:proposed": gettext_lazy("proposed records %(a)s and %(b)s as one paper"),
    "review:strictness": gettext_lazy("set how strict the search for duplicates is: %(from)s to %(to)s"),
    "pair:found": gettext_lazy("found %(count)s pairs of possible duplicates"),
    "pair:different": gettext_lazy("decided that records %(a)s and %(b)s are not duplicates"),
    "pair:reopened": gettext_lazy("opened pair %(pair)s again"),
    "pair:noted": gettext_lazy("noted records %(a)s and %(b)s as possible duplicates"),
    "removal:made": gettext_lazy("removed the record before screening: %(reason)s"),
    "removal:undone": gettext_lazy("put the record back into screening"),
    "field:edited": gettext_lazy("corrected the field %(field)s"),
    "criteria:published": gettext_lazy("published version %(version)s of the criteria (%(change)s)"),
    "criteria:noted": gettext_lazy("wrote a note to version %(version)s of the criteria"),
    "rules:changed": gettext_lazy("changed the rules of the stage %(stage)s: version %(version)s, %(changed)s"),
    "round:opened": gettext_lazy("opened the round"),
    "round:closed": gettext_lazy("closed the round"),
    "round:revealed": gettext_lazy("opened all votes of the round"),
    "round:record_reopened": gettext_lazy("opened the record again for votes"),
    "sharing:set": gettext_lazy("shared the round out: version %(version)s, %(mode)s"),
    "sharing:handed_on": gettext_lazy("handed on what was shared out to member %(leaver)s"),
    "decision:cast": gettext_lazy("voted %(verdict)s"),
    "decision:late_vote_admitted": gettext_lazy("admitted the late vote of member %(reviewer)s"),
    "decision:late_vote_left": gettext_lazy("left the late vote of member %(reviewer)s uncounted"),
    "decision:reason_added": gettext_lazy("added a reason to an exclusion"),
    "decision:recused": gettext_lazy("said: can’t judge (%(kind)s)"),
    "decision:unrecused": gettext_lazy("took ‘can’t judge’ back"),
    "decision:set_aside": gettext_lazy("set votes of member %(member)s aside; their records are screened again"),
    "decision:set_aside_undone": gettext_lazy("let votes of member %(member)s count again that were set aside"),
    "votes:file_received": gettext_lazy("sent file %(votes_file)s with votes of another tool"),
    "votes:attached": gettext_lazy("attached the votes of file %(votes_file)s for members %(members)s"),
    "votes:taken_back": gettext_lazy("took back the votes of file %(votes_file)s"),
    "self_check:answered": gettext_lazy("answered a self-check"),
    "self_check:taken_back": gettext_lazy("took the answer to a self-check back"),
    "note:written": gettext_lazy("wrote a note"),
    "conflict:proposed": gettext_lazy("proposed: %(verdict)s"),
    "conflict:agreed": gettext_lazy("agreed to the proposal"),
    "conflict:proposal_withdrawn": gettext_lazy("withdrew the proposal"),
    "conflict:proposal_answered": gettext_lazy("answered the proposal with another one"),
    "conflict:proposal_handed_on": gettext_lazy("handed the record to the third reviewer"),
    "conflict:settled": gettext_lazy("settled the record: %(verdict)s"),
    "conflict:confirmed": gettext_lazy("confirmed the final decision over the changed vote"),
    "conflict:reopened": gettext_lazy("withdrew the final decision"),
    "conflict:said": gettext_lazy("wrote in the talk about the conflict"),
    "retrieval:sought": gettext_lazy("sought the full text of report %(report)s"),
    "retrieval:requested": gettext_lazy("requested the full text of report %(report)s"),
    "retrieval:retrieved": gettext_lazy("retrieved the full text of report %(report)s"),
    "retrieval:not_retrieved": gettext_lazy("could not retrieve the full text of report %(report)s"),
    "fulltext:attached": gettext_lazy("attached a file to report %(report)s"),
    "fulltext:withdrawn": gettext_lazy("withdrew a file of report %(report)s"),
    "declared:added": gettext_lazy("added a number from elsewhere to the box %(box)s: %(n)s"),
    "declared:withdrawn": gettext_lazy("took number %(declared)s from elsewhere back"),
    "snapshot:frozen": gettext_lazy("froze the numbers (%(snapshot)s)"),
    "archive:restored": gettext_lazy("restored the review from an archive of %(from)s"),
    "study:linked": gettext_lazy("put report %(report)s into study %(study)s"),
    "study:unlinked": gettext_lazy("took report %(report)s out of study %(study)s"),
    "study:renamed": gettext_lazy("renamed study %(study)s"),
    "rating:set": gettext_lazy("rated report %(report)s: %(scale)s %(value)s"),
    "classification:agreed": gettext_lazy("entered the agreed value of report %(report)s: %(scale)s %(value)s"),
    "classification:rule": gettext_lazy("changed the suggestion rule: version %(version)s"),
    "classification:scale": gettext_lazy("changed the scale %(scale)s"),
    "form:published": gettext_lazy("published version %(version)s of the charting form, with %(fields)s fields"),
    "answer:own": gettext_lazy("answered %(field)s of study %(study)s apart"),
    "charting:answered": gettext_lazy("answered %(field)s of study %(study)s"),
    "charting:charted": gettext_lazy("charted study %(study)s"),
    "charting:verified": gettext_lazy("verified the charting of study %(study)s"),
    "charting:taken_back": gettext_lazy("took the charting of study %(study)s back"),
    "label:made": gettext_lazy("made label %(label)s"),
    "label:changed": gettext_lazy("changed label %(label)s"),
    "label:merged": gettext_lazy("merged label %(label)s into label %(into)s"),
    "label:ended": gettext_lazy("ended label %(label)s"),
    "label:put": gettext_lazy("put label %(label)s on records (%(n)s)"),
    "label:taken": gettext_lazy("took label %(label)s off records (%(n)s)"),
    "theme:created": gettext_lazy("added theme %(theme)s"),
    "theme:changed": gettext_lazy("changed theme %(theme)s"),
    "theme:moved": gettext_lazy("moved theme %(theme)s"),
    "theme:retired": gettext_lazy("retired theme %(theme)s"),
    "theme:merged": gettext_lazy("merged theme %(theme)s into theme %(into)s"),
    "theme:placed": gettext_lazy("placed study %(study)s under theme %(theme)s"),
    "theme:unplaced": gettext_lazy("took study %(study)s out of theme %(theme)s"),
}

#: The beginning of a kind → icon.
SIGNS = {
    "decision": "check-lg", "conflict": "chat-left-text", "merge": "files", "pair": "intersect", "upload": "file-earmark-arrow-up",
    "import": "file-earmark-text", "entry": "file-earmark-text", "removal": "x-circle", "field": "pencil", "criteria": "journal-text",
    "rules": "sliders", "round": "list-ul", "review": "gear", "member": "person", "invitation": "envelope", "search": "search",
    "source": "search", "search_round": "search", "note": "chat-left-text", "retrieval": "file-earmark-pdf", "fulltext": "paperclip",
    "study": "bookmark", "rating": "table", "classification": "table", "charting": "journal-text", "form": "journal-text", "theme": "tag",
    "sharing": "people", "answer": "journal-text", "label": "tag", "declared": "plus-lg", "snapshot": "lock", "archive": "folder",
    "self_check": "arrow-clockwise", "votes": "paperclip",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """An event as people read it."""

    seq: int
    at: datetime
    sign: str
    who: str
    what: str
    verdict: str
    record: int | None
    round: str
    text: str


class _Values(dict[str, str]):
    """Values of an event for a sentence; one that is missing reads as a question mark."""

    def __missing__(self, key: str) -> str:
        return "?"


def sentence(kind: str, data: Data) -> str:
    """Give the sentence of an event, without its subject."""
    known = SENTENCES.get(kind)
    if known is None:
        thing, _colon, verb = kind.partition(":")
        return f"{thing.replace('_', ' ')}: {verb.replace('_', ' ')}"
    if kind == "decision:cast" and data.get("verdict") == "withdrawn":
        return _("took the vote back")
    if kind == "decision:cast" and data.get("changed"):
        return _("changed the vote to %(verdict)s") % {"verdict": data.get("verdict")}
    return str(known) % _Values({key: _said(value) for key, value in data.items()})


def tell(event: Any, *, name: Callable[[int | None], str], round_name: Callable[[int | None], str]) -> Told:
    """Give an event with its subject, sign, place and words."""
    text = event.text.text if event.text_digest and hasattr(event, "text") else ""
    return Told(
        seq=event.seq, at=event.at, sign=SIGNS.get(event.kind.partition(":")[0], "dash-lg"), who=name(event.actor_number),
        what=sentence(event.kind, event.data), verdict=str(event.data.get("verdict", "")) if event.kind == "decision:cast" else "",
        record=event.record_number, round=round_name(event.round_number), text=text,
    )  # fmt: skip


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_said(each) for each in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return f"{value:,}" if isinstance(value, int) else str(value).replace("_", " ")
