"""Everything charting keeps: ratings, answers and themes, as facts with an author and a time."""

from charting.models.forms import Answer, ChartingForm, ChartingStep
from charting.models.ratings import AgreedRating, ClassificationRule, Rating, RatingOpened, RatingScale
from charting.models.themes import Placement, Theme

__all__ = [
    "AgreedRating",
    "Answer",
    "ChartingForm",
    "ChartingStep",
    "ClassificationRule",
    "Placement",
    "Rating",
    "RatingOpened",
    "RatingScale",
    "Theme",
]
