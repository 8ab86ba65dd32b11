"""What is worked out or foretold about customers, as fields.

To add some: name the table with one row a customer as a Sheet, and its columns as
Fields in PREDICTIONS. Conditions, the builder's form, the API and the watch for changes
take them from there. `written` is asked every two seconds, so that an index must lead
with store and that column; without it a change counts at night.
"""

from __future__ import annotations

from apps.registry.models import ModelVersion
from apps.segmentation.models import Code, CustomerValue, Place, RfmScore
from apps.segmentation.models.value import Band
from apps.segmentation.services.conditions.field import (
    Field,
    Kind,
    Sheet,
    column,
    text_column,
)

RFM = Sheet(RfmScore)
RFM_GROUP = "How they rank (RFM)"
# Each version places everybody; the champion's places are served.
LEARNED = Sheet(Place, where=(("version__status", ModelVersion.Status.CHAMPION),))
VALUES = Sheet(
    CustomerValue, where=(("version__status", ModelVersion.Status.CHAMPION),)
)
VALUE_GROUP = "What they are worth"
PREDICTIONS: tuple[Field, ...] = (
    Field(
        "learned_segment", Kind.CHOICE, "Learned segment",
        "Which of the five groups that were learned from what customers buy",
        "What is learned of them", text_column("code"), LEARNED,
        choices=tuple((code.value, str(code.label)) for code in Code),
    ),
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
    Field(
        "churn_risk", Kind.NUMBER, "Churn risk",
        "How likely it is that they order nothing in the next 90 days", VALUE_GROUP,
        column("churn"), VALUES, "share",
    ),
    Field(
        "churn_band", Kind.CHOICE, "Churn risk, in words", "From 50 % on medium, from 80 % on high",
        VALUE_GROUP, text_column("band"), VALUES,
        choices=tuple((band.value, band.name.capitalize()) for band in Band),
    ),
    Field(
        "predicted_revenue_90", Kind.NUMBER, "Expected of 90 days",
        "Revenue of the next 90 days, without tax", VALUE_GROUP, column("revenue_90"),
        VALUES, "money",
    ),
    Field(
        "predicted_revenue_365", Kind.NUMBER, "Expected of a year",
        "Revenue of the next 365 days, without tax", VALUE_GROUP,
        column("revenue_365"), VALUES, "money",
    ),
    Field(
        "lifetime_value", Kind.NUMBER, "Lifetime value",
        "What they brought, and what is expected of the next 365 days", VALUE_GROUP,
        column("total"), VALUES, "money",
    ),
    Field(
        "next_order_days", Kind.NUMBER, "Days to their next order",
        "As of last night; not known: none is to be expected within a year",
        VALUE_GROUP, column("next_order_days"), VALUES, "days",
    ),
)  # fmt: skip
