"""Stored passwords: encrypted under a key that is not in the database."""

import pytest

from net.sealed import Unreadable, is_sealed, seal, seal_password, unseal, unseal_password

pytestmark = pytest.mark.once

URL = "smtp+tls://user%40town:p%40ss%3Aword%20%25@mail.example.org:587"


def test_a_password_is_not_readable_and_comes_back():
    sealed = seal_password(URL)
    assert sealed.startswith("smtp+tls://user%40town:sealed.")
    assert sealed.endswith("@mail.example.org:587")
    assert "word" not in sealed
    assert unseal_password(sealed) == URL


@pytest.mark.parametrize("url", ["", "smtp://mail.example.org:25", "smtp://user@mail.example.org", "smtp://[::1"])
def test_where_there_is_no_password_nothing_changes(url):
    assert seal_password(url) == url
    assert unseal_password(url) == url


def test_sealing_twice_is_the_same_as_once():
    once = seal("geheim")
    assert is_sealed(once)
    assert seal(once) == once
    assert seal_password(seal_password(URL)).count("sealed.") == 1
    assert (seal(""), unseal("")) == ("", "")


def test_the_former_key_opens_as_long_as_it_is_named(settings):
    sealed = seal_password(URL)
    former = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [former]
    assert unseal_password(sealed) == URL
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(Unreadable, match="SECRET_KEY_FALLBACKS"):
        unseal_password(sealed)
