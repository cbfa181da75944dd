"""AGB cloud: small files and a large one in both directions; the large one by a presigned URL."""

from .service import Service, output, sdk

CREATE = '"$W" sessions create --image agb-code-space-1 -q >"$ROOT/h"'

URLS = '"$SDK_PYTHON" "$PEERS/agb_url.py" "$(cat "$ROOT/h")" >"$ROOT/urls"'

PUT = 'curl -sS --fail -o /dev/null -H "Content-Type:" -T "$ROOT/hundred" "$(sed -n 1p "$ROOT/urls")"'

# The SDK needs minutes for more.
FILES = 500


def rows(stage, services):
    """Yields name, goal, wharf's command, the alternative, the reset before each run, and a function that prepares both.

    The function returns the environment, or None if the row cannot run.
    """

    def plain():
        stage.file("hundred", 100_000_000)
        variables = sdk()
        return variables and Service(stage, services).env | variables | {"WHARF_BACKEND": "agb"}

    def secure():
        variables = sdk()
        flat = stage.root / "flat"
        if not flat.exists():
            flat.mkdir()
            for i in range(min(FILES, stage.files // 20)):
                (flat / f"{i:03}").write_bytes(bytes([i % 251]) * 4096)
        return variables and Service(stage, services, "--tls").env | variables | {"WHARF_BACKEND": "agb"}

    yield ("agb up", 1.15, '"$W" files upload "$ROOT/hundred" "$(cat "$ROOT/h"):/tmp/hundred" -q',
           PUT, f'{CREATE}; {URLS}', plain)
    yield ("agb down", 1.15, '"$W" files download "$(cat "$ROOT/h"):/tmp/hundred" "$ROOT/got" -q',
           'curl -sS --fail -o "$ROOT/got" "$(sed -n 2p "$ROOT/urls")" && sync -f "$ROOT/got"',
           f'rm -rf "$ROOT/got"; {CREATE}; "$W" files upload "$ROOT/hundred" "$(cat "$ROOT/h"):/tmp/hundred" -q; {URLS}; {PUT}', plain)
    yield ("agb sdk up", 0.1, '"$W" files upload "$ROOT/flat" "$(cat "$ROOT/h"):/tmp/flat" -q',
           '"$SDK_PYTHON" "$PEERS/agb_sdk.py" up "$(cat "$ROOT/h")" "$ROOT/flat" /tmp/flat 2>"$ROOT/sdk.err"', CREATE, secure, 1)
    yield ("agb sdk down", 0.1, '"$W" files download "$(cat "$ROOT/h"):/tmp/flat" "$ROOT/got" -q',
           '"$SDK_PYTHON" "$PEERS/agb_sdk.py" down "$(cat "$ROOT/h")" /tmp/flat "$ROOT/got" 2>"$ROOT/sdk.err"',
           f'rm -rf "$ROOT/got"; {CREATE}; "$W" files upload "$ROOT/flat" "$(cat "$ROOT/h"):/tmp/flat" -q', secure, 1)


def memory(stage, services):
    """Yields a label, the arguments of `wharf`, and their environment."""
    stage.file("hundred", 100_000_000)
    env = Service(stage, services).env | {"WHARF_BACKEND": "agb"}
    session = output(stage, env, "sessions", "create", "--image", "agb-code-space-1", "-q")
    yield "upload of 100 MB to AGB cloud", ["files", "upload", f"{stage.root}/hundred", f"{session}:/tmp/hundred"], env
    yield "download of 100 MB from AGB cloud", ["files", "download", f"{session}:/tmp/hundred", f"{stage.root}/memory-hundred"], env
