"""A real IMAP server for the tests: Debian's dovecot, started by an ordinary user in a folder of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import socket  # noqa: TID251  waits for the server of the tests
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path
from typing import Any

from tests.net import certificates

BINARY = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
PASSWORD = "geheim @/%"
USER = "melder@stadt.example"
_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/localhost.pem
ssl_key = <{folder}/localhost.pem
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_location = maildir:{folder}/mail
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {starttls}
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""


class Dovecot:
    """One server with one mailbox; `url` logs in."""

    def __init__(self) -> None:
        assert BINARY is not None
        self.folder = Path(tempfile.mkdtemp(prefix="imap."))
        self.port, self.starttls = _free(), _free()
        certificates.write(self.folder)
        self.certificate = self.folder / "localhost.pem"
        # Root starts it as somebody who may do nothing, since dovecot refuses to let logins run as root.
        owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        group = subprocess.run(["id", "-gn", owner.pw_name], capture_output=True, text=True, check=True).stdout.strip()
        (self.folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        for part in ("mail", "mail/new", "mail/cur", "mail/tmp", "run", "state"):
            (self.folder / part).mkdir()
        config = _CONFIG.format(
            folder=self.folder, user=owner.pw_name, group=group, port=self.port, starttls=self.starttls
        )
        (self.folder / "dovecot.conf").write_text(config)
        if os.geteuid() == 0:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        switch: dict[str, Any] = (
            {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        )
        self.process = subprocess.Popen(
            [BINARY, "-F", "-c", str(self.folder / "dovecot.conf")], **switch, stderr=subprocess.PIPE, text=True
        )
        self._owner = owner
        self._numbers = count(1)
        self._wait()

    def _wait(self) -> None:
        for _try in range(200):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.process.stderr.read()} {self.log()}")
            time.sleep(0.05)
        raise RuntimeError(self.log())

    def log(self) -> str:
        """What it wrote."""
        path = self.folder / "log"
        return path.read_text() if path.exists() else ""

    def deliver(self, raw: bytes) -> None:
        """As a mail server puts a mail into a Maildir."""
        name = f"{int(time.time())}.M{next(self._numbers)}P{os.getpid()}.test"
        path = self.folder / "mail" / "tmp" / name
        path.write_bytes(raw)
        if os.geteuid() == 0:
            os.chown(path, self._owner.pw_uid, self._owner.pw_gid)
        path.rename(self.folder / "mail" / "new" / name)

    def left(self, folder: str = "") -> list[bytes]:
        """The mails in the inbox, or in a folder."""
        box = self.folder / "mail" / (f".{folder}" if folder else "")
        return [path.read_bytes() for part in ("new", "cur") for path in sorted((box / part).glob("*"))]

    def stop(self) -> None:
        """Ends it and takes everything away."""
        self.process.terminate()
        self.process.communicate(timeout=20)
        shutil.rmtree(self.folder, ignore_errors=True)


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
