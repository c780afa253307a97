"""A request is read to its end, whatever the answer: else the proxy in front loses the answer."""

from io import BytesIO

from portal import wsgi


def test_photos_that_nobody_wanted_are_read_before_the_answer(monkeypatch):
    monkeypatch.setattr(wsgi, "_django", lambda environ, start_response: [b"not here"])
    body = BytesIO(b"x" * 300_000)
    assert wsgi.application({"wsgi.input": body}, None) == [b"not here"]
    assert body.read() == b""


def test_it_does_not_read_for_ever():
    class Endless:
        total = 0

        def read(self, size):
            self.total += size
            return b"x" * size

    endless = Endless()
    wsgi.drain(endless)
    assert endless.total == wsgi.DRAINED
