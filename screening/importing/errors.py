"""What can stand in the way of an import, each in one sentence for people."""

from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from reviewapp.web.errors import DomainError
from screening.vocabulary import UploadState

if TYPE_CHECKING:
    from screening.models import Upload


class NotTaken(DomainError):
    """The whole file was refused: nothing of it is in the database."""

    status = 422


class AlreadyHere(DomainError):
    """The same bytes are in this review; ``upload`` is the one that has them."""

    status = 409

    def __init__(self, upload: "Upload", read: int) -> None:
        self.upload = upload
        day = date_format(upload.uploaded_at, "j F Y")
        if upload.state in (UploadState.WAITING, UploadState.READING):
            super().__init__(_("The same bytes came on %(day)s and are being read. They are not read twice.") % {"day": day})
            return
        super().__init__(
            ngettext(
                "The same bytes came on %(day)s with %(n)s record. It was not read twice.",
                "The same bytes came on %(day)s with %(n)s records. It was not read twice.",
                read,
            )
            % {"day": day, "n": f"{read:,}"}
        )


class KeptBack(DomainError):
    """The bytes of a file tell decisions of others, and who asks may still be asked for theirs."""

    status = 403
    sentence = _lazy(
        "The file carries decisions of others, and you vote or settle in this review. Who sent it, or the librarian, can download it."
    )


class CannotChange(DomainError):
    """Somebody was here before, or the thing is in another state than the page knew."""

    status = 409


class WhyNeeded(DomainError):
    """Something in the file is in a round and may have votes: the step asks for a why."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("Records of this file are in a round and may have votes. Write why it is withdrawn."))
