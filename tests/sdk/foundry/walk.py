"""The official Python SDK against `wharf serve --tls`: what its documentation walks through.

Run by ../run, which starts the server and sets the variables. Every value that comes back is
compared with what went in; the first difference ends it.
"""

import asyncio
import io
import os
import random
import time

from azure.ai.projects import AIProjectClient
from azure.ai.projects.aio import AIProjectClient as AsyncClient
from azure.ai.projects.models import AgentEndpointConfig, HostedAgentDefinition, VersionRefIndicator
from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.core.rest import HttpRequest

AGENT = "order-agent"
LIFE = 30 * 24 * 3600


class Token:
    """Returns the token of the server for every scope."""

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
        catalogue(client.agents)
        directories(client)
    asyncio.run(at_once(endpoint))
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
    # It does not end: what comes first is enough.
    log = next(iter(agents.get_session_log_stream(AGENT, "2", id)))
    assert log.startswith(b"event: log\ndata: {"), log
    agents.delete_session(AGENT, id)
    agents.delete_session(AGENT, id)
    fails(ResourceNotFoundError, 404, lambda: agents.get_session(AGENT, id))
    agents.delete_version(AGENT, "2")
    missing = fails(ResourceNotFoundError, 404, lambda: agents.get_version(AGENT, "2"))
    assert "Version 2" in missing.message, missing.message
    agents.delete(AGENT)


def catalogue(agents):
    """Agents: listed, changed, switched off, deleted; and versions that are not there."""
    expect([], [agent.name for agent in agents.list()])
    definition = HostedAgentDefinition(cpu="1", memory="2Gi", container_configuration={"image": "r.example/a:1"})
    names = [f"agent-{n}" for n in range(5)]
    for name in names:
        agents.create_version(name, definition=definition, metadata={"n": name})
    expect(names[::-1], [agent.name for agent in agents.list(limit=2)])
    expect(names, [agent.name for agent in agents.list(limit=2, order="asc", kind="hosted")])
    expect([], list(agents.list(kind="prompt")))
    one = agents.get(names[0])
    expect(("enabled", "enabled", {"n": names[0]}), (one.state, one.configuration_state, one.versions.latest.metadata))
    endpoint = AgentEndpointConfig(authorization_schemes=[{"type": "Entra"}])
    changed = agents.update_details(names[0], agent_endpoint=endpoint)
    expect("Entra", changed.agent_endpoint.authorization_schemes[0].type)
    expect(changed, agents.get(names[0]))

    version = lambda number: VersionRefIndicator(agent_version=number)
    for number in ("3", "latest"):
        create = lambda: agents.create_session(names[0], version_indicator=version(number))
        expect("not_found", fails(ResourceNotFoundError, 404, create).error.code)
    session = agents.create_session(names[0], version_indicator=version("2")).agent_session_id
    for _ in range(2):
        agents.disable(names[0])
    expect("disabled", agents.get(names[0]).state)
    fails(HttpResponseError, 403, lambda: agents.create_session(names[0], version_indicator=version("2")))
    expect(1, agents.upload_session_file(names[0], session, b"x", path="x").bytes_written)
    agents.enable(names[0])
    agents.create_session(names[0], version_indicator=version("1"))
    fails(ResourceExistsError, 409, lambda: agents.delete_version(names[0], "2"))
    expect(True, agents.delete_version(names[0], "2", force=True).deleted)
    fails(ResourceNotFoundError, 404, lambda: agents.get_session(names[0], session))
    expect(["1"], [version.version for version in agents.list_versions(names[0])])
    fails(ResourceExistsError, 409, lambda: agents.delete(names[0]))
    # A client that deletes what it lists keeps its place.
    for agent in agents.list(limit=2):
        expect(True, agents.delete(agent.name, force=True).deleted)
    expect([], list(agents.list()))


def directories(client):
    """The calls that this SDK has no methods for, sent with its own credentials and errors."""
    session = client.agents.create_session(AGENT, {}).agent_session_id
    files = f"/agents/{AGENT}/endpoint/sessions/{session}/files"

    def mkdir(**body):
        request = HttpRequest("POST", f"{files}/mkdir", params={"api-version": "v1"}, json=body)
        response = client.send_request(request)
        response.raise_for_status()

    mkdir(path="/a/b/c", createParents=True, mode="755")
    mkdir(path="/a/b/c", createParents=True)
    fails(HttpResponseError, 404, lambda: mkdir(path="/x/y"))
    stat = client.send_request(HttpRequest("GET", f"{files}/stat", params={"api-version": "v1", "path": "/a/b/c"}))
    expect((True, 0o755), (stat.json()["is_dir"], stat.json()["mode"]))
    client.agents.delete(AGENT, force=True)


async def at_once(endpoint):
    """The asynchronous client, many calls at a time."""

    class AsyncToken(Token):
        async def get_token(self, *scopes, **how):
            return Token.get_token(self, *scopes, **how)

        async def close(self):
            pass

    async with AsyncClient(endpoint=endpoint, credential=AsyncToken()) as client:
        agents, version = client.agents, VersionRefIndicator(agent_version="1")
        session = (await agents.create_session(AGENT, version_indicator=version)).agent_session_id
        contents = {f"data/{n}.bin": random.Random(n).randbytes(n * 1000) for n in range(30)}
        uploads = [agents.upload_session_file(AGENT, session, content, path=path) for path, content in contents.items()]
        expect([len(content) for content in contents.values()], [one.bytes_written for one in await asyncio.gather(*uploads)])

        async def fetch(path):
            return b"".join([block async for block in await agents.download_session_file(AGENT, session, path=path)])

        assert await asyncio.gather(*map(fetch, contents)) == list(contents.values())
        listed = [entry.name async for entry in agents.list_session_files(AGENT, session, path="data")]
        expect(sorted(path.split("/")[1] for path in contents), sorted(listed))
        try:
            await fetch("none")
        except ResourceNotFoundError as caught:
            expect(404, caught.status_code)
        else:
            raise AssertionError("404 was expected")
        await agents.delete_session_file(AGENT, session, path="data", recursive=True)
        await agents.delete_session(AGENT, session)


if __name__ == "__main__":
    main()
