"""Tokens of identity providers, ours and a real one; every class of wrong token; keys that are rotated, down or slow; no bytes give a fault."""

import base64
import concurrent.futures
import contextlib
import http.client
import http.server
import json
import os
import random
import signal
import subprocess
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

from common import AMPARO, QUICKSTART, WORK, amparo, holds
from minted import Key, wrong
from served import SERVE, free_port

FOLDER = Path(tempfile.mkdtemp(dir=WORK))
CASE = (QUICKSTART / "case.json").read_bytes()
LEEWAY = 5
# As the service states: how often keys are fetched at most because a token names one that is not known, and how long a request waits.
UNKNOWN, PATIENCE = 10, 2


class Provider:
    """An identity provider of ours: says where its keys are, and has them; it can be slow, and count."""

    def __init__(self):
        self.keys = [Key("RS256", "rsa-1"), Key("ES256", "ec-1"), Key("EdDSA", "ed-1")]
        self.port, self.asked, self.slow, self.server = free_port(), 0, 0, None
        self.issuer = f"http://127.0.0.1:{self.port}/realms/police"

    def start(self):
        provider = self

        class Answers(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                time.sleep(provider.slow)
                base = "/realms/police"
                bodies = {
                    f"{base}/.well-known/openid-configuration": {"issuer": provider.issuer, "jwks_uri": f"{provider.issuer}/certs"},
                    f"{base}/certs": {"keys": [key.public() for key in provider.keys]},
                }
                provider.asked += self.path.endswith("/certs")
                body = json.dumps(bodies.get(self.path)).encode()
                self.send_response(200 if self.path in bodies else 404)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Answers)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def claims(self, **other):
        now = int(time.time())
        # As Keycloak has them: what it calls roles is within a claim, beside those of other programs.
        return {
            "iss": self.issuer,
            "aud": ["account", "amparo"],
            "sub": "f:ana",
            "exp": now + 600,
            "nbf": now - 5,
            "realm_access": {"roles": ["offline_access", "amparo-platform"]},
            "organisation": "police",
            "unit": "u-7",
            "officers": ["u-7:*"],
        } | other


MAPPED = [
    *("--token-audience", "amparo", "--token-roles-claim", "realm_access.roles", "--token-institution-claim", "organisation"),
    *("--token-unit-claim", "unit", "--token-officers-claim", "officers", "--token-leeway", str(LEEWAY)),
    *("--token-role", "amparo-platform=platform", "--token-role", "amparo-officer=officer", "--token-role", "amparo-scientist=scientist"),
]


@contextlib.contextmanager
def service(name, *more):
    """A service that is ready, with its port; it stops with 0."""
    port, log = free_port(), FOLDER / f"{name}.sqlite"
    said = FOLDER / f"{name}.log"
    args = [AMPARO, *SERVE, "--log", f"sqlite:{log}", "--listen", f"127.0.0.1:{port}", *more]
    with said.open("w") as out:
        server = subprocess.Popen(args, stdout=subprocess.DEVNULL, stderr=out)
    try:
        for _ in range(600):
            with contextlib.suppress(OSError):
                if ask(port, None, "/health/ready")[0] == 200:
                    break
            assert server.poll() is None, said.read_text()
            time.sleep(0.05)
        else:
            raise AssertionError(f"not ready within 30 seconds:\n{said.read_text()}")
        yield port, server, said
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=10) == 0, said.read_text()
    finally:
        server.kill()
        server.wait()


def ask(port, token, path="/v1/assessments", body=None, method=None):
    """Status, headers and body of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"content-type": "application/json"} | ({} if token is None else {"authorization": f"Bearer {token}"})
    try:
        connection.request(method or ("GET" if body is None else "POST"), path, body, headers)
        reply = connection.getresponse()
        return reply.status, reply.headers, reply.read()
    finally:
        connection.close()


def assess(port, token):
    return ask(port, token, body=CASE)


def patiently(port, token):
    """The same, as often as it takes: whoever fails too often is told so, at most once a second."""
    while (reply := assess(port, token))[0] == 429:
        time.sleep(0.5)
    return reply


def told(reply):
    return f"{reply[0]} {json.loads(reply[2]).get('error', '')}"


def right_ones(port, provider):
    for key in provider.keys:
        reply = assess(port, key.sign(provider.claims()))
        holds(f"{key.algorithm}: a token of PyJWT is taken", lambda status: status == 201, reply[0], 401)
    proposal = json.loads(reply[2])["proposal_id"]
    es = provider.keys[1]
    path = f"/v1/assessments/{proposal}"
    holds("its institution sees the proposal", lambda s: s == 200, ask(port, es.sign(provider.claims()), path)[0], 404)
    other = ask(port, es.sign(provider.claims(organisation="other")), path)[0]
    holds("another institution does not", lambda s: s in (403, 404), other, 200)
    scientist = es.sign(provider.claims(officers=[], realm_access={"roles": ["amparo-scientist"]}))
    holds("another role may not ask for it", lambda s: s == 403, assess(port, scientist)[0], 201)
    holds("and may see models", lambda s: s == 200, ask(port, scientist, "/v1/models")[0], 403)
    theirs = es.sign(provider.claims(officers=[], realm_access={"roles": ["platform", "account"]}))
    holds("roles that are not ours give no right", lambda s: s == 403, assess(port, theirs)[0], 201)
    # Clocks that differ by less than the leeway.
    now = int(time.time())
    for name, claims in [("exp", {"exp": now - 1}), ("nbf", {"nbf": now + 3})]:
        holds(f"{name} within the leeway", lambda s: s == 201, assess(port, es.sign(provider.claims(**claims)))[0], 401)


def wrong_ones(port, provider):
    tokens = wrong(provider.keys, provider.claims(), LEEWAY)
    for name, token in tokens.items():
        status, headers, body = assess(port, token)
        expected = 400 if name == "empty" else 401
        assert status == expected, f"{name}: {status} {body}"
        assert status != 401 or 'error="invalid_token"' in headers["www-authenticate"], name
        assert not any(part in body.decode() for part in token.split(".") if len(part) > 8), f"{name}: {body}"
    right = provider.keys[1].sign(provider.claims())
    everything = {name: 401 for name in tokens}
    holds(f"{len(tokens)} classes of wrong token: 401", lambda s: set(s.values()) == {401}, everything, {"right": assess(port, right)[0]})
    assert assess(port, None)[0] == 401


def any_bytes(port, provider):
    """No bytes give a fault of the service."""
    chance = random.Random(14)
    alphabet = "abcXYZ019-_.=+/~"
    token = provider.keys[0].sign(provider.claims())
    found = set()
    for _ in range(600):
        kind = chance.randrange(4)
        text = "".join(chance.choices(alphabet, k=chance.randrange(1, 300)))
        at = chance.randrange(len(token))
        sent = [text, ".".join([text[:90], text[90:180], text[180:]]), token[:at] + text[:3] + token[at + 1 :], token[:at]][kind]
        if sent != token:
            found.add(assess(port, sent)[0])
    holds(f"600 other texts as token: {sorted(found)}", lambda s: s <= {400, 401, 429}, found, {401, 500})


def rotated(port, provider):
    """A new key is known as soon as a token names it, and an old one no more."""
    old = provider.keys[1]
    before = old.sign(provider.claims())
    assert assess(port, before)[0] == 201
    new = Key("ES256", "ec-2")
    provider.keys[1] = new
    asked, begun = provider.asked, time.monotonic()
    slowest = 0
    while True:
        started = time.monotonic()
        status = assess(port, new.sign(provider.claims()))[0]
        slowest = max(slowest, time.monotonic() - started)
        if status == 201:
            break
        assert time.monotonic() - begun < UNKNOWN + 5, "the new key is not known"
        time.sleep(0.2)
    holds(f"a rotated key is known after {time.monotonic() - begun:.1f} s", lambda n: n == asked + 1, provider.asked, asked + 50)
    holds("and the one before signs nothing any more", lambda s: s == 401, patiently(port, before)[0], 201)
    stranger = Key("ES256", "nobody")
    for n in range(200):
        stranger.name = f"nobody-{n}"
        assert assess(port, stranger.sign(provider.claims()))[0] in (401, 429)
    holds("200 tokens with unknown keys: the provider is asked", lambda n: n <= asked + 3, provider.asked, asked + 200)
    assert slowest < PATIENCE + 2


def down(port, provider):
    """Keys that are known hold while the provider is down or slow, and nobody waits for it longer than is stated."""
    token = provider.keys[0].sign(provider.claims())
    provider.stop()
    status = patiently(port, Key("RS256", "nobody").sign(provider.claims()))[0]
    holds("down: a key that is not known", lambda s: s == 401, status, 503)
    holds("down: keys that are known hold", lambda s: s == 201, assess(port, token)[0], 503)
    provider.slow = 8
    provider.start()
    time.sleep(UNKNOWN)
    started = time.monotonic()
    status = patiently(port, Key("RS256", "nobody").sign(provider.claims()))[0]
    seconds = time.monotonic() - started
    holds(f"slow: a key that is not known, after {seconds:.1f} s", lambda s: s < PATIENCE + 1, seconds, provider.slow)
    started = time.monotonic()
    assert status == 401 and assess(port, token)[0] == 201
    assert time.monotonic() - started < 1, "a token whose key is known waits for nobody"
    provider.slow = 0


def starts():
    """A provider that is down at the start is asked again; one that says something else ends the start."""
    provider = Provider()
    with service("late", "--token-issuer", provider.issuer, *MAPPED) as (port, _, said):
        token = provider.keys[2].sign(provider.claims())
        status, headers, _ = assess(port, token)
        holds("no keys yet: 503 with a time to ask again", lambda r: r == (503, True), (status, "retry-after" in headers), (401, False))
        assert "cannot be fetched" in said.read_text()
        provider.start()
        begun = time.monotonic()
        while (found := assess(port, token)[0]) == 503 and time.monotonic() - begun < UNKNOWN + 5:
            time.sleep(0.2)
        holds("and then they are there", lambda s: s == 201, found, status)
    listed = ["--log", f"sqlite:{FOLDER / 'none.sqlite'}", "--listen", f"127.0.0.1:{free_port()}"]
    text = amparo(*SERVE, *listed, "--token-issuer", provider.issuer + "/", *MAPPED, code=2)
    holds("an issuer that calls itself otherwise is refused", lambda t: "expected `" + provider.issuer + "/`" in t, text, "listening")
    keys = FOLDER / "keys.json"
    keys.write_text(json.dumps({"keys": [provider.keys[0].public() | {"alg": "RS512"}]}))
    text = amparo(*SERVE, *listed, "--token-issuer", "police", "--token-keys", keys, *MAPPED, code=2)
    holds("keys of which none is taken are refused", lambda t: "none of the 1" in t, text, "listening")
    provider.stop()
    text = amparo(*SERVE, *listed, "--token-issuer", "http://login.example.org", "--token-leeway", "900", "--tls-key", "k", code=2)
    problems = ["without `token_audiences`", "expected https", "`token_leeway` is 900", "`tls_key` is set without `tls_certificate`"]
    holds("all that contradicts itself is told at once", lambda t: all(problem in t for problem in problems), text, text.splitlines()[0])


def from_file():
    """Keys in a file; SIGHUP reads them again."""
    provider = Provider()
    keys = FOLDER / "keys-in-file.json"
    write = lambda: keys.write_text(json.dumps({"keys": [key.public() for key in provider.keys]}))
    write()
    with service("file", "--token-issuer", "police", "--token-keys", str(keys), *MAPPED) as (port, server, said):
        token = lambda: provider.keys[0].sign(provider.claims(iss="police"))
        before = token()
        assert assess(port, before)[0] == 201
        provider.keys[0] = Key("RS256", "rsa-2")
        write()
        server.send_signal(signal.SIGHUP)
        for _ in range(600):
            if "configuration reloaded" in said.read_text():
                break
            time.sleep(0.05)
        holds("SIGHUP: keys of the file are read again", lambda s: s == 201, assess(port, token())[0], assess(port, before)[0])


def real_provider():
    """oidc-provider, which is certified by the OpenID Foundation: what it gives for a client's credentials is taken."""
    port = free_port()
    issuer = f"http://127.0.0.1:{port}"
    script = Path(__file__).with_name("provider.mjs")
    with (FOLDER / "provider.log").open("w") as said:
        node = subprocess.Popen(["node", script, os.environ["NODE_PREFIX"], str(port)], stdout=said, stderr=said)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{issuer}/jwks", timeout=5).read()
                break
            assert node.poll() is None, (FOLDER / "provider.log").read_text()
            time.sleep(0.1)

        def given(resource):
            form = {"grant_type": "client_credentials", "scope": "assess", "resource": resource}
            request = urllib.request.Request(f"{issuer}/token", urllib.parse.urlencode(form).encode())
            request.add_header("authorization", f"Basic {base64.b64encode(b'case-platform:of-a-test').decode()}")
            return json.load(urllib.request.urlopen(request, timeout=10))["access_token"]

        with service("real", "--token-issuer", issuer, *MAPPED) as (served, _, _):
            other = assess(served, given("urn:other"))
            for algorithm in ("RS256", "ES256", "EdDSA"):
                reply = assess(served, given(f"urn:amparo:{algorithm}"))
                holds(f"oidc-provider: a token of {algorithm}", lambda s: s == 201, reply[0], other[0])
            assert "another audience" in told(other), told(other)
        log = FOLDER / "real.sqlite"
        exported = amparo("log", "export", "--log", f"sqlite:{log}")
        callers = [json.loads(line) for line in exported.splitlines() if "token:case-platform" in line]
        holds("the log says who asked", lambda n: n == 3, len(callers), 0)
    finally:
        node.kill()
        node.wait()


def ours():
    provider = Provider()
    provider.start()
    with service("ours", "--token-issuer", provider.issuer, *MAPPED) as (port, _, said):
        right_ones(port, provider)
        wrong_ones(port, provider)
        any_bytes(port, provider)
        rotated(port, provider)
        down(port, provider)
        text = said.read_text()
        parts = ["f:ana", "u-7", "eyJ", "nobody-"]
        holds("the operational log holds nothing of tokens", lambda t: not any(part in t for part in parts), text, text + "eyJ")
    provider.stop()


# Most of the time is spent in waiting for what is asked again only after a while.
with concurrent.futures.ThreadPoolExecutor() as pool:
    for done in [pool.submit(part) for part in (ours, starts, from_file, real_provider)]:
        done.result()
