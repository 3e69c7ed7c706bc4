"""How the languages of a review’s records are spelled, by the files they came in."""

from django.db import connection

#: Languages of a review, each found from the one before.
LANGUAGES = """
WITH RECURSIVE found (language) AS (
  SELECT MIN(language) FROM screening_record WHERE review_id = %s AND head_id IS NULL AND language > ''
  UNION ALL
  SELECT (SELECT MIN(next.language) FROM screening_record next
           WHERE next.review_id = %s AND next.head_id IS NULL AND next.language > found.language)
    FROM found WHERE found.language IS NOT NULL
) SELECT language FROM found WHERE language IS NOT NULL
"""


def languages_of(review: int) -> list[str]:
    """Give every language that heads of a review have, as their files wrote it: some of them may be in no round, which matches no row.

    A step through the index for each language, not a look at each record.
    """
    with connection.cursor() as cursor:
        cursor.execute(LANGUAGES, [review, review])
        return [row[0] for row in cursor.fetchall()]
