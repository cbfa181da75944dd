"""The official Python SDK against `wharf serve --tls`: what its documentation walks through.

Run by ../run, which starts the server and sets the variables. Every value that comes back is
compared with what went in; the first difference ends it.
"""

import io
import os
import random
import time

from azure.ai.projects import AIProjectClient
from azure.ai.projects.models import HostedAgentDefinition, VersionRefIndicator
from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError

AGENT = "order-agent"
LIFE = 30 * 24 * 3600


class Token:
    """The token that the server gave out, for whoever asks."""

    def get_token(self, *scopes, **_):
        assert scopes == ("https://ai.azure.com/.default",), scopes
        return AccessToken(os.environ["WHARF_FOUNDRY_TOKEN"], int(time.time()) + 3600)


def expect(wanted, found):
    assert wanted == found, f"{wanted!r:.500} was expected, {found!r:.500} came"


def fails(error, status, call):
    try:
        call()
    except error as caught:
        expect(status, caught.status_code)
        return caught
    raise AssertionError(f"{status} was expected")


def names(agents, session, path):
    return sorted((e.name, e.size, e.is_directory) for e in agents.list_session_files(AGENT, session, path=path))


def main():
    endpoint = os.environ["FOUNDRY_PROJECT_ENDPOINT"]
    expect(endpoint, os.environ["AZURE_AI_PROJECT_ENDPOINT"])
    with AIProjectClient(endpoint=endpoint, credential=Token()) as client:
        walk(client.agents)
    print("sdk: all as expected")


def walk(agents):
    # The agent and its versions.
    expect(AGENT, agents.get(AGENT).name)
    expect("1", agents.get(AGENT).versions.latest.version)
    definition = HostedAgentDefinition(cpu="1", memory="2Gi", container_configuration={"image": "r.example/a:1"})
    made = agents.create_version(AGENT, definition=definition, description="second")
    expect(("2", "second"), (made.version, made.description))
    expect(["2", "1"], [version.version for version in agents.list_versions(AGENT)])
    expect("hosted", agents.get_version(AGENT, "2").definition.kind)

    # Sessions.
    version = VersionRefIndicator(agent_version="2")
    session = agents.create_session(AGENT, version_indicator=version, agent_session_id="walk-1")
    found = (session.agent_session_id, session.status, session.version_indicator.agent_version)
    expect(("walk-1", "active", "2"), found)
    expect(LIFE, (session.expires_at - session.last_accessed_at).total_seconds())
    expect(None, session.stopped_at)
    again = lambda: agents.create_session(AGENT, version_indicator=version, agent_session_id="walk-1")
    fails(ResourceExistsError, 409, again)
    chosen = agents.create_session(AGENT, {})
    expect("2", chosen.version_indicator.agent_version)
    expect(50, len(chosen.agent_session_id))
    id = session.agent_session_id
    expect(session.created_at, agents.get_session(AGENT, id).created_at)
    more = [agents.create_session(AGENT, version_indicator=version).agent_session_id for _ in range(45)]
    order = [id, chosen.agent_session_id, *more]
    listed = lambda **how: [s.agent_session_id for s in agents.list_sessions(AGENT, **how)]
    expect(order, listed())
    expect(order, listed(limit=7))
    expect(order[::-1], listed(order="desc", limit=100))
    for other in agents.list_sessions(AGENT, limit=10):
        if other.agent_session_id != id:
            agents.delete_session(AGENT, other.agent_session_id)
    expect([id], listed())
    expect([], [s for s in agents.list_sessions("another-agent")])

    # Files: bytes, a file, a generator; back again, and compared.
    content = random.Random(7).randbytes(3_000_000)
    written = agents.upload_session_file(AGENT, id, b"id,total\n1,42\n", path="/data/input/report.csv")
    expect(("data/input/report.csv", 14), (written.path, written.bytes_written))
    written = agents.upload_session_file(AGENT, id, io.BytesIO(content), path="data/up.bin")
    expect(len(content), written.bytes_written)
    blocks = (content[n : n + 65_537] for n in range(0, len(content), 65_537))
    expect(len(content), agents.upload_session_file(AGENT, id, blocks, path="data/gen.bin").bytes_written)
    odd = "/data/naïve file+1 & 50%#?.txt"
    expect(odd[1:], agents.upload_session_file(AGENT, id, b"x", path=odd).path)
    expect(0, agents.upload_session_file(AGENT, id, b"", path="/data/empty").bytes_written)
    fetch = lambda path: b"".join(agents.download_session_file(AGENT, id, path=path))
    expect(b"id,total\n1,42\n", fetch("data/input/report.csv"))
    assert fetch("/data/up.bin") == content and fetch("/data/gen.bin") == content
    expect(b"x", fetch(odd))
    expect(b"", fetch("/data/empty"))
    agents.upload_session_file(AGENT, id, b"new", path="/data/up.bin")
    expect(b"new", fetch("/data/up.bin"))
    expect([("data", 0, True)], names(agents, id, None))
    in_data = [("empty", 0, False), ("gen.bin", len(content), False), ("input", 0, True)]
    in_data += [(odd.rsplit("/")[-1], 1, False), ("up.bin", 3, False)]
    expect(in_data, names(agents, id, "/data"))

    # What goes wrong.
    missing = fails(ResourceNotFoundError, 404, lambda: fetch("/nothing"))
    expect("not_found", missing.model.error.code if missing.model else missing.error.code)
    fails(ResourceNotFoundError, 404, lambda: agents.get_session(AGENT, "no-such"))
    fails(ResourceNotFoundError, 404, lambda: names(agents, "no-such", "/"))
    fails(ResourceExistsError, 409, lambda: agents.delete_session_file(AGENT, id, path="/data"))
    fails(HttpResponseError, 400, lambda: agents.upload_session_file(AGENT, id, b"x", path="../x"))
    fails(HttpResponseError, 413, lambda: agents.upload_session_file(AGENT, id, bytes(52_428_801), path="large"))

    # Removal, stop, log, end.
    agents.delete_session_file(AGENT, id, path="/data/empty")
    agents.delete_session_file(AGENT, id, path="/data/input", recursive=True)
    expect(["gen.bin", in_data[3][0], "up.bin"], [name for name, _, _ in names(agents, id, "data")])
    agents.stop_session(AGENT, id)
    stopped = agents.get_session(AGENT, id)
    expect("idle", stopped.status)
    assert stopped.stopped_at is not None
    expect(b"new", fetch("/data/up.bin"))
    log = b"".join(agents.get_session_log_stream(AGENT, "2", id))
    assert log.startswith(b"event: log\ndata: {"), log
    agents.delete_session(AGENT, id)
    agents.delete_session(AGENT, id)
    fails(ResourceNotFoundError, 404, lambda: agents.get_session(AGENT, id))
    agents.delete_version(AGENT, "2")
    agents.delete(AGENT)


if __name__ == "__main__":
    main()
