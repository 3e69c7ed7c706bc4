"""The database's clock: leases of several machines are measured by one clock only."""

from datetime import UTC, datetime

from django.db import connection


def now() -> datetime:
    """Give the database's time, in UTC."""
    if connection.vendor == "sqlite":
        return datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment.astimezone(UTC)
