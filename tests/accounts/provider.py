"""A directory for tests: an OpenID Connect provider on this machine, which can be told to lie."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "anliegen", "sehr:geheim"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    """One person at a time logs in: `claims`. `change` may alter the claims of the ID token before it is signed."""

    def __init__(self) -> None:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_args: Any) -> None:
                return

            def answer(self, found: Any, status: int = 200) -> None:
                body = json.dumps(found).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                owner.asked.append(urlsplit(self.path).path)
                time.sleep(owner.delay)
                self.answer(*owner.get(urlsplit(self.path).path))

            def do_POST(self) -> None:
                sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                owner.asked.append("/token")
                self.answer(*owner.redeem({name: values[0] for name, values in sent.items()}))

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.issuer = f"http://{self.host}/stadt"
        self.reset()
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def reset(self) -> None:
        """An honest directory with one clerk."""
        self.asked: list[str] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.delay = 0.0
        self.description: dict[str, Any] = {}
        self.key, self.algorithm = KEY, "RS256"
        self.change: Callable[[dict[str, Any]], None] = lambda _claims: None
        self.userinfo: dict[str, Any] | None = None
        self.claims: dict[str, Any] = {
            "sub": "4711",
            "email": "Berta@harsewinkel.example",
            "email_verified": True,
            "name": "Berta Beispiel",
            "groups": ["alle", "/Bauhof"],
        }

    def get(self, path: str) -> tuple[Any, int]:
        if path == "/stadt/.well-known/openid-configuration":
            at = f"http://{self.host}"
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{at}/authorise",
                "token_endpoint": f"{at}/token",
                "jwks_uri": f"{at}/keys",
                "userinfo_endpoint": f"{at}/userinfo",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
                **self.description,
            }, 200
        if path == "/keys":
            key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
            return {"keys": [{**key, "kid": "one", "use": "sig", "alg": "RS256"}]}, 200
        if path == "/userinfo" and self.userinfo is not None:
            return self.userinfo, 200
        return {}, 404

    def authorise(self, location: str) -> dict[str, str]:
        """What the browser brings back after the person has logged in there: code and state."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        assert location.startswith(f"http://{self.host}/authorise?")
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def redeem(self, sent: dict[str, str]) -> tuple[Any, int]:
        if (sent.get("client_id"), sent.get("client_secret")) != (CLIENT, SECRET):
            return {"error": "invalid_client"}, 401
        asked = self.codes.pop(sent.get("code", ""), None)
        if asked is None or sent["redirect_uri"] != asked["redirect_uri"]:
            return {"error": "invalid_grant"}, 400
        digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return {"error": "invalid_grant"}, 400
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims |= self.claims
        self.change(claims)
        key = self.key if self.algorithm.startswith("RS") else None if self.algorithm == "none" else "x" * 64
        token = jwt.encode(claims, key, algorithm=self.algorithm, headers={"kid": "one"})
        return {"access_token": "zugang", "token_type": "Bearer", "id_token": token}, 200
