"""A review with one of everything, so that every address has something to show."""

from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from charting.charting_forms import setup as forms
from charting.classification_table import setup as scales
from charting.themes import actions as themes
from reviewapp.audit.triggers import maintenance
from reviewapp.jobs import actions as jobs
from reviewapp.reviews import actions as reviews
from reviewapp.reviews import numbers
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Role
from screening.attaching import actions as attaching
from screening.conflicts import actions as conflicts
from screening.decisions.errors import RoundClosed
from screening.deduplication import bulk
from screening.fulltext import actions as fulltext
from screening.importing import actions as importing
from screening.importing import signing, splitting
from screening.labels import actions as labels
from screening.models import DuplicatePair, HighlightList, LateVote, Report, RoundRecord, SearchRound, SetAside, Study, Upload
from screening.outcomes import merging
from screening.reporting import actions as reporting
from screening.searches import actions as log
from screening.stages import actions as stages
from screening.vocabulary import BulkAnswer, HighlightKind, RoundKind, StageKind, Verdict
from tests.factories import World, member

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n%%EOF\n"
RIS = (
    b"TY  - JOUR\nTI  - A title that came in a file\nAU  - Demo, Kari\nPY  - 2019\nER  - \n\n"
    b"TY  - JOUR\nPY  - 2019\nER  - \n\nTY  - JOUR\nTI  - Another title from a file\nAU  - Demo, Ola\nPY  - 2018\nER  - \n"
)
POOLED = (
    b"title,authors,year,database\nA pooled title,\"Demo, Kari\",2017,Demo base\nA second pooled title,\"Demo, Ola\",2017,CINAHL\n"
)
VOTES = b'TY  - JOUR\nTI  - A title that came in a file\nPY  - 2019\nN1  - RAYYAN-INCLUSION: {"Kari"=>"Included"}\nER  - \n'
I, E = Verdict.INCLUDE, Verdict.EXCLUDE


class Whole(World):
    """A world in which every number in ``args`` stands for a thing that exists."""

    def __init__(self, name: str = "whole", **rules: Any) -> None:
        super().__init__(name, **rules)
        self.round = self.open_round()
        self.gone = member(self.review, Role.REVIEWER, Role.OWNER)
        Member.objects.filter(pk=self.gone.pk).update(ended_at=timezone.now())
        number = numbers.take(self.review, "set_aside")
        self.aside = SetAside.objects.create(
            review=self.review, number=number, round=self.round, member=self.gone, why="In doubt", by=self.owner
        )
        self.untouched, self.clash, self.on, self.joined, self.twin, self.left, self.right = self.records(7)
        self.vote(self.clash, I, E)
        self.vote(self.on, I, I)
        self.merge = merging.merge(self.twin, self.joined, by=self.owner)
        self.pair = DuplicatePair.objects.create(
            review=self.review, number=numbers.take(self.review, "pair"), a=self.left, b=self.right, a_number=self.left.number,
            b_number=self.right.number, score=80,
        )  # fmt: skip
        bulk.begin(self.librarian, BulkAnswer.DIFFERENT, [self.pair.number])
        if rules.get("opens_after_minutes", 0) == 0:
            conflicts.propose(self.reviewer_a, self.clash, self.round, verdict=I, rationale="Fits")
            conflicts.say(self.reviewer_b, self.clash, self.round, text="Not so sure")
        self.invitation, self.token = reviews.invite(self.owner, email="new@example.org", roles=[Role.REVIEWER])
        number = numbers.take(self.review, "highlights")
        self.highlights = HighlightList.objects.create(
            review=self.review, number=number, name="Children", kind=HighlightKind.INCLUSION, words="child*"
        )
        self.label = labels.make(self.owner, name="Recovery", shared=True)
        self.own_label = labels.make(self.reviewer_b, name="Read again")
        for one in (self.label, self.own_label):
            labels.put(self.reviewer_b, one, [self.untouched, self.clash])
        labels.put(self.reviewer_b, labels.to_discuss(self.review), [self.untouched])
        self.file = importing.receive(self.librarian, self.search, BytesIO(RIS), "export.ris")
        jobs.run_pending("import")
        self.votes_file = attaching.keep(self.owner, self.round, BytesIO(VOTES), "rayyan.ris")
        self.searches_told_and_signed()
        scales.ensure_scales(self.review)
        forms.ensure_form(self.review)
        self.theme = themes.create_theme(member=self.reviewer_a, name="A theme")
        self.at_full_text()
        self.snapshot = reporting.freeze(self.owner, name="First version")
        self.declared = reporting.declare(self.owner, box="duplicates", n=3, tool="A reference manager", on=timezone.now().date())
        self.late = self.late_vote()
        self.practice = self.open_round(kind=RoundKind.PRACTICE, record_ids=[self.left.pk])
        stages.close_round(self.owner, self.practice)
        self.args = {
            "slug": self.review.slug, "token": self.token, "search": self.search.number, "source": self.source.number,
            "upload": self.file.number, "entry": 2, "votes_file": self.votes_file.number, "pair": self.pair.number, "merge": self.merge.number, "pair_bulk": 1, "stage": 1,
            "highlights": self.highlights.number,
            "round": self.round.number, "record": self.untouched.number, "label": self.label.number, "clash": self.clash.number, "report": self.report.number,
            "file": self.full_text.number, "study": self.study.number, "scale": "design",
            "theme": self.theme.number, "member": self.reviewer_c.number, "invitation": self.invitation.number, "box": "identified", "csv": "csv",
            "late": 1, "aside": self.aside.number, "practice_round": self.practice.number, "snapshot": self.snapshot.number, "declared": self.declared.number,
        }  # fmt: skip

    def searches_told_and_signed(self) -> None:
        """Two strategies, reports that are signed, a pooled table that is split, and a later search that brought a record again."""
        log.change_search(self.librarian, self.search, strategy="1 demo*\n2 recovery\n3 1 AND 2")
        pooled = importing.receive(self.librarian, self.search, BytesIO(POOLED), "pooled.csv")
        log.add_search_round(self.librarian, name="Update 2020")
        later = log.add_search(
            self.librarian, source=self.source, search_round=SearchRound.objects.filter(review=self.review).latest("number"),
            strategy="1 demo*\n2 recovery or healing\n3 1 AND 2",
        )  # fmt: skip
        title = self.untouched.title
        again = f"TY  - JOUR\nTI  - {title}\nAU  - Demo, Kari\nPY  - 2016\nER  - \n\nTY  - JOUR\nTI  - Not seen before\nER  - \n".encode()
        self.later = importing.receive(self.librarian, later, BytesIO(again), "later.ris")
        jobs.run_pending("import")
        self.pooled = Upload.objects.get(pk=pooled.pk)
        splitting.split(self.librarian, self.pooled, splitting.DATABASE, {"Demo base": "Demo base"})
        merging.merge(self.untouched, self.later.source_records.order_by("pk").first().record, by=self.librarian)
        self.file.refresh_from_db()
        signing.sign_file(self.librarian, self.file, "Compared with the platform")
        signing.sign_search(self.librarian, self.search)

    def vote(self, record: Any, a: Verdict, b: Verdict, round: Any = None) -> None:
        """Let both reviewers vote."""
        from tests.fixtures import cast_vote

        round = round or self.round
        for reviewer, verdict in ((self.reviewer_a, a), (self.reviewer_b, b)):
            reason = self.reason() if verdict == E and round.stage.kind == StageKind.FULL_TEXT else None
            cast_vote(reviewer, record, round, verdict, reason=reason)

    def at_full_text(self) -> None:
        """Bring one record to a study."""
        self.report = Report.objects.get(record=self.on)
        self.full_text = fulltext.attach(self.librarian, self.report, SimpleUploadedFile("paper.pdf", PDF))
        self.full_text_round = self.open_round(self.full_texts)
        with maintenance("test: its titles were voted on yesterday"):  # that it went on is open to who voted
            row = RoundRecord.objects.filter(round=self.round, record=self.on)
            row.update(votes_in_at=timezone.now() - timedelta(days=1))
        self.vote(self.on, I, I, self.full_text_round)
        self.study = Study.objects.get(review=self.review)

    def late_vote(self) -> LateVote:
        """A vote that came after the close of a pilot of its own."""
        from tests.fixtures import cast_vote

        record = self.records(1)[0]
        pilot = self.open_round(kind=RoundKind.PILOT, record_ids=[record.pk])
        stages.close_round(self.owner, pilot)
        with suppress(RoundClosed):
            cast_vote(self.reviewer_a, record, pilot, I)
        return LateVote.objects.get(round=pilot)
