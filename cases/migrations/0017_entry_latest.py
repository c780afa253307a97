"""An index over all entries by time, for programs that ask what happened since they last asked."""

from __future__ import annotations

from django.db import migrations, models

from geo.concurrent import AddIndexMeanwhile


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("cases", "0016_kept_for_the_work_list")]

    operations = [AddIndexMeanwhile(model_name="entry", index=models.Index(fields=["at", "id"], name="entry_latest"))]
