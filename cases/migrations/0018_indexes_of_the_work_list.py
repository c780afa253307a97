"""What the desk lists and counts by, made while everybody goes on writing; see cases.models.case.WORKLIST_INDEXES."""

from django.db import migrations, models

from geo.concurrent import AddIndexMeanwhile

_ACTIVE = models.Q(state__in=["new", "open", "waiting"])
_TO_REVIEW = (
    models.Q(state="new")
    | models.Q(unanswered__gt=0)
    | models.Q(unreleased__gte=4)
    | models.Q(unreleased__gt=0, state__in=["new", "open", "waiting"])
)
_INDEXES = [
    models.Index(fields=["municipality", "unit", "submitted_at"], name="case_to_review", condition=_TO_REVIEW),
    models.Index(
        fields=["municipality", "-priority", "due_at", "submitted_at", "id"], name="case_urgent", condition=_ACTIVE
    ),
    models.Index(fields=["municipality", "due_at", "submitted_at", "id"], name="case_due_open", condition=_ACTIVE),
    models.Index(
        fields=["municipality", "waits_for", "state_since", "id"],
        name="case_waiting",
        condition=models.Q(state="waiting"),
    ),
    models.Index(fields=["municipality", "-submitted_at", "-id"], name="case_newest"),
    models.Index(fields=["municipality", "-changed_at", "-id"], name="case_changed"),
    models.Index(fields=["municipality", "due_at", "submitted_at", "id"], name="case_due"),
    models.Index(fields=["municipality", "-priority", "due_at", "submitted_at", "id"], name="case_priority"),
    models.Index(fields=["municipality", "-supported", "submitted_at", "id"], name="case_supported"),
    models.Index(fields=["district", "-submitted_at", "-id"], name="case_district_new"),
    models.Index(fields=["unit", "-submitted_at", "-id"], name="case_unit_new"),
    models.Index(fields=["assignee", "municipality"], name="case_assigned"),
    models.Index(fields=["unit", "municipality"], name="case_unit_place"),
    models.Index(fields=["municipality", "closed_at"], name="case_closed", condition=models.Q(closed_at__isnull=False)),
    models.Index(
        fields=["municipality", "first_answer_at"],
        name="case_answered",
        condition=models.Q(first_answer_at__isnull=False),
    ),
]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("cases", "0017_entry_latest")]

    operations = [AddIndexMeanwhile(model_name="case", index=index) for index in _INDEXES]
