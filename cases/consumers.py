"""What happens after the commit: variants of pictures, and districts of cases after boundaries changed."""

from django.utils import timezone

from cases.files import make_variants
from cases.models import File
from cases.rerouting import reroute_all
from geo.models import Municipality
from geo.signals import GROUND_CHANGED
from outbox.models import Event
from outbox.registry import consumer


@consumer("cases.variants", events=["file.stored"], atomic=False)
def variants(event: Event) -> None:
    """Make the variants of a stored picture (slow, outside any transaction, repeatable)."""
    file = File.objects.filter(pk=event.payload["file"], ready_at=None, failed=False).first()
    if file is not None:
        make_variants(file=file, at=timezone.now())


@consumer("cases.districts", events=[GROUND_CHANGED], atomic=False)
def districts(event: Event) -> None:
    """Cases follow the boundaries of districts (repeatable). Units keep theirs until `manage.py reroute_cases`."""
    municipality = Municipality.objects.filter(pk=event.payload["municipality"]).first()
    if municipality is not None and event.payload["districts"]:
        reroute_all(municipality=municipality, at=timezone.now(), units=False)
