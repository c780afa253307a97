import ssl

import pytest

from net import http, tls
from net.guard import NetError
from net.http import Failed, Refused, fetch
from tests.net import certificates

pytestmark = pytest.mark.once


def test_an_answer_of_any_status_comes_back_whole(web):
    web.page("/a", b"there", 404, X_Kind="one", Content_Type="text/plain")
    answer = fetch(f"{web.url}/a?q=ä b&x=1", headers={"Accept": "text/plain"})
    assert (answer.status, answer.ok, answer.body) == (404, False, b"there")
    assert answer.headers["x-kind"] == "one"
    method, path, headers, _ = web.asked[0]
    assert (method, path) == ("GET", "/a?q=%C3%A4%20b&x=1")
    assert headers["accept"] == "text/plain"
    assert headers["user-agent"] == "Anliegen"
    assert headers["host"] == web.place


def test_a_body_is_posted(web):
    web.page("/hook", b"", 204)
    assert fetch(f"{web.url}/hook", method="POST", body=b'{"case": 1}', max_redirects=0).ok
    assert web.asked[0][0] == "POST"
    assert web.asked[0][3] == b'{"case": 1}'


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost:9/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://2130706433/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "http:///path",
        "http://user:secret@example.org/",
        "http://example.org:25/",
        "http://example.org:99999/",
        "http://[::1/",
        "//example.org/",
        "",
    ],
)
def test_these_are_refused(url):
    with pytest.raises(Refused) as caught:
        fetch(url)
    assert "secret" not in caught.value.log_text


def test_redirects_are_followed_up_to_a_limit(web):
    web.page("/1", b"", 302, Location="/2")
    web.page("/2", b"", 307, Location=f"{web.url}/3")
    web.page("/3", b"end")
    answer = fetch(f"{web.url}/1")
    assert (answer.body, answer.url) == (b"end", f"{web.url}/3")
    with pytest.raises(Failed, match="more than 1 times"):
        fetch(f"{web.url}/1", max_redirects=1)
    assert fetch(f"{web.url}/1", max_redirects=0).status == 302


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:1/", "http://169.254.169.254/", "http://localhost/", "file:///etc/passwd", "http://[::]/"],
)
def test_a_redirect_to_a_private_place_is_refused(web, target):
    web.page("/trap", b"", 302, Location=target)
    with pytest.raises(Refused):
        fetch(f"{web.url}/trap")


def test_a_redirect_leads_not_even_to_a_private_place_that_is_allowed_for_others(web, serve, settings):
    inner = serve()
    inner.page("/", b"inside")
    settings.NET_ALLOWED = [web.place, inner.place]
    web.page("/trap", b"", 302, Location=f"{inner.url}/")
    with pytest.raises(Refused):
        fetch(f"{web.url}/trap")
    assert inner.asked == []
    assert fetch(f"{inner.url}/").body == b"inside"


def test_tokens_stay_with_the_host_they_were_for(web, serve, monkeypatch):
    other = serve()
    other.page("/")
    web.page("/away", b"", 302, Location=f"{other.url}/")
    monkeypatch.setattr("net.guard.is_public", lambda address: True)
    fetch(f"{web.url}/away", headers={"Authorization": "Bearer x", "X-Signature": "y", "Accept": "text/css"})
    headers = other.asked[0][2]
    assert "authorization" not in headers
    assert "x-signature" not in headers
    assert headers["accept"] == "text/css"


@pytest.mark.parametrize(("status", "method", "body"), [(303, "GET", b""), (302, "GET", b""), (307, "POST", b"data")])
def test_a_redirected_post_becomes_what_the_standard_says(web, status, method, body):
    web.page("/form", b"", status, Location="/done")
    web.page("/done")
    fetch(f"{web.url}/form", method="POST", body=b"data")
    assert (web.asked[1][0], web.asked[1][3]) == (method, body)


@pytest.mark.parametrize("with_length", [True, False])
def test_a_large_answer_is_not_read(web, with_length):
    def endless(handler):
        handler.send_response(200)
        if with_length:
            handler.send_header("Content-Length", str(2**40))
        handler.end_headers()
        for _ in range(200):
            handler.wfile.write(b"x" * 2**16)

    web.pages["/big"] = endless
    with pytest.raises(Failed, match="more than 1000 bytes"):
        fetch(f"{web.url}/big", max_bytes=1000)


@pytest.mark.parametrize("length", [1000, None])
def test_a_server_that_drips_is_cut_off(web, length):
    web.drip("/drip", length=length)
    with pytest.raises(Failed, match="took too long"):
        fetch(f"{web.url}/drip", timeout=1, total=0.3)


def test_a_server_that_says_nothing_fails_after_the_time_out(silent):
    with pytest.raises(Failed, match="TimeoutError"):
        fetch(f"http://{silent}/", timeout=0.1)


def test_a_server_that_is_not_there_fails(nobody):
    with pytest.raises(Failed, match="does not answer"):
        fetch(f"http://{nobody}/secret/path?token=1")


def test_a_body_that_breaks_off_fails(web):
    def half(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"half")

    web.pages["/half"] = half
    with pytest.raises(Failed, match="IncompleteRead"):
        fetch(f"{web.url}/half")


def test_headers_cannot_be_smuggled_in(web):
    with pytest.raises(Failed, match="ValueError"):
        fetch(f"{web.url}/", headers={"X-A": "1\r\nX-B: 2"})
    assert web.asked == []


def test_no_time_left_is_no_time(web):
    with pytest.raises(Failed, match="too long"):
        fetch(f"{web.url}/", total=0)


def test_errors_name_the_host_but_no_path(nobody):
    with pytest.raises(NetError) as caught:
        fetch(f"http://{nobody}/secret?token=1")
    assert "secret" not in caught.value.log_text
    assert "token" not in caught.value.log_text


@pytest.fixture
def secure(serve, settings, tmp_path):
    """A server with a certificate for localhost; gives it and the certificate."""
    file = certificates.write(tmp_path)
    server = serve()
    server.socket = certificates.server_context(file).wrap_socket(server.socket, server_side=True)
    settings.NET_ALLOWED = [server.place, server.place.replace("127.0.0.1", "localhost")]
    yield server, file
    tls.context.cache_clear()


def test_certificate_and_name_are_checked(secure, monkeypatch):
    server, file = secure
    server.page("/", b"safe")
    url = f"https://localhost:{server.server_address[1]}/"
    tls.context.cache_clear()
    with pytest.raises(Failed, match="SSLCertVerificationError"):
        fetch(url)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    tls.context.cache_clear()
    assert fetch(url).body == b"safe"
    with pytest.raises(Failed, match="SSLCertVerificationError"):
        fetch(f"https://{server.place}/")
    assert tls.context().minimum_version == ssl.TLSVersion.TLSv1_2


def test_https_does_not_redirect_to_http(secure, monkeypatch):
    server, file = secure
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    tls.context.cache_clear()
    server.page("/", b"", 302, Location="http://example.org/")
    with pytest.raises(Refused, match="https to http"):
        fetch(f"https://localhost:{server.server_address[1]}/")


def test_the_names_other_packages_use_are_there():
    assert {"Failed", "Refused", "Response", "fetch"} == set(http.__all__)
