"""What happens after the commit: variants of pictures."""

from django.utils import timezone

from cases.files import make_variants
from cases.models import File
from outbox.models import Event
from outbox.registry import consumer


@consumer("cases.variants", events=["file.stored"], atomic=False)
def variants(event: Event) -> None:
    """Make the variants of a stored picture (slow, outside any transaction, repeatable)."""
    file = File.objects.filter(pk=event.payload["file"], ready_at=None, failed=False).first()
    if file is not None:
        make_variants(file=file, at=timezone.now())
