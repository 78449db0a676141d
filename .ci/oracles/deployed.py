"""What `deploy/` holds: the unit by systemd-analyze, the manifests by the schemas of Kubernetes, and the static program of the image in an empty root."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import kubernetes_validate
import yaml
from common import AMPARO, QUICKSTART, WORK, holds
from served import ask, free_port

FOLDER = Path(tempfile.mkdtemp(dir=WORK))
DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


def ran(*args):
    done = subprocess.run([str(a) for a in args], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout + done.stderr


def unit():
    """systemd reads the unit without a complaint, and counts how much it leaves open."""
    # The program is where a package would put it; here it lies elsewhere.
    text = (DEPLOY / "systemd" / "amparo.service").read_text().replace("/usr/local/bin/amparo", AMPARO)

    def told(text):
        path = FOLDER / "amparo.service"
        path.write_text(text)
        return path

    content = lambda text: ran("systemd-analyze", "verify", told(text)) == (0, "")
    holds("systemd-analyze verify: nothing to say", content, text, text.replace("ProtectSystem=strict", "ProtectSystem=stirct"))

    def exposure(text):
        _, said = ran("systemd-analyze", "security", "--offline=true", "--no-pager", told(text))
        return float(re.search(r"exposure level for amparo.service: ([0-9.]+)", said).group(1))

    print(f"  exposure {exposure(text)}, of 10")
    bare = re.sub(r"(?m)^(Protect|Private|Restrict|SystemCall|Capability|NoNew|Memory|Dynamic|Lock|IPAddress).*\n", "", text)
    holds("systemd-analyze security: at most 1.5", lambda text: exposure(text) <= 1.5, text, bare)
    # What it starts is what the program understands.
    for line in re.findall(r"(?m)^Exec(?:Start|StartPre)=\S+ (.*)$", text):
        said = ran(AMPARO, *line.replace("/etc/amparo/serve.toml", "/nowhere/serve.toml").split())[1]
        assert "cannot read `/nowhere/serve.toml`" in said, said


def valid(manifests):
    for manifest in manifests:
        try:
            kubernetes_validate.validate(manifest, "1.37", strict=True)
        except kubernetes_validate.ValidationError:
            return False
    return True


def manifests():
    """Every manifest fits its schema, and the settings in it are read by the program."""
    text = (DEPLOY / "kubernetes" / "amparo.yaml").read_text()
    read = lambda text: list(yaml.safe_load_all(text))
    holds("Kubernetes 1.37: every manifest fits its schema", lambda t: valid(read(t)), text, text.replace("periodSeconds: 5", "periodSecond: 5"))
    by_kind = {m["kind"]: m for m in read(text)}
    settings = FOLDER / "serve.toml"
    settings.write_text(by_kind["ConfigMap"]["data"]["serve.toml"])
    keys = FOLDER / "access-keys.json"
    code, said = ran(AMPARO, "access", "issue", "--store", keys, "--by", "ana", "--role", "platform", "--expires", "2099-01-01", "--note", "platform")
    assert code == 0, said
    code, said = ran(AMPARO, "serve", "--config", settings, "--access-keys", keys, "--registry", QUICKSTART / "registry", "--log", FOLDER / "log.sqlite",
                     "--default-model", "vpr@challenger", "--listen", f"127.0.0.1:{free_port()}", "--health-listen", f"127.0.0.1:{free_port()}", "--check")
    assert code == 0, said
    pod = by_kind["StatefulSet"]["spec"]["template"]["spec"]
    for container in pod["containers"] + pod["initContainers"]:
        context = container["securityContext"]
        assert context["readOnlyRootFilesystem"] and not context["allowPrivilegeEscalation"] and context["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["limits"]["memory"] and container["resources"]["requests"]["cpu"]
    [served] = pod["containers"]
    ports = {p["name"]: p["containerPort"] for p in served["ports"]}
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert ports[served[probe]["httpGet"]["port"]] == 8081
    labels = by_kind["StatefulSet"]["spec"]["selector"]["matchLabels"].items()
    selected = [by_kind["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"], by_kind["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"],
                by_kind["Service"]["spec"]["selector"]]
    holds("budget, policy and service select the Pods", lambda s: all(labels == one.items() for one in s), selected, [{}])


@contextlib.contextmanager
def empty_root(program):
    """A root that holds the program, a registry and a folder for the log, and that cannot be written to but there. Of devices it has the random ones,
    which every runtime of containers provides (OCI runtime specification, default devices)."""
    root = FOLDER / "root"
    for folder in ("registry", "log", "dev"):
        (root / folder).mkdir(parents=True)
    (root / "dev" / "urandom").touch()
    (root / "dev" / "random").touch()
    shutil.copy(program, root / "amparo")
    shutil.copytree(QUICKSTART / "registry", root / "registry", dirs_exist_ok=True)
    subprocess.run(["chmod", "-R", "a+rX", root], check=True)
    mounted = []
    try:
        for args in (["--bind", root, root], ["-o", "remount,bind,ro", root], ["-t", "tmpfs", "-o", "uid=65532,gid=65532,mode=0700", "none", root / "log"],
                     ["--bind", "/dev/urandom", root / "dev" / "urandom"], ["--bind", "/dev/random", root / "dev" / "random"]):
            subprocess.run(["mount", *map(str, args)], check=True)
            mounted.append(args[-1])
        yield root
    finally:
        for _ in mounted[:1]:
            subprocess.run(["umount", "--recursive", root], check=True)


def static():
    """The program of the image, linked as there, as its user, in a root that holds nothing else."""
    program = os.environ.get("AMPARO_STATIC")
    if not program:
        # Building it takes as long as the release build: whoever changes `deploy/container` or what the program is linked with does.
        print("  the static program is not looked at: AMPARO_STATIC names none")
        return
    holds("it asks for no library of the system", lambda p: "NEEDED" not in ran("readelf", "--dynamic", p)[1], program, "/bin/bash")
    with empty_root(program) as root:
        port = free_port()
        inside = lambda *args: ["chroot", "--userspec=65532:65532", "--groups=", str(root), "/amparo", *args]
        serve = ["serve", "--registry", "/registry", "--log", "sqlite:/log/log.sqlite", "--default-model", "vpr@challenger",
                 "--listen", f"127.0.0.1:{port}"]
        checked = ran(*inside(*serve, "--check"))
        elsewhere = ran(*inside(*serve, "--check", "--log", "sqlite:/registry/log.sqlite"))
        holds("it would start with the log in its folder, and not elsewhere", lambda c: c[0] == 0, checked, elsewhere)
        server = subprocess.Popen(inside(*serve), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            for _ in range(600):
                with contextlib.suppress(OSError):
                    if ask(port, "/health/ready")[0] == 200:
                        break
                assert server.poll() is None, server.stderr.read()
                time.sleep(0.05)
            status, body = ask(port, "/v1/assessments", (QUICKSTART / "case.json").read_bytes(), key="static")
            holds("it assesses a form", lambda s: s == 201, status, 500)
            server.terminate()
            assert server.wait(timeout=20) == 0
        finally:
            server.kill()
        verified = ran(*inside("log", "verify", "--log", "/log/log.sqlite"))
        holds("and its log holds", lambda v: v[1].startswith("1 entries; the chain is intact"), verified, (0, "0 entries"))
        # The same form by the program that is linked to the system's libraries.
        explained = json.loads(ran(AMPARO, "explain", "--registry", QUICKSTART / "registry", "--model", "vpr@challenger", "--in", QUICKSTART / "case.json", "--json")[1])
        score = json.loads(body)["recidivism"]["log_odds"]
        holds("with the same score, to the last bit", lambda s: s == explained["recidivism"]["log_odds"], score, score + 1e-12)


unit()
manifests()
static()
