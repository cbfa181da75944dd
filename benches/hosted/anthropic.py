"""Anthropic: one large file in each direction, and small files that are uploaded and mounted."""

import subprocess

from .service import Service, output, sdk

CURL = ('curl -sS --fail -H "x-api-key: $ANTHROPIC_API_KEY" -H "anthropic-version: 2023-06-01"'
        ' -H "anthropic-beta: files-api-2025-04-14,managed-agents-2026-04-01" ')

CREATE = '"$W" sessions create --agent agent_bench --environment env_bench -q'

# Number of directories, of a hundred files each, that are uploaded into a session each.
SESSIONS = 20


def rows(stage, services):
    """Yields name, goal, wharf's command, the alternative, the reset before each run, and a function that prepares both.

    The function returns the environment, or None if the row cannot run.
    """

    def plain():
        stage.file("large", stage.large)
        return Service(stage, services).env | {"WHARF_BACKEND": "anthropic"}

    def fetched():
        env = plain()
        session = output(stage, env, "sessions", "create", "--agent", "agent_bench", "--environment", "env_bench", "-q")
        url = f"{env['ANTHROPIC_BASE_URL']}/_emulator/anthropic/sessions/{session}/outputs?filename=large"
        subprocess.run(["curl", "-sS", "--fail", "-o", "/dev/null", "-T", f"{stage.root}/large", "-X", "POST", url], check=True)
        return env | {"FILE": output(stage, env, "files", "ls", "--scope-id", session, "-q").split()[0]}

    def mounted():
        variables = sdk()
        stage.tree()
        count = min(SESSIONS, stage.files // 100)
        trees = " ".join(f'"$ROOT/tree/{i:04}"' for i in range(count))
        return variables and plain() | variables | {"TREES": trees}

    yield ("anthropic up", 1.1, '"$W" files upload "$ROOT/large" -q',
           f'{CURL} -o /dev/null -F "file=@$ROOT/large" "$ANTHROPIC_BASE_URL/v1/files"',
           'for f in $("$W" files ls -q); do "$W" files rm -q "$f"; done', plain)
    yield ("anthropic down", 1.1, '"$W" files download "$FILE" "$ROOT/got" -q',
           f'{CURL} -o "$ROOT/got" "$ANTHROPIC_BASE_URL/v1/files/$FILE/content" && sync -f "$ROOT/got"',
           'rm -f "$ROOT/got"', fetched)
    yield ("anthropic sdk", 0.1,
           f'eval "set -- $TREES"; while read -r s; do "$W" files upload "$1" "$s:/$(basename "$1")" -q; shift; done <"$ROOT/ids"',
           'eval "set -- $TREES"; "$SDK_PYTHON" "$PEERS/anthropic_sdk.py" "$ROOT/ids" "$@"',
           f'eval "set -- $TREES"; for t in "$@"; do {CREATE}; done >"$ROOT/ids"', mounted)


def memory(stage, services):
    """Yields a label, the arguments of `wharf`, and their environment."""
    stage.file("large", stage.large)
    env = Service(stage, services).env | {"WHARF_BACKEND": "anthropic"}
    yield f"upload of {stage.large // 1_000_000} MB to Anthropic", ["files", "upload", f"{stage.root}/large"], env
