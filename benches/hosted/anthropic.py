"""Anthropic: one large file in each direction, small files that are uploaded and mounted, and an agent's turn."""

import subprocess

from .service import Service, output, sdk

CURL = ('curl -sS --fail -H "x-api-key: $ANTHROPIC_API_KEY" -H "anthropic-version: 2023-06-01"'
        ' -H "anthropic-beta: files-api-2025-04-14,managed-agents-2026-04-01" ')

CREATE = '"$W" sessions create --agent agent_bench --environment env_bench -q'

# The text of an agent in messages, each with previews.
MESSAGES = 20_000

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

    def asked():
        messages = MESSAGES if stage.files > 1000 else 200
        return plain() | {"PROMPT": f"repeat {messages} echo one more line of text"}

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
    yield ("anthropic invoke", 2.0, '"$W" invoke "$(cat "$ROOT/id")" "$PROMPT" >"$ROOT/text" 2>/dev/null',
           'E="$ANTHROPIC_BASE_URL/v1/sessions/$(cat "$ROOT/id")/events"\n'
           f'{CURL} -N -o "$ROOT/frames" "$E/stream?event_deltas%5B%5D=agent.message" & stream=$!\n'
           'sleep 0.1\n'
           f'{CURL} -o /dev/null -H "content-type: application/json" "$E" --data-binary'
           ' "{\\"events\\":[{\\"type\\":\\"user.message\\",\\"content\\":[{\\"type\\":\\"text\\",\\"text\\":\\"$PROMPT\\"}]}]}"\n'
           'until tail -c 2000 "$ROOT/frames" 2>/dev/null | grep -q session.status_idle; do sleep 0.01; done\n'
           'kill $stream; wait $stream 2>"$ROOT/ended" || true',
           f'rm -f "$ROOT/frames"; {CREATE} >"$ROOT/id"', asked)
    yield ("anthropic sdk", 0.1,
           f'eval "set -- $TREES"; while read -r s; do "$W" files upload "$1" "$s:/$(basename "$1")" -q; shift; done <"$ROOT/ids"',
           'eval "set -- $TREES"; "$SDK_PYTHON" "$PEERS/anthropic_sdk.py" "$ROOT/ids" "$@"',
           f'eval "set -- $TREES"; for t in "$@"; do {CREATE}; done >"$ROOT/ids"', mounted)


def memory(stage, services):
    """Yields a label, the arguments of `wharf`, and their environment."""
    stage.file("large", stage.large)
    env = Service(stage, services).env | {"WHARF_BACKEND": "anthropic"}
    yield f"upload of {stage.large // 1_000_000} MB to Anthropic", ["files", "upload", f"{stage.root}/large"], env
