"""The video in sign language: by content, under a random name, in parts, gone when it is taken away."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pages.video import path_of, put_video, remove_video
from tests.conftest import AT, Town

MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 8


def upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("video.mp4", content, "video/mp4")


def test_shown_in_parts_and_replaced(client: Client, town: Town, django_capture_on_commit_callbacks: object) -> None:
    assert "noch kein Video" in client.get("/gebaerdensprache/").content.decode()
    first = put_video(municipality=town.municipality, upload=upload(MP4), at=AT, by=town.admin)
    page = client.get("/gebaerdensprache/").content.decode()
    url = f"/gebaerdensprache/video/{first.name}"
    assert f'<source src="{url}" type="video/mp4">' in page
    whole = client.get(url)
    assert b"".join(whole.streaming_content) == MP4  # type: ignore[attr-defined]
    assert whole["Content-Type"] == "video/mp4"
    for asked, expected in (("bytes=0-3", MP4[:4]), ("bytes=100-", MP4[100:]), ("bytes=-5", MP4[-5:])):
        part = client.get(url, headers={"range": asked})
        assert part.status_code == 206
        assert b"".join(part.streaming_content) == expected  # type: ignore[attr-defined]
        assert int(part["Content-Length"]) == len(expected)
    assert client.get(url, headers={"range": "bytes=99999-"}).status_code == 416
    assert client.get(url, headers={"range": "bytes=x"}).status_code == 416
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        second = put_video(municipality=town.municipality, upload=upload(MP4), at=AT, by=None)
    assert client.get(url).status_code == 404
    assert not default_storage.exists(path_of(first))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        remove_video(municipality=town.municipality)
    assert not default_storage.exists(path_of(second))


def test_what_is_no_video_is_refused(town: Town) -> None:
    for content in (b"<html><script>", b"\x89PNG\r\n\x1a\n", b""):
        with pytest.raises(ValidationError):
            put_video(municipality=town.municipality, upload=upload(content), at=AT, by=None)
    assert not default_storage.exists("pages") or not default_storage.listdir("pages")[1]
