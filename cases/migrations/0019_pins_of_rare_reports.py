"""Few public reports of a topic or state are found in a dense place without looking at all that lie there."""

from django.db import migrations, models

from geo.concurrent import AddIndexMeanwhile

_PUBLIC = models.Q(public_at__isnull=False, confidential=False, kind="report")
_INDEXES = [
    models.Index(fields=["municipality", "topic", "state", "grid"], name="case_public_pins", condition=_PUBLIC),
    models.Index(fields=["municipality", "state", "grid"], name="case_public_state", condition=_PUBLIC),
]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("cases", "0018_indexes_of_the_work_list")]

    operations = [AddIndexMeanwhile(model_name="case", index=index) for index in _INDEXES]
