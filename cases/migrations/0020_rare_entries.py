"""What figures and the board look for among all entries: what reporters said, and what a team could not do."""

from django.db import migrations, models

from geo.concurrent import AddIndexMeanwhile

_INDEXES = [
    models.Index(fields=["at"], name="entry_feedback", condition=models.Q(deed="feedback")),
    models.Index(fields=["case"], name="entry_came_back", condition=models.Q(deed="unplanned")),
]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("cases", "0019_pins_of_rare_reports")]

    operations = [AddIndexMeanwhile(model_name="entry", index=index) for index in _INDEXES]
