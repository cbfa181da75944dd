"""Rows of services that are far away: 50 ms for each request, or a link with a delay and a limited speed.

`benches/run distance` runs them all. The peers have their best settings: 64 transfers at once. RCLONE names rclone
(default: the one in PATH); its remote is WebDAV, served by `rclone serve webdav` behind a link with the same delay.
"""

import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

from hosted.service import Service, sdk

HERE = pathlib.Path(__file__).resolve().parent
LATENCY = "*:latency=50ms"
RTT = 50
SPEED = 200
FILES = 500
CREATE = '"$W" sessions create -q >"$ROOT/far"'
AGB = '"$W" sessions create --image agb-code-space-1 -q >"$ROOT/far"'


def rows(stage, services):
    """Yields name, goal, wharf's command, the alternative, the reset before each run, and a function that prepares both.

    The function returns the environment, or None if the row cannot run.
    """
    started = {}

    def once(key, start):
        if key not in started:
            started[key] = start()
        return started[key]

    def foundry():
        def start():
            env = Service(stage, services, "--fault", LATENCY).env | {"WHARF_BACKEND": "foundry", "WHARF_AGENT": "a1"}
            curl_configuration(stage, env, small(stage))
            return env
        return once("foundry", start)

    def foundry_sdk():
        variables = sdk()
        small(stage)
        start = lambda: Service(stage, services, "--tls", "--fault", LATENCY).env | {"WHARF_BACKEND": "foundry", "WHARF_AGENT": "a1"}
        return variables and once("foundry sdk", start) | variables | {"THREADS": "64"}

    def agb():
        variables = sdk()
        small(stage)
        start = lambda: Service(stage, services, "--tls", "--exec", "--fault", LATENCY).env | {"WHARF_BACKEND": "agb"}
        return variables and once("agb", start) | variables

    def rclone():
        program = os.environ.get("RCLONE") or shutil.which("rclone")
        if not program:
            return None
        return foundry() | once("rclone", lambda: webdav(stage, services, program)) | {"RCLONE": program}

    def large():
        variables = sdk()
        for name in "large-1", "large-2":
            stage.file(name, stage.size)
        return variables and once("large", lambda: behind_link(stage, services)) | variables

    session = '"$(cat "$ROOT/far")'
    clean = 'rm -rf "$ROOT/far-out" "$ROOT/far-peer"; mkdir -p "$ROOT/far-peer"'
    substitute = 'sed "s/@SESSION@/$(cat "$ROOT/far")/" "$ROOT/far-%s.all" >"$ROOT/far-curl"'
    curl = 'curl --parallel --parallel-max 64 -K "$ROOT/far-curl" 2>"$ROOT/curl.err"'
    filled = f'{clean}; {CREATE}; "$W" files upload "$ROOT/small" {session}:/small" -q'
    ours_up = f'"$W" files upload "$ROOT/small" {session}:/small" -q'
    ours_down = f'"$W" files download {session}:/small" "$ROOT/far-out" -q'
    yield "foundry far up", 1.15, ours_up, curl, f'{CREATE}; {substitute % "up"}', foundry
    yield ("foundry far down", 1.15, ours_down, f'{curl} && sync -f "$ROOT/far-peer"', f'{filled}; {substitute % "down"}', foundry)
    yield ("foundry far sdk", 1.0, ours_up, '"$SDK_PYTHON" "$PEERS/foundry_sdk.py" "$ROOT/small" "$(cat "$ROOT/far")"',
           CREATE, foundry_sdk, 3)
    copy = '"$RCLONE" copy --transfers 64 --checkers 64 --config /dev/null'
    yield ("rclone far up", 1.0, ours_up, f'{copy} "$ROOT/small" ":webdav,url=\\"$DAV\\":"{session}"',
           CREATE, rclone)
    yield ("rclone far down", 1.0, ours_down, f'{copy} ":webdav,url=\\"$DAV\\":small" "$ROOT/far-peer"',
           f'{filled}; mkdir -p "$ROOT/dav"; cp -r "$ROOT/small" "$ROOT/dav"', rclone)
    yield ("agb far up", 0.1, f'"$W" files upload "$ROOT/small" {session}:/tmp/small" -q',
           f'"$SDK_PYTHON" "$PEERS/agb_sdk.py" up {session}" "$ROOT/small" /tmp/small 64 2>"$ROOT/sdk.err"', AGB, agb, 1)
    yield ("agb far down", 0.1, f'"$W" files download {session}:/tmp/small" "$ROOT/far-out" -q',
           f'"$SDK_PYTHON" "$PEERS/agb_sdk.py" down {session}" /tmp/small "$ROOT/far-peer/got" 64 2>"$ROOT/sdk.err"',
           f'{clean}; {AGB}; "$W" files upload "$ROOT/small" {session}:/tmp/small" -q', agb, 1)
    urls = f'for i in 1 2; do "$SDK_PYTHON" "$PEERS/agb_url.py" {session}" "peer-$i"; done >"$ROOT/urls"'
    sent = '-H "Content-Type:" -o /dev/null -T "$ROOT/large-%s" "$(sed -n %sp "$ROOT/urls")"'
    quiet = '2>"$ROOT/curl.err"'
    put = f'curl -sS --fail --parallel {sent % (1, 1)} --next -sS --fail {sent % (2, 3)} {quiet}'
    yield ("large far up", 1.05, f'"$W" files upload "$ROOT/large-1" "$ROOT/large-2" {session}:/tmp/" -q', put,
           f'{AGB}; {urls}', large, 2)
    got = '-o "$ROOT/far-peer/%s" "$(sed -n %sp "$ROOT/urls")"'
    yield ("large far down", 1.05,
           f'"$W" files download {session}:/tmp/large-1" {session}:/tmp/large-2" "$ROOT/far-out/" -q',
           f'curl -sS --fail --parallel {got % (1, 2)} --next -sS --fail {got % (2, 4)} {quiet} && sync -f "$ROOT/far-peer"',
           f'{clean}; {AGB}; AGB_ENDPOINT=$NEAR "$W" files upload "$ROOT/large-1" "$ROOT/large-2" {session}:/tmp/" -q;'
           f' {urls}; sed "s#$LINK#$NEAR#" "$ROOT/urls" >"$ROOT/near";'
           ' for i in 1 2; do curl -sS --fail -o /dev/null -H "Content-Type:" -T "$ROOT/large-$i"'
           ' "$(sed -n $((2 * i - 1))p "$ROOT/near")"; done', large, 2)


def small(stage):
    """Returns a directory with small files, which has no subdirectories because the peer of AGB copies none."""
    root = stage.root / "small"
    if not root.exists():
        root.mkdir()
        for i in range(min(FILES, stage.files // 10)):
            (root / f"{i:03}").write_bytes(bytes([i % 251]) * 4096)
    return root


def curl_configuration(stage, env, tree):
    """Writes configurations for curl that upload and download the directory, with an entry for each file."""
    up, down = [], []
    for path in sorted(tree.iterdir()):
        entry = (f'url = "{env["FOUNDRY_PROJECT_ENDPOINT"]}/agents/a1/endpoint/sessions/@SESSION@/files/content'
                 f'?api-version=v1&path=small%2F{path.name}"\nfail\nsilent\n'
                 f'header = "Authorization: Bearer {env["WHARF_FOUNDRY_TOKEN"]}"\n')
        up.append(f'{entry}upload-file = "{path}"\noutput = "/dev/null"\nheader = "Content-Type: application/octet-stream"\n')
        down.append(f'{entry}output = "{stage.root}/far-peer/{path.name}"\n')
    for name, entries in ("up", up), ("down", down):
        (stage.root / f"far-{name}.all").write_text("next\n".join(entries))


def link(services, port, speed):
    """Starts a link in front of a port; returns its own port."""
    process = subprocess.Popen([sys.executable, HERE / "link.py", str(port), str(RTT), str(speed)], stdout=subprocess.PIPE,
                               stdin=subprocess.DEVNULL, text=True)
    services.callback(process.wait)
    services.callback(process.terminate)
    return int(process.stdout.readline())


def webdav(stage, services, program):
    """Starts a WebDAV server behind a link that has a delay and no limit that matters; returns its address."""
    (stage.root / "dav").mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([program, "serve", "webdav", "--addr", f"127.0.0.1:{port}", "--config", "/dev/null",
                                "--dir-cache-time", "0s", stage.root / "dav"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    services.callback(process.wait)
    services.callback(process.terminate)
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    return {"DAV": f"http://127.0.0.1:{link(services, port, 100_000)}"}


def behind_link(stage, services):
    """Starts a server of AGB cloud behind a link; returns the environment of its clients."""
    env = Service(stage, services, "--exec").env | {"WHARF_BACKEND": "agb"}
    near = env["AGB_ENDPOINT"]
    port = near.rstrip("/").rsplit(":", 1)[1]
    far = near.replace(f":{port}", f":{link(services, port, SPEED)}")
    return env | {"AGB_ENDPOINT": far, "LINK": far, "NEAR": near}
