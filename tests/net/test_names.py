import pytest

from net.names import to_ascii

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("host", "ascii_host"),
    [
        ("Example.ORG", "example.org"),
        ("example.org.", "example.org"),
        ("Bücher.example", "xn--bcher-kva.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("Bauhof-Mönchengladbach.example", "xn--bauhof-mnchengladbach-oec.example"),
        ("127.0.0.1", "127.0.0.1"),
    ],
)
def test_names_are_sent_in_ascii(host, ascii_host):
    assert to_ascii(host) == ascii_host


@pytest.mark.parametrize("host", ["", ".", "a..b", "a b", "a@b", "a:1", "a#b", "%61", "x" * 64])
def test_what_is_no_name_is_an_error(host):
    with pytest.raises(ValueError, match="not a host name"):
        to_ascii(host)
