"""Events of a review in one chain of hashes, people's texts apart from it, and the log of accesses."""

from django.db import models


class ChainHead(models.Model):
    """The end of a review's chain: the row that is locked, as the last statement of a transaction, to append to it."""

    review = models.OneToOneField("reviews.Review", on_delete=models.CASCADE, primary_key=True, related_name="chain_head")
    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)


class Event(models.Model):
    """One line of a review's history. Holds numbers, never names or free text."""

    append_only: tuple[str, ...] = ()

    review = models.ForeignKey("reviews.Review", on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=60)
    actor_number = models.PositiveIntegerField(null=True)
    round_number = models.PositiveIntegerField(null=True)
    record_number = models.PositiveIntegerField(null=True)
    data = models.JSONField(default=dict)
    request_id = models.CharField(max_length=40, blank=True)
    text_digest = models.CharField(max_length=64, blank=True)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["review", "seq"]
        constraints = [models.UniqueConstraint(fields=["review", "seq"], name="audit_event_review_seq")]
        indexes = [models.Index(fields=["review", "record_number", "seq"], name="audit_event_record")]


class EventText(models.Model):
    """What a person wrote for an event (a why, a note): salted, hashed into the chain, and erasable."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, primary_key=True, related_name="text")
    salt = models.CharField(max_length=32)
    text = models.TextField()


class Access(models.Model):
    """A download or a refused request: outside the chain."""

    at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True)
    review = models.ForeignKey("reviews.Review", on_delete=models.CASCADE, null=True)
    what = models.CharField(max_length=20, choices=[("download", "download"), ("refused", "refused")])
    path = models.CharField(max_length=300)
    request_id = models.CharField(max_length=40, blank=True)
