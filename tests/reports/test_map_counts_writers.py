"""Eight writers at once: the map's counts are what the rows say (bench.counts: the same a hundred thousand times)."""

import pytest

from bench.counts import run
from cases.models import Case
from reports.counts.checking import differences
from reports.counts.folding import fold
from reports.models import MapCount


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_eight_writers_lose_no_count(town):
    done, failures = run(operations=240, processes=2, threads=4)
    assert failures == []
    assert done["create"] > 30
    assert done["move"] > 10
    assert done["delete"] + done["erase"]
    assert differences() == []
    fold()
    assert differences() == []
    assert Case.objects.public().filter(grid__isnull=False).exists()
    assert MapCount.objects.exists()
