"""Every line of the log carries the number of its request, so that the number on the error page finds it; refused access is one line."""
import logging

from django.core.exceptions import PermissionDenied

from reviewapp.web.middleware import current_request_id


class RequestIds(logging.Filter):
    """Give each record ``request_id``: the request's, or a dash outside one."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything through, numbered."""
        record.request_id = current_request_id() or "-"
        return True


class RefusedInOneLine(logging.Filter):
    """Take the traceback off a refused access: it shows our own check of who may, and nothing went wrong there."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything through; who asked for what is in the access log."""
        if record.exc_info and isinstance(record.exc_info[1], PermissionDenied):
            record.exc_info = record.exc_text = None
        return True
