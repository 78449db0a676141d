"""TLS by openssl and curl: versions, chain, certificates that are replaced under load, and clients that are known by theirs."""

import concurrent.futures
import contextlib
import http.client
import json
import os
import signal
import ssl
import subprocess
import tempfile
import time
from pathlib import Path

from certified import Authority
from common import AMPARO, QUICKSTART, WORK, amparo, holds
from minted import Key
from served import SERVE, ask, free_port

FOLDER = Path(tempfile.mkdtemp(dir=WORK))
CASE = QUICKSTART / "case.json"
ROOT = Authority("O=Police,CN=root")
MIDDLE = Authority("O=Police,CN=intermediate", ROOT)
NAMES = ["dns:localhost", "ip:127.0.0.1"]


def write(name, text):
    """Written aside and renamed, as whoever renews certificates does."""
    path, aside = FOLDER / name, FOLDER / f"{name}.new"
    aside.write_text(text)
    aside.rename(path)
    return path


ROOT_FILE = write("root.pem", ROOT.pem())


def renew(days=30):
    """A new certificate of the service with its key, as a chain."""
    certificate, key = MIDDLE.issue("CN=localhost", NAMES, days=days)
    # Between the two, they do not fit together.
    write("server.pem", certificate + MIDDLE.pem())
    write("server.key", key)
    return certificate


@contextlib.contextmanager
def service(name, *more):
    """A service that is ready; its health is asked in the clear, at an address of its own."""
    port, health, said = free_port(), free_port(), FOLDER / f"{name}.log"
    args = [AMPARO, *SERVE, "--log", f"sqlite:{FOLDER / name}.sqlite", "--listen", f"127.0.0.1:{port}", "--health-listen", f"127.0.0.1:{health}"]
    args += ["--tls-certificate", FOLDER / "server.pem", "--tls-key", FOLDER / "server.key", *more]
    with said.open("w") as out:
        server = subprocess.Popen(args, stdout=subprocess.DEVNULL, stderr=out)
    try:
        for _ in range(600):
            with contextlib.suppress(OSError):
                if ask(health, "/health/ready")[0] == 200:
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


def openssl(port, *more):
    """What `openssl s_client` says."""
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-CAfile", ROOT_FILE, "-verify_return_error", "-servername", "localhost", *more],
        input="", capture_output=True, text=True, timeout=20,
    )
    return f"{done.returncode}\n{done.stdout}{done.stderr}"


def curl(port, *more, path="/v1/models", body=None):
    """The status that curl gets, or 0 if there is none, and the body."""
    args = ["curl", "--silent", "--show-error", "--cacert", ROOT_FILE, "--write-out", "\n%{http_code}", "--max-time", "20", *more]
    args += ["--data-binary", f"@{body}", "--header", "content-type: application/json"] if body else []
    done = subprocess.run([*args, f"https://localhost:{port}{path}"], capture_output=True, text=True)
    text, _, status = done.stdout.rpartition("\n")
    return int(status), text


def versions(port):
    agreed = lambda text: text.startswith("0\n") and "Verify return code: 0 (ok)" in text
    # So that openssl itself would speak the old ones.
    old = ["-cipher", "ALL:@SECLEVEL=0"]
    tls1_1 = openssl(port, "-tls1_1", *old)
    for version, name in [("-tls1_3", "TLSv1.3"), ("-tls1_2", "TLSv1.2")]:
        text = openssl(port, version)
        holds(f"{name}: agreed, and the chain leads to the root", lambda t: agreed(t) and name in t, text, tls1_1)
    for version in ("-tls1_1", "-tls1"):
        holds(f"{version[1:]}: refused", lambda t: not agreed(t), openssl(port, version, *old), text)
    # RFC 7301, section 3.2: what both speak, or an end.
    http11 = openssl(port, "-alpn", "h2,http/1.1")
    holds("ALPN: http/1.1", lambda t: "ALPN protocol: http/1.1" in t, http11, openssl(port, "-alpn", "h2"))
    stranger = write("stranger.pem", Authority("CN=stranger").pem())
    unknown = subprocess.run(["curl", "--silent", "--cacert", stranger, f"https://localhost:{port}/v1/models"]).returncode
    holds("a client that trusts another authority does not trust it", lambda code: code == 60, unknown, 0)
    plain = subprocess.run(["curl", "--silent", f"http://127.0.0.1:{port}/v1/models"], capture_output=True)
    holds("a plain request gets no answer", lambda done: done.returncode != 0 and b"models" not in done.stdout, plain, subprocess.CompletedProcess([], 0, b"models"))


def serial(port):
    """The serial number of the certificate that is presented now."""
    shown = openssl(port, "-showcerts")
    begin = shown.index("-----BEGIN CERTIFICATE-----")
    return ssl.PEM_cert_to_DER_cert(shown[begin : shown.index("-----END CERTIFICATE-----", begin) + 25])


def under_load(port, server, said):
    """Certificates are replaced twenty times, some of them broken, while clients ask on old and new connections: nobody notices."""
    context = ssl.create_default_context(cafile=ROOT_FILE)
    until, asked, failed = time.monotonic() + 10, [0, 0], []

    def client(kept):
        connection = None
        while time.monotonic() < until:
            try:
                if connection is None or not kept:
                    connection = http.client.HTTPSConnection("localhost", port, timeout=10, context=context)
                connection.request("GET", "/v1/models")
                reply = connection.getresponse()
                reply.read()
                asked[kept] += 1
                if reply.status != 200:
                    failed.append(reply.status)
            except (OSError, http.client.HTTPException) as error:
                failed.append(repr(error))
                connection = None
            time.sleep(0.005)

    first = serial(port)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        clients = [pool.submit(client, kept) for kept in (True, True, False, False)]
        n = 0
        while time.monotonic() < until - 1:
            renew()
            if n % 3 == 1:
                write("server.key", "broken")
            server.send_signal(signal.SIGHUP)
            n += 1
            time.sleep(0.4)
        for done in clients:
            done.result()
    print(f"  {n} reloads: {asked[1]} requests on connections that were kept, {asked[0]} on new ones, {len(failed)} failed")
    holds("certificates replaced under load: no request fails", lambda f: not f and min(asked) > 100, failed, failed + ["one"])
    assert "files cannot be used, so nothing was changed" in said.read_text(), "none of the broken ones was met"
    # Without a signal: found out when somebody connects.
    now = renew()
    time.sleep(2.5)
    shown = serial(port)
    holds("a certificate is read again when its file changes", lambda der: der == ssl.PEM_cert_to_DER_cert(now), shown, first)
    before = shown
    for name, certificate, key in [
        ("of another key", MIDDLE.issue("CN=localhost", NAMES)[0], None),
        ("that has expired", *MIDDLE.issue("CN=localhost", NAMES, start=-9, days=-2)),
        ("that is cut short", now[:300], None),
    ]:
        write("server.pem", certificate)
        if key:
            write("server.key", key)
        server.send_signal(signal.SIGHUP)
        time.sleep(0.3)
        holds(f"a certificate {name} changes nothing", lambda der: der == before, serial(port), first)
    renew()


TABLE = """
[[clients]]
name = "subject:CN=case platform,O=Police"
roles = ["platform"]
institution = "police"
officers = ["*"]

[[clients]]
name = "dns:tools.police.example"
roles = ["scientist"]

[[clients]]
name = "uri:spiffe://police.example/old"
roles = ["platform"]
expires = 2020-01-01T00:00:00Z
"""


def clients():
    """Clients with the right certificate, with one of another authority, an expired one, one that nobody knows, and none."""
    other = Authority("O=Police,CN=root")
    authority = Authority("O=Police,CN=authority of clients")
    platform = "O=Police,CN=case platform"
    presented = {
        "right": authority.issue(platform, [], client=True),
        "by another name": authority.issue("CN=x", ["dns:tools.police.example"], client=True),
        "of another authority": other.issue(platform, [], client=True),
        "expired": authority.issue(platform, [], client=True, start=-9, days=-2),
        "not valid yet": authority.issue(platform, [], client=True, start=2),
        "for servers": authority.issue(platform, []),
        "in no row": authority.issue("O=Police,CN=somebody", [], client=True),
        "in a row that has expired": authority.issue("CN=y", ["uri:spiffe://police.example/old"], client=True),
        "in two rows": authority.issue(platform, ["dns:tools.police.example"], client=True),
    }
    with_ = lambda name: ("--cert", FOLDER / f"{name}.pem", "--key", FOLDER / f"{name}.key")
    for name, (certificate, key) in presented.items():
        write(f"{name}.pem", certificate)
        write(f"{name}.key", key)
    table = write("clients.toml", TABLE)
    mutual = ["--tls-client-authority", write("clients.pem", authority.pem()), "--tls-clients", table]
    assess = lambda port, *more: curl(port, *more, path="/v1/assessments", body=CASE)
    cut_off, unknown = ["of another authority", "expired", "not valid yet", "for servers"], ["in no row", "in a row that has expired", "in two rows"]
    with service("mutual", *mutual) as (port, _, _):
        first = assess(port, *with_("right"))
        holds("required: the right certificate is answered", lambda s: s == 201, first[0], assess(port)[0])
        for name in cut_off:
            holds(f"required: a certificate {name} gets no connection", lambda s: s == 0, assess(port, *with_(name))[0], first[0])
        for name in unknown:
            holds(f"required: a certificate {name} is nobody's", lambda s: s == 401, assess(port, *with_(name))[0], first[0])
        holds("required: a certificate by another name is another caller", lambda s: s == 403, assess(port, *with_("by another name"))[0], first[0])
        assert curl(port, *with_("by another name"))[0] == 200
        proposal = "/v1/assessments/" + json.loads(first[1])["proposal_id"]
        assert curl(port, *with_("right"), path=proposal)[0] == 200
        # A row that is gone is nobody's as soon as the file is looked at again, on connections that are open, too.
        context = ssl.create_default_context(cafile=ROOT_FILE)
        context.load_cert_chain(FOLDER / "right.pem", FOLDER / "right.key")
        connection = http.client.HTTPSConnection("localhost", port, timeout=10, context=context)

        def status():
            connection.request("GET", "/v1/models")
            reply = connection.getresponse()
            reply.read()
            return reply.status

        before = status()
        write("clients.toml", TABLE.replace("subject:CN=case platform", "subject:CN=another platform"))
        time.sleep(2.5)
        holds("a row that is taken away is gone on open connections", lambda s: s == 401, status(), before)
        write("clients.toml", "nonsense")
        time.sleep(2.5)
        assert status() == 401, "a table that cannot be read changes nothing"
    exported = amparo("log", "export", "--log", f"sqlite:{FOLDER / 'mutual'}.sqlite")
    holds("the log says who asked", lambda t: "certificate:subject:CN=case platform,O=Police" in t, exported, "")
    optional(mutual, assess, with_)


def optional(mutual, assess, with_):
    """Certificates beside tokens: a header goes before the certificate, and one that does not hold is not made up for."""
    write("clients.toml", TABLE)
    key = Key("ES256", "k")
    keys = write("keys.json", json.dumps({"keys": [key.public()]}))
    tokens = ["--token-issuer", "police", "--token-audience", "amparo", "--token-keys", keys]
    claims = {"iss": "police", "aud": "amparo", "sub": "ana", "exp": int(time.time()) + 300, "roles": ["scientist"]}
    bearer = lambda **other: ("--header", f"authorization: Bearer {key.sign(claims | other)}")
    with service("optional", *mutual, *tokens, "--tls-client-certificates", "optional") as (port, _, _):
        nobody = curl(port)
        holds("optional: without anything, nobody is recognised", lambda s: s == 401, nobody[0], curl(port, *bearer())[0])
        holds("optional: a token is enough", lambda s: s == 200, curl(port, *bearer())[0], nobody[0])
        holds("optional: a certificate is enough", lambda s: s == 201, assess(port, *with_("right"))[0], nobody[0])
        both = assess(port, *with_("right"), *bearer())[0]
        holds("optional: a token goes before the certificate", lambda s: s == 403, both, 201)
        expired = assess(port, *with_("right"), *bearer(exp=1))[0]
        holds("optional: a certificate does not make up for an expired token", lambda s: s == 401, expired, 201)
        holds("optional: a certificate of another authority gets no connection", lambda s: s == 0, curl(port, *with_("of another authority"))[0], 200)


renew()
with service("plain") as (port, server, said):
    versions(port)
    under_load(port, server, said)
clients()
