"""An identity provider on this machine: discovery, authorize, token with RS256, keys; it writes down what it is asked."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT, SECRET = "cse-geo", "a secret of sixteen"


class IdentityProvider:
    """Signs everyone in as `user` without asking; every claim can be bent."""

    def __init__(self):
        from joserfc.jwk import RSAKey

        self.key = RSAKey.generate_key(2048, {"kid": "k1"}, private=True)
        self.user, self.bent, self.asked, self.codes = "ana", {}, [], {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def settings(self, redirect_uri):
        """The file that the operator writes."""
        return (
            f'issuer = "{self.issuer}"\nmetadata_url = "{self.issuer}/.well-known/openid-configuration"\n'
            f'client_id = "{CLIENT}"\nclient_secret = "{SECRET}"\nredirect_uri = "{redirect_uri}"\ntitle = "the made-up force"\n'
        )

    def of(self, path):
        return [query for at, query in self.asked if at == path]

    def discovery(self):
        # Deliberately without code_challenge_methods_supported: PKCE must not depend on it.
        return {
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize", "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks", "end_session_endpoint": f"{self.issuer}/logout",
            "id_token_signing_alg_values_supported": ["RS256"], "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
        }  # fmt: skip

    def authorize(self, query):
        code = secrets.token_urlsafe(8)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form):
        """Exchange a code once, and only for whoever holds the verifier of its challenge."""
        asked = self.codes.pop(form["code"])
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": f"id-of-{self.user}", "preferred_username": self.user, "iat": now,
                  "exp": now + 300, "nonce": asked.get("nonce", ""), "role": "administrator", "groups": ["analyst"], **self.bent}  # fmt: skip
        return 200, {
            "access_token": "qxaccesstokenz",
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": self._signed(claims),
        }

    def _signed(self, claims):
        from joserfc import jwt

        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.key)

    def _handler(self):
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                at = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(at.query).items()}
                provider.asked.append((at.path, query))
                if at.path == "/authorize":
                    self._to(provider.authorize(query))
                elif at.path == "/logout":
                    self._to(query["post_logout_redirect_uri"].removesuffix("oauth2callback"))
                elif at.path == "/jwks":
                    self._say(200, {"keys": [provider.key.as_dict(private=False)]})
                else:
                    self._say(200, provider.discovery())

            def do_POST(self):
                text = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(text).items()}
                provider.asked.append(("/token", form))
                self._say(*provider.token(form))

            def _to(self, address):
                self.send_response(302)
                self.send_header("Location", address)
                self.end_headers()

            def _say(self, status, content):
                body = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler
