"""Dense numbers per review, from a counter row of their own."""

from typing import Any

from django.db import connection


def take(review: Any, name: str, n: int = 1) -> int:
    """Take ``n`` numbers in a row and give the first; the counter row stays locked until the commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reviews_counter (review_id, name, last) VALUES (%s, %s, %s) "
            "ON CONFLICT (review_id, name) DO UPDATE SET last = reviews_counter.last + excluded.last RETURNING last",
            [review.pk, name, n],
        )
        last: int = cursor.fetchone()[0]
    return last - n + 1
