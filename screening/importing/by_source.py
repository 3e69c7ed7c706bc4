"""Files that are dropped on the log: each goes to the search of the database that it names, which is recorded where it is not there."""

from collections.abc import Iterable
from typing import BinaryIO

from django.utils.translation import gettext as _

from reviewapp.reviews.models import Member
from screening.importing import actions, rules
from screening.importing.errors import NotTaken
from screening.models import Search, SearchRound, Source
from screening.searches import actions as searches
from screening.vocabulary import Arm, SourceKind

#: What a trial register is called in its own exports.
REGISTERS = ("clinicaltrials", "ictrp", "isrctn", "clinicaltrialsregister", "anzctr", "drks")


def receive_by_source(member: Member, search_round: SearchRound | None, sent: Iterable[tuple[str, BinaryIO]]) -> list[actions.Outcome]:
    """Keep files, each in the search of this round (None: a first round is made) that fits what it says of itself.

    A file that does not name its database, or fits two searches, is not taken: its outcome says so.
    """
    into = _Sorter(member, search_round)
    return actions.receive_many(member, into.search_for, sent)


class _Sorter:
    """Finds or records the searches of one drop."""

    def __init__(self, member: Member, search_round: SearchRound | None) -> None:
        self.member, self.search_round = member, search_round

    def search_for(self, told: actions.Told) -> Search:
        """Give the search for a file that tells this. Raises NotTaken."""
        name, platform = told.values.get("database", ""), told.values.get("platform", "")
        name = name or platform
        if not name:
            raise NotTaken(_("It does not say which database it is from. Record its search, or open it, and drop the file there."))
        fitting = self._fitting(name, platform)
        if len(fitting) > 1:
            raise NotTaken(
                _("Two searches of this round are in %(source)s. Open the one that it belongs to, and drop it there.") % {"source": name}
            )
        return fitting[0] if fitting else self._recorded(name, "" if platform == name else platform)

    def _fitting(self, name: str, platform: str) -> list[Search]:
        """Give the searches of the round that may be meant: of this name on this platform, else of a name that tells no other."""
        if self.search_round is None:
            return []
        here = Search.objects.for_review(self.member.review).filter(search_round=self.search_round, source__straight_to_retrieval=False)
        found = [one for one in here.select_related("source", "search_round") if one.source.arm == Arm.DATABASES]
        named = [one for one in found if not rules.tells_another(name, one.source.name)]
        same = [one for one in named if one.source.name.casefold() == name.casefold()] or named
        return [one for one in same if platform and one.source.platform.casefold() == platform.casefold()] or [
            one for one in same if not platform or not one.source.platform or not rules.tells_another(platform, one.source.platform)
        ]

    def _recorded(self, name: str, platform: str) -> Search:
        review = self.member.review
        if self.search_round is None:
            self.search_round = searches.add_search_round(self.member, name=_("First searches"))
        known = Source.objects.for_review(review).filter(name__iexact=name, platform__iexact=platform).first()
        kind = SourceKind.REGISTER if any(word in name.casefold() for word in REGISTERS) else SourceKind.DATABASE
        source = known or searches.add_source(self.member, name=name, platform=platform, kind=kind)
        return searches.add_search(self.member, source=source, search_round=self.search_round)
