"""What is painted over is in no served file; the original is kept apart, and gone after its date."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from cases import files
from cases.areas import Rectangle, Stroke, Unreadable, from_lines, read, to_lines
from cases.change import Act, By
from cases.errors import Conflict, Denied, Invalid
from cases.models import Case, Entry, File
from cases.policy import Deed, State
from cases.redacting import delete_originals, redact
from cases.services import move, note
from cases.terms import ORIGINALS, ends_on
from reports.models import Photo
from reports.redacting import redact_photo
from reports.services import attach_photo, release_photo
from reports.showing import picture
from tests.cases.drawn import exif
from tests.conftest import AT

FACE = Rectangle(0.5, 0.25, 0.2, 0.25)
PLATE = Stroke(((0.1, 0.8), (0.3, 0.8), (0.3, 0.9)), 0.04)
FORMATS = [(variant, suffix) for variant in files.VARIANTS for suffix in files.SUFFIXES]


def scene(size=(1800, 1200)):
    """White, with a striped "face" and "plate" exactly below the areas, whose colours stand nowhere else."""
    image = Image.new("RGB", size, "white")
    pen, (width, height) = ImageDraw.Draw(image), size
    for left in range(int(0.5 * width), int(0.7 * width), 8):
        pen.rectangle((left, 0.25 * height, left + 3, 0.5 * height), fill=(255, 0, 255))
    pen.rectangle((0.1 * width, 0.79 * height, 0.3 * width, 0.81 * height), fill=(0, 255, 0))
    return image


def upload(image, orientation=None):
    target = BytesIO()
    image.save(target, "JPEG", quality=95, exif=exif(orientation) if orientation else b"")
    return SimpleUploadedFile("foto.jpg", target.getvalue(), "image/jpeg")


@pytest.fixture
def photo(make_report):
    case = make_report()
    file, _position = files.store(upload=upload(scene()), case=case, at=AT, preview=True)
    files.make_variants(file=file, at=AT)
    attach_photo(case=case, file=file, by=By.citizen())
    return Photo.objects.select_related("file", "report__case").get(file=file)


def coloured(content):
    """How many pixels are neither black, white nor grey, as the hidden ones are."""
    saturation = Image.open(BytesIO(content)).convert("HSV").getchannel("S")
    return sum(saturation.histogram()[41:])


def inside(content, area):
    """The lightest pixel of a rectangle of a served picture."""
    image = Image.open(BytesIO(content)).convert("L")
    width, height = image.size
    box = (area.x * width, area.y * height, (area.x + area.width) * width, (area.y + area.height) * height)
    return image.crop(tuple(round(one) for one in box)).getextrema()[1]


def served(client, address):
    answer = client.get(address)
    return b"".join(answer.streaming_content) if answer.status_code == 200 else None


def test_no_served_file_has_a_pixel_of_what_is_covered(photo, client, town, django_capture_on_commit_callbacks):
    release_photo(photo=photo, by=By.system())
    photo.refresh_from_db()
    old_key, old_name = photo.file.key, photo.file.public_name
    before = {f"/bild/{old_name}/{v}.{s}" for v, s in FORMATS} | {f"/datei/{old_key}/{v}.{s}" for v, s in FORMATS}
    client.force_login(town.manager)
    assert all(coloured(served(client, address)) > 50 for address in before)
    with django_capture_on_commit_callbacks(execute=True):
        entry = redact_photo(photo=photo, shapes=[FACE, PLATE], by=By.staff(town.manager))
    assert entry.deed == Deed.PHOTO_REDACTED.value
    assert entry.data == {"file": photo.file_id, "areas": 2, "before": 0}
    file = File.objects.get(pk=photo.file_id)
    assert (file.key != old_key, file.public_name not in {None, old_name}) == (True, True)
    assert all(served(client, address) is None for address in before), "every address of before is dead"
    now = [f"/bild/{file.public_name}/{v}.{s}" for v, s in FORMATS] + [f"/datei/{file.key}/{v}.{s}" for v, s in FORMATS]
    shown = picture(Photo.objects.select_related("file").get(pk=photo.pk))
    now += [getattr(shown, size) for size in ("small", "medium", "large", "small_jpeg", "medium_jpeg", "large_jpeg")]
    for address in now:
        content = served(client, address)
        assert coloured(content) == 0, address
        assert inside(content, FACE) < 12, address
        assert b"Exif" not in content
    # Nothing else is stored than the new variants and, once, the original, which no address leads to.
    assert sorted(default_storage.listdir("variants")[0]) == [file.key]
    assert default_storage.listdir("originals")[1] == [file.key]
    assert client.get(f"/datei/{file.key}/original.jpg").status_code == 404


def test_a_turned_photo_is_covered_as_it_is_seen(make_report, town):
    case, upright = make_report(), scene((1200, 1800))
    file, _position = files.store(upload=upload(upright.transpose(Image.Transpose.ROTATE_90), 6), case=case, at=AT)
    files.make_variants(file=file, at=AT)
    redact(file=file, shapes=[FACE, PLATE], by=By.staff(town.manager))
    with default_storage.open(f"variants/{file.key}/large.webp") as stored:
        content = stored.read()
    assert (coloured(content), inside(content, FACE) < 12) == (0, True)


def test_a_worker_that_is_late_writes_where_nobody_looks(photo, town):
    late = File.objects.get(pk=photo.file_id)
    redact(file=photo.file, shapes=[FACE], by=By.staff(town.manager))
    files.make_variants(file=late, at=AT)
    with default_storage.open(f"variants/{File.objects.get(pk=late.pk).key}/small.jpg") as stored:
        assert inside(stored.read(), FACE) < 12


def test_lifting_it_takes_a_released_photo_back(photo, town):
    release_photo(photo=photo, by=By.system())
    redact_photo(photo=photo, shapes=[FACE, PLATE], by=By.staff(town.manager))
    photo.refresh_from_db()
    assert photo.released, "more covered than before: it stays public"
    redact_photo(photo=photo, shapes=[PLATE], by=By.staff(town.manager))
    photo.refresh_from_db()
    assert (photo.released, photo.file.public_name) == (False, None)
    redact_photo(photo=photo, shapes=[], by=By.staff(town.manager))
    photo.refresh_from_db()
    assert photo.file.redaction is None
    with default_storage.open(f"variants/{photo.file.key}/large.jpg") as stored:
        assert coloured(stored.read()) > 50


def test_who_may_not_release_or_was_too_slow_changes_nothing(photo, town, neighbour):
    case, key = photo.report.case, photo.file.key
    version = Case.objects.get(pk=case.pk).version
    for user in (town.field, town.other_clerk, neighbour.manager):
        with pytest.raises(Denied):
            redact(file=photo.file, shapes=[FACE], by=By.staff(user))
    note(case=case, by=By.staff(town.manager), text="Dazwischen")
    with pytest.raises(Conflict):
        redact(file=photo.file, shapes=[FACE], by=By.staff(town.manager), act=Act(version=version))
    with pytest.raises(Invalid):
        redact(file=photo.file, shapes=[], by=By.staff(town.manager))
    assert default_storage.listdir("variants")[0] == [key], "nothing is left behind"
    assert not Entry.objects.filter(deed=Deed.PHOTO_REDACTED.value).exists()


def test_the_original_goes_on_its_date_and_the_redaction_stands(photo, town):
    case = photo.report.case
    town.municipality.original_days = 30
    town.municipality.save()
    redact(file=photo.file, shapes=[FACE], by=By.staff(town.manager))
    assert delete_originals(at=AT + timedelta(days=400)) == 0, "an open case keeps it"
    move(case=case, to=State.DONE, by=By.staff(town.manager), act=Act(at=AT))
    case = Case.objects.get(pk=case.pk)
    assert ends_on(case, ORIGINALS) == (AT + timedelta(days=30)).date()
    assert delete_originals(at=AT + timedelta(days=29)) == 0
    assert delete_originals(at=AT + timedelta(days=30)) == 1
    assert not default_storage.exists(f"originals/{photo.file.key}")
    photo.file.refresh_from_db()
    with pytest.raises(Invalid):
        redact(file=photo.file, shapes=[PLATE], by=By.staff(town.manager))
    redact(file=photo.file, shapes=[FACE, PLATE], by=By.staff(town.manager))
    with default_storage.open(f"variants/{photo.file.key}/medium.jpg") as stored:
        content = stored.read()
    assert (coloured(content), inside(content, FACE) < 12) == (0, True)


def test_a_category_says_more_than_the_municipality(photo, town):
    move(case=photo.report.case, to=State.DONE, by=By.staff(town.manager), act=Act(at=AT))
    town.municipality.original_days = 400
    town.municipality.save()
    town.pothole.topic.original_days = 0
    town.pothole.topic.save()
    assert delete_originals(at=AT) == 1


def test_areas_are_read_from_lines_and_written_back():
    areas = from_lines("10; 20; 15,5; 8\n\n~ 4; 10; 80; 30; 80\n1,2,3,4\n90 90 50 50")
    assert areas == read([area.stored() for area in areas]) == from_lines(to_lines(areas))
    assert areas[3] == Rectangle(0.9, 0.9, 0.1, 0.1), "what sticks out is cut off"
    for bad in ("1; 2; 3", "a b c d", "~ 4; 1", "50; 50; 0; 10", "nan 1 1 1", "~ 0; 1; 1"):
        with pytest.raises(Unreadable):
            from_lines(bad)
    for wrong in ({"rect": 1}, [{"rect": [0, 0, 1]}], [{}], [3], [{"rect": [0, 0, 1, 1]}] * 201):
        with pytest.raises(Unreadable):
            read(wrong)
