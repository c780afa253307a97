"""Reports as the public sees them, made through the real verbs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cases import files
from cases.change import By
from cases.models import Case
from reports.models import Photo
from reports.services import attach_photo, release_text
from tests.conftest import AT, Town, jpeg


@pytest.fixture
def release(town: Town, make_report: Callable[..., Case]) -> Callable[..., Case]:
    """`release(text=…, …)` hands in a report like make_report and makes its text public."""

    def make(text: str = "Tiefes Loch vor dem Haus", *, of: Town | None = None, **facts: Any) -> Case:
        case = make_report(text, of=of, **facts)
        release_text(case=case, by=By.staff((of or town).manager))
        return case

    return make


@pytest.fixture
def photo_of() -> Callable[..., Photo]:
    """`photo_of(case)` adds a photo whose variants are made; it is not released."""

    def make(case: Case, colour: str = "blue") -> Photo:
        file, _position = files.store(upload=jpeg(colour), at=AT, case=case)
        files.make_variants(file=file, at=AT)
        attach_photo(case=case, file=file, by=By.citizen())
        file.refresh_from_db()
        return Photo.objects.get(file=file)

    return make
