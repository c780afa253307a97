"""Pictures: served only when released, under a name that dies, and never with metadata."""

from io import BytesIO

import pytest
from PIL import Image

from cases import files
from cases.change import By
from cases.errors import Invalid
from cases.models import File
from outbox import run_all
from reports.models import Photo
from reports.services import attach_photo, release_photo, withdraw_photo
from tests.conftest import AT, SHARED_PHOTOS, jpeg


def with_exif():
    exif = Image.Exif()
    exif[0x010F] = "GeheimeKamera"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (51.0, 57.0, 36.0)
    exif.get_ifd(0x8825)[3] = "E"
    exif.get_ifd(0x8825)[4] = (8.0, 13.0, 48.0)
    return jpeg("orange", exif=exif.tobytes())


@pytest.fixture
def photo(make_report, django_capture_on_commit_callbacks):
    case = make_report()
    file, position = files.store(upload=with_exif(), case=case, at=AT)
    assert position == pytest.approx((8.23, 51.96), abs=0.001)
    attach_photo(case=case, file=file, by=By.citizen())
    run_all()
    return Photo.objects.get(file=file)


def address(photo, variant="medium", suffix="webp"):
    return f"/bild/{File.objects.get(pk=photo.file_id).public_name}/{variant}.{suffix}"


def test_a_picture_is_public_only_while_released(photo, client):
    key = photo.file.key
    assert client.get(f"/bild/{key}/medium.webp").status_code == 404
    assert client.get(f"/datei/{key}/medium.webp").status_code == 404
    release_photo(photo=photo, by=By.system())
    shown = address(photo)
    assert client.get(shown).status_code == 200
    withdraw_photo(photo=photo, by=By.system())
    assert client.get(shown).status_code == 404
    release_photo(photo=Photo.objects.get(pk=photo.pk), by=By.system())
    assert address(photo) != shown, "a withdrawn address stays dead"
    assert client.get(shown).status_code == 404


@pytest.mark.parametrize("suffix", ["webp", "jpg"])
@pytest.mark.parametrize("variant", ["small", "medium", "large"])
def test_nothing_served_contains_metadata(variant, suffix, photo, client):
    release_photo(photo=photo, by=By.system())
    answer = client.get(address(photo, variant, suffix))
    content = b"".join(answer.streaming_content)
    assert b"GeheimeKamera" not in content
    assert b"Exif" not in content
    assert not Image.open(BytesIO(content)).getexif()


def test_originals_and_other_names_are_not_served(photo, client):
    release_photo(photo=photo, by=By.system())
    name = File.objects.get(pk=photo.file_id).public_name
    for path in (f"/bild/{name}/original.jpg", f"/bild/{name}/medium.png", f"/bild/../originals/{photo.file.key}"):
        assert client.get(path).status_code == 404


def test_staff_of_the_case_see_it_and_nobody_else(photo, client, town, neighbour):
    path = f"/datei/{photo.file.key}/small.webp"
    client.force_login(town.manager)
    assert client.get(path).status_code == 200
    client.force_login(neighbour.manager)
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + b"\x00" * 50,
        b"\xff\xd8\xff\xe0" + b"\x00" * 100,
        b"%PDF-1.7",
        b"",
    ],
)
def test_a_hostile_file_is_a_clear_error_and_leaves_nothing(content, make_report):
    from django.core.files.uploadedfile import SimpleUploadedFile

    case = make_report()
    with pytest.raises(Invalid) as refused:
        files.store(upload=SimpleUploadedFile("foto.jpg", content, "image/jpeg"), case=case, at=AT)
    assert refused.value.errors["photos"]
    assert not File.objects.exists()


@pytest.mark.skipif(not SHARED_PHOTOS.is_dir(), reason="the shared photos are not here")
@pytest.mark.parametrize("name", ["gps.jpg", "iphone.heic", "corrupted.jpg"])
def test_real_photos_of_cameras(name, make_report, client):
    from django.core.files.uploadedfile import SimpleUploadedFile

    case = make_report()
    upload = SimpleUploadedFile(name, (SHARED_PHOTOS / name).read_bytes())
    file, _position = files.store(upload=upload, case=case, at=AT)
    attach_photo(case=case, file=file, by=By.citizen())
    run_all()
    photo = Photo.objects.get(file=file)
    release_photo(photo=photo, by=By.system())
    answer = client.get(address(photo, "large"))
    assert answer.status_code == 200
    assert b"Exif" not in b"".join(answer.streaming_content)


def test_the_same_file_twice_is_kept_once(make_report):
    case = make_report()
    first, _ = files.store(upload=jpeg("teal"), case=case, at=AT)
    again, _ = files.store(upload=jpeg("teal"), case=case, at=AT)
    assert first.pk == again.pk
