"""Every line of the log carries the number of its request, so that the number on the error page finds it."""
import logging

from reviewapp.web.middleware import current_request_id


class RequestIds(logging.Filter):
    """Give each record ``request_id``: the request's, or a dash outside one."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything through, numbered."""
        record.request_id = current_request_id() or "-"
        return True
