"""How the records of a round are shared out among its team."""

from django.db import models
from django.db.models import Q

from reviewapp.reviews.owned import ReviewOwned, owned
from screening.vocabulary import SharingMode

#: Every RoundRecord has a pseudo-random ``shuffle`` below this; a share is a part of this line.
KEYS = 1 << 48


class Sharing(ReviewOwned):
    """A version of who judges which records of a round. Never a function of votes; none, or mode *all*: all for all.

    ``settings`` = {"weights": {member number: weight}, "one_of": [numbers], "never_two": [numbers], "single": per mille}.
    ``slots`` = [[start, end, [member numbers]], …]: the line 0 … 2^48 without gap; empty where all judge all. By list each list has a line
    of its own: ``settings["lists"]`` = [{"label": number, "people": [numbers], "slots": …}], the first is for records of part 1.
    Records below ``single_below`` need one vote.
    """

    append_only: tuple[str, ...] = ()

    round = models.ForeignKey("screening.ScreeningRound", on_delete=models.RESTRICT, related_name="sharings")
    number = models.PositiveIntegerField()
    mode = models.CharField(max_length=10, choices=SharingMode.choices)
    settings = models.JSONField(default=dict)
    slots = models.JSONField(default=list)
    single_below = models.PositiveBigIntegerField(default=0)
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["round", "number"]
        constraints = [
            *owned("round", "by"),
            models.UniqueConstraint(fields=["round", "number"], name="screening_sharing_number"),
            models.CheckConstraint(condition=Q(single_below__lte=KEYS), name="screening_sharing_single_below"),
            models.CheckConstraint(condition=Q(mode__in=SharingMode.values), name="screening_sharing_mode"),
        ]

    @property
    def single_share(self) -> float:
        """Which part of the records, of one, is judged by one person."""
        return self.single_below / KEYS
