"""Rows of hosted services: `wharf serve` stands for the service, and both sides talk to it.

What the server itself takes is in both times, and is the same for both. Each run has a session of its
own, so that nobody finds the other's files. Processor time is that of the client alone.
"""

import os
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent

# The largest file that Microsoft Foundry is sure to take is 50 MB.
FILE = 45_000_000


class Service:
    """A server, and the variables of those who use it."""

    def __init__(self, stage, services, *flags):
        self.process = subprocess.Popen([stage.wharf_path, "serve", *flags], env=stage.env, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        services.callback(self.stop)
        self.env = dict(stage.env)
        # It says everything at once, in one write.
        for line in os.read(self.process.stdout.fileno(), 1 << 16).decode().splitlines():
            name, _, value = line.removeprefix("export ").partition("=")
            if line.startswith("export "):
                self.env[name] = value.strip("'")

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Foundry:
    """Microsoft Foundry's dialect, and the sessions of one agent."""

    # $H is read from a file, because each run has another.
    RESET = ('if [ -s "$ROOT/h" ]; then "$W" sessions delete --yes -q "$(cat "$ROOT/h")"; fi;'
             ' "$W" sessions create -q >"$ROOT/h"; rm -f "$ROOT/got"; sed "s/@SESSION@/$(cat "$ROOT/h")/" "$ROOT/curl.all" >"$ROOT/curl"')
    URL = '"$FOUNDRY_PROJECT_ENDPOINT/agents/a1/endpoint/sessions/$(cat "$ROOT/h")/files/content?api-version=v1&path=%s"'
    CURL = 'curl -sS --fail -H "Authorization: Bearer $WHARF_FOUNDRY_TOKEN" '

    def __init__(self, stage, services, *flags):
        self.stage = stage
        self.env = Service(stage, services, *flags).env
        self.env |= {"WHARF_BACKEND": "foundry", "WHARF_AGENT": "a1"}
        pathlib.Path(stage.root, "h").write_text("")
        self.config()

    def config(self):
        """What curl is to do for the tree: a configuration with an entry for each file."""
        tree = self.stage.tree()
        entries = []
        for path in sorted(path for path in tree.rglob("*") if path.is_file()):
            below = str(path.relative_to(tree)).replace("/", "%2F")
            url = (f"{self.env['FOUNDRY_PROJECT_ENDPOINT']}/agents/a1/endpoint/sessions/@SESSION@/files/content"
                   f"?api-version=v1&path=tree%2F{below}")
            entries.append(f'url = "{url}"\nupload-file = "{path}"\noutput = "/dev/null"\nfail\nsilent\n'
                           f'header = "Authorization: Bearer {self.env["WHARF_FOUNDRY_TOKEN"]}"\n'
                           'header = "Content-Type: application/octet-stream"\n')
        pathlib.Path(self.stage.root, "curl.all").write_text("next\n".join(entries))


def rows(stage, services):
    """Name, goal, ours, the peer, what puts both back to the start, and what makes what they need and its variables."""

    def plain():
        stage.file("file", FILE)
        return Foundry(stage, services).env

    def secure():
        if not os.environ.get("SDK_PYTHON"):
            return None
        return Foundry(stage, services, "--tls").env | {"SDK_PYTHON": os.environ["SDK_PYTHON"], "HERE": str(HERE)}

    up, down = Foundry.URL % "file", Foundry.CURL
    reset = Foundry.RESET
    yield ("hosted tree", 1.1, '"$W" files upload "$ROOT/tree" "$(cat "$ROOT/h"):/tree" -q',
           'curl --parallel --parallel-max 16 -K "$ROOT/curl" 2>"$ROOT/curl.err"', reset, plain)
    yield ("hosted up", 1.1, '"$W" files upload "$ROOT/file" "$(cat "$ROOT/h"):/file" -q',
           f'{down} -H "Content-Type: application/octet-stream" -T "$ROOT/file" {up}', reset, plain)
    yield ("hosted down", 1.1, '"$W" files download "$(cat "$ROOT/h"):/file" "$ROOT/got" -q',
           f'{down} -o "$ROOT/got" {up} && sync -f "$ROOT/got"',
           f'{reset}; "$W" files upload "$ROOT/file" "$(cat "$ROOT/h"):/file" -q', plain)
    yield ("foundry sdk", 0.1, '"$W" files upload "$ROOT/tree" "$(cat "$ROOT/h"):/tree" -q',
           '"$SDK_PYTHON" "$HERE/peers/foundry.py" "$ROOT/tree" "$(cat "$ROOT/h")"', reset, secure)


def memory(stage, services):
    """What is moved, the command that moves it, and its variables."""
    stage.file("file", FILE)
    env = Foundry(stage, services).env
    made = subprocess.run([stage.wharf_path, "sessions", "create", "-q"], env=env, stdout=subprocess.PIPE, check=True,
                          stderr=subprocess.DEVNULL, text=True)
    session = made.stdout.strip()
    yield "an upload of 45 MB to Foundry's dialect", ["upload", f"{stage.root}/file", f"{session}:/file"], env
    yield "a download of 45 MB from it", ["download", f"{session}:/file", f"{stage.root}/memory-got"], env
    yield f"an upload of {stage.files} files to it", ["upload", f"{stage.root}/tree", f"{session}:/tree"], env
    yield f"a download of {stage.files} files from it", ["download", f"{session}:/tree", f"{stage.root}/memory-tree"], env
