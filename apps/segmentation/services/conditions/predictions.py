"""What is worked out or foretold about customers, as fields.

To add some: name the table with one row a customer as a Sheet, and its columns as
Fields in PREDICTIONS. Conditions, the builder's form, the API and the watch for changes
take them from there.
"""

from __future__ import annotations

from apps.segmentation.models import RfmScore
from apps.segmentation.services.conditions.field import (
    Field,
    Kind,
    Sheet,
    column,
    text_column,
)

RFM = Sheet(RfmScore, written="as_of")
RFM_GROUP = "How they rank (RFM)"
PREDICTIONS: tuple[Field, ...] = (
    Field(
        "rfm_recency", Kind.NUMBER, "How lately, 1 to 5",
        "5: among those who bought last", RFM_GROUP, column("recency"), RFM, "number",
    ),
    Field(
        "rfm_frequency", Kind.NUMBER, "How often, 1 to 5",
        "5: among those who bought most often", RFM_GROUP, column("frequency"), RFM,
        "number",
    ),
    Field(
        "rfm_money", Kind.NUMBER, "For how much, 1 to 5",
        "5: among those who spent most", RFM_GROUP, column("money"), RFM, "number",
    ),
    Field(
        "rfm_code", Kind.TEXT, "The three in one", "Such as 545", RFM_GROUP,
        text_column("code"), RFM,
    ),
)  # fmt: skip
