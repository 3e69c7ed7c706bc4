"""What may differ between two answers that are the same: the form token, the nonce, the request's number, times."""

import re
from io import BytesIO
from typing import Any
from zipfile import ZipFile

NOISE = (
    (re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"'), b"TOKEN"),
    (re.compile(rb"csrf[-_]?token[\"']?\s*[:=]\s*[\"'][^\"']*[\"']", re.I), b"TOKEN"),
    (re.compile(rb'"X-CSRFToken":\s*"[^"]*"', re.I), b"TOKEN"),
    (re.compile(rb"&quot;X-CSRFToken&quot;:\s*&quot;[^&]*&quot;", re.I), b"TOKEN"),
    (re.compile(rb'nonce="[^"]*"'), b"NONCE"),
    (re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), b"UUID"),
    (re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(\+\d\d:\d\d|Z)?"), b"MOMENT"),
    (re.compile(rb'name="key" value="[^"]*"'), b"KEY"),
    (re.compile(rb"\b\d\d:\d\d(:\d\d)?\b"), b"TIME"),
)
HEADERS = ("X-Request-ID", "Content-Security-Policy", "Content-Security-Policy-Report-Only", "Date", "Expires")


def normalised(response: Any, *, slug: str = "") -> tuple[int, dict[str, str], bytes]:
    """Give status, headers and body without the noise; ``slug`` is written as SLUG."""
    body: bytes = getattr(response, "body", None) or (b"".join(response) if response.streaming else response.content)
    headers = {name: value for name, value in response.items() if name not in HEADERS}
    if body.startswith(b"PK\x03\x04"):  # a workbook or a document: its parts, without the times at which they were packed
        with ZipFile(BytesIO(body)) as archive:
            body = b"".join(name.encode() + b"\n" + archive.read(name) for name in sorted(archive.namelist()))
    if slug:
        body = body.replace(slug.encode(), b"SLUG")
        headers = {name: value.replace(slug, "SLUG") for name, value in headers.items()}
    for pattern, word in NOISE:
        body = pattern.sub(word, body)
    headers.pop("Content-Length", None)
    return response.status_code, headers, body


SHAPE = (
    (re.compile(r"'(?:[^']|'')*'"), "?"),
    (re.compile(r'"?\bs\d+_x\d+\b"?'), "SAVEPOINT"),
    (re.compile(r'"_django_curs_\w+"'), "CURSOR"),
    (re.compile(r"\b\d+(\.\d+)?\b"), "?"),
)


def shape(sql: str) -> str:
    """Give a statement without its values: what was asked, and of how many things."""
    for pattern, word in SHAPE:
        sql = pattern.sub(word, sql)
    return sql
