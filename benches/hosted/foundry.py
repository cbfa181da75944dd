"""Microsoft Foundry: many small files, and one of nearly the largest size."""

import pathlib

from .service import Service, output, sdk

# The service accepts files of up to 50 MB.
FILE = 45_000_000


class Foundry:
    """A server with the sessions of one agent."""

    # The session's id is in the file `h`, because each run creates a session.
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
        """Writes a configuration for curl that uploads the directory, with an entry for each file."""
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
    """Yields name, goal, wharf's command, the alternative, the reset before each run, and a function that prepares both.

    The function returns the environment, or None if the row cannot run.
    """

    def plain():
        stage.file("file", FILE)
        return Foundry(stage, services).env

    def secure():
        variables = sdk()
        return variables and Foundry(stage, services, "--tls").env | variables

    up, down = Foundry.URL % "file", Foundry.CURL
    reset = Foundry.RESET
    yield ("foundry tree", 1.1, '"$W" files upload "$ROOT/tree" "$(cat "$ROOT/h"):/tree" -q',
           'curl --parallel --parallel-max 16 -K "$ROOT/curl" 2>"$ROOT/curl.err"', reset, plain)
    yield ("foundry up", 1.1, '"$W" files upload "$ROOT/file" "$(cat "$ROOT/h"):/file" -q',
           f'{down} -H "Content-Type: application/octet-stream" -T "$ROOT/file" {up}', reset, plain)
    yield ("foundry down", 1.1, '"$W" files download "$(cat "$ROOT/h"):/file" "$ROOT/got" -q',
           f'{down} -o "$ROOT/got" {up} && sync -f "$ROOT/got"',
           f'{reset}; "$W" files upload "$ROOT/file" "$(cat "$ROOT/h"):/file" -q', plain)
    yield ("foundry sdk", 0.1, '"$W" files upload "$ROOT/tree" "$(cat "$ROOT/h"):/tree" -q',
           '"$SDK_PYTHON" "$PEERS/foundry_sdk.py" "$ROOT/tree" "$(cat "$ROOT/h")"', reset, secure)


def memory(stage, services):
    """Yields a label, the arguments of `wharf`, and their environment."""
    stage.file("file", FILE)
    env = Foundry(stage, services).env
    session = output(stage, env, "sessions", "create", "-q")
    yield "upload of 45 MB to Foundry", ["files", "upload", f"{stage.root}/file", f"{session}:/file"], env
    yield "download of 45 MB from Foundry", ["files", "download", f"{session}:/file", f"{stage.root}/memory-got"], env
    yield f"upload of {stage.files} files to Foundry", ["files", "upload", f"{stage.root}/tree", f"{session}:/tree"], env
    yield f"download of {stage.files} files from Foundry", ["files", "download", f"{session}:/tree", f"{stage.root}/memory-tree"], env
