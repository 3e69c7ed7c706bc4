"""Stop a request that sends more than the limit while it comes in, before disk or memory is spent (RELIABILITY 3.7)."""
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload


class QuotaHandler(FileUploadHandler):
    """First of the upload handlers: counts one file's bytes; beyond the limit the request gets ``upload_too_large``, the file's name."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > settings.UPLOAD_MAX_BYTES:
            self.request.upload_too_large = self.file_name or "?"  # type: ignore[union-attr]  # Django sets the request before any data comes
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
