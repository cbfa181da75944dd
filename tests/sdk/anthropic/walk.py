"""The official Python SDK against `wharf serve --tls`: what its documentation walks through.

Run by ../run, which starts the server and sets the variables. Every value that comes back is
compared with what went in; the first difference ends it.
"""

import asyncio
import io
import os
import random
import sys
import threading
import time
import urllib.parse
from pathlib import Path

import anthropic
from anthropic import Anthropic, AsyncAnthropic, beta_async_tool
from anthropic.types import anthropic_beta_param

UPLOADS = "/mnt/session/uploads"

# How a turn begins, and how it ends with a text.
BEGIN = ["user.message", "session.status_running", "span.model_request_start"]
ANSWER = ["agent.message", "span.model_request_end", "session.usage", "session.status_idle"]


def expect(wanted, found):
    assert wanted == found, f"{wanted!r:.500} was expected, {found!r:.500} came"


def whole(answer):
    """Has every member that the SDK's type asks for, which the SDK itself does not look at."""
    type(answer).model_validate_json(answer.model_dump_json(by_alias=True, exclude_unset=True))
    return answer


def fails(status, kind, call, code=None):
    try:
        call()
    except anthropic.APIStatusError as caught:
        expect((status, kind), (caught.status_code, caught.body["error"]["type"]))
        expect(code, caught.body["error"].get("details", {}).get("error_code"))
        expect(caught.body["request_id"], caught.request_id)
        assert caught.request_id.startswith("req_"), caught.request_id
        return
    raise AssertionError(f"{status} was expected")


def main():
    # The address and the key come from the variables that the server set.
    with Anthropic() as client:
        expect(os.environ["ANTHROPIC_BASE_URL"], str(client.base_url).rstrip("/"))
        uploads(client)
        agent, environment = catalogue(client)
        sessions(client, agent, environment)
        turns(client, agent, environment)
        budget(client, agent, environment)
        threads(client, agent, environment)
        asyncio.run(at_once())
        strict(client)
        ends(client, agent, environment)
    print("sdk: all as expected")


def uploads(client):
    content = random.Random(7).randbytes(3_000_000)
    made = whole(client.files.upload(file=("data.csv", io.BytesIO(content), "text/csv")))
    expect(("data.csv", "text/csv", len(content)), (made.filename, made.mime_type, made.size_bytes))
    expect((False, "file", None), (made.downloadable, made.type, made.expires_at))
    expect(made, client.files.retrieve_metadata(made.id))
    walk = Path(__file__)
    expect((walk.name, walk.stat().st_size), (lambda f: (f.filename, f.size_bytes))(client.files.upload(file=walk)))
    odd = whole(client.beta.files.upload(file=("résumé ü.txt", b"abc"), expires_in_seconds=86400))
    expect(("résumé ü.txt", "text/plain", 3), (odd.filename, odd.mime_type, odd.size_bytes))
    expect(86400, round((odd.expires_at - odd.created_at).total_seconds()))
    expect("unnamed.bin", client.files.upload(file=b"raw").filename)
    expect(0, client.files.upload(file=("empty", b"")).size_bytes)
    more = [client.files.upload(file=(f"{n}.txt", b"x")) for n in range(20)]

    everything = [file.id for file in client.files.list(limit=1000)]
    expect(25, len(everything))
    expect([file.id for file in reversed(more)], everything[:20])
    expect(everything, [file.id for file in client.files.list(limit=7)])
    expect(everything, [file.id for file in client.beta.files.list()])
    expect([odd.id], [file.id for file in client.files.list(ids=[odd.id, "file_gone"])])
    # A client that deletes what it lists keeps its place.
    for file in client.files.list(limit=4):
        if file.filename.endswith(".txt"):
            expect((file.id, "file_deleted"), (lambda d: (d.id, d.type))(client.files.delete(file.id)))
    expect(4, len(list(client.files.list())))
    fails(400, "invalid_request_error", lambda: client.files.download(made.id), "file_not_downloadable")
    fails(404, "not_found_error", lambda: client.files.retrieve_metadata(odd.id))
    fails(400, "invalid_request_error", lambda: client.files.upload(file=("a|b", b"x")))
    fails(400, "invalid_request_error", lambda: client.files.list(limit=1001))


def catalogue(client):
    tools = [{"type": "agent_toolset_20260401"}]
    agent = client.beta.agents.create(name="analyst", model="claude-opus-5-5", system="Be brief.", tools=tools)
    expect(("analyst", 1, "claude-opus-5-5"), (agent.name, agent.version, agent.model.id))
    expect(agent, client.beta.agents.retrieve(agent.id))
    second = whole(client.beta.agents.update(agent.id, version=1, description="second"))
    expect((2, "Be brief."), (second.version, second.system))
    expect(agent, client.beta.agents.retrieve(agent.id, version=1))
    expect([2, 1], [version.version for version in client.beta.agents.versions.list(agent.id)])
    expect([agent.id], [agent.id for agent in client.beta.agents.list()])
    config = {"type": "cloud", "packages": {"pip": ["pandas==2.2.0"]}}
    environment = whole(client.beta.environments.create(name="python", config=config))
    expect((["pandas==2.2.0"], []), (environment.config.packages.pip, environment.config.packages.apt))
    expect(environment, client.beta.environments.retrieve(environment.id))
    expect([environment.id], [environment.id for environment in client.beta.environments.list()])
    fails(409, "conflict_error", lambda: client.beta.environments.create(name="python"))
    third = whole(client.beta.agents.update(agent.id, version=2, metadata={"team": "blue"}))
    fourth = whole(client.beta.agents.update(agent.id, metadata={"team": None, "stage": "1"}, model="claude-opus-5-5"))
    expect(({"team": "blue"}, {"stage": "1"}, "high"), (third.metadata, fourth.metadata, fourth.model.effort.type))
    fails(409, "conflict_error", lambda: client.beta.agents.update(agent.id, version=1, name="late"))
    expect([4, 3, 2, 1], [version.version for version in client.beta.agents.versions.list(agent.id, limit=1)])

    config = {"type": "cloud", "networking": {"type": "limited", "allowed_hosts": ["a.example"]}}
    limited = whole(client.beta.environments.create(name="limited", config=config, metadata={"a": "1", "b": "2"}))
    network = limited.config.networking
    expect((False, False), (network.allow_mcp_servers, network.allow_package_managers))
    config = {"type": "cloud", "networking": {"type": "limited", "allow_mcp_servers": True}}
    changes = {"config": config, "metadata": {"a": None, "b": ""}, "description": "d", "scope": "account"}
    limited = whole(client.beta.environments.update(limited.id, **changes))
    network = limited.config.networking
    expect((["a.example"], True, {}), (network.allowed_hosts, network.allow_mcp_servers, limited.metadata))
    expect(limited, client.beta.environments.retrieve(limited.id))
    assert whole(client.beta.environments.archive(limited.id)).archived_at
    expect([environment.id], [environment.id for environment in client.beta.environments.list()])
    expect(2, len(list(client.beta.environments.list(include_archived=True, limit=1))))
    fails(400, "invalid_request_error", lambda: client.beta.environments.update(limited.id, name="x"), "environment_archived")
    expect("environment_deleted", whole(client.beta.environments.delete(limited.id)).type)
    return second, environment


def sessions(client, agent, environment):
    sessions = client.beta.sessions
    sales = client.files.upload(file=("sales.csv", b"id,total\n1,42\n"))
    session = sessions.create(
        agent=agent.id,
        environment_id=environment.id,
        title="november sales",
        metadata={"team": "blue", "draft": "yes"},
        vault_ids=["vlt_1"],
        resources=[
            {"type": "file", "file_id": sales.id, "mount_path": "/in/sales.csv"},
            {"type": "file", "file_id": sales.id},
            {
                "type": "github_repository",
                "url": "https://github.example/acme/etl",
                "authorization_token": "ghp_secret",
                "checkout": {"type": "branch", "name": "main"},
            },
            {"type": "memory_store", "memory_store_id": "memstore_1", "access": "read_only"},
        ],
    )
    expect(("idle", "november sales", ["vlt_1"]), (session.status, session.title, session.vault_ids))
    expect((agent.id, 4, "analyst"), (session.agent.id, session.agent.version, session.agent.name))
    first, second, repository, store = session.resources
    expect((f"{UPLOADS}/in/sales.csv", f"{UPLOADS}/{sales.id}"), (first.mount_path, second.mount_path))
    assert first.file_id not in (sales.id, second.file_id), first
    expect(("/workspace/etl", "main"), (repository.mount_path, repository.checkout.name))
    expect(("memstore_1", "read_only"), (store.memory_store_id, store.access))
    assert "ghp_secret" not in session.model_dump_json()
    expect(session, whole(sessions.retrieve(session.id)))

    resources = sessions.resources
    added = resources.add(session.id, type="file", file_id=sales.id, mount_path="/more.csv")
    expect(added, whole(resources.retrieve(added.id, session_id=session.id)))
    listed = [resource.type for resource in resources.list(session.id, limit=2)]
    expect(["file", "file", "github_repository", "memory_store", "file"], listed)
    rotated = resources.update(repository.id, session_id=session.id, authorization_token="ghp_new")
    assert rotated.updated_at > repository.updated_at, rotated
    deleted = whole(resources.delete(second.id, session_id=session.id))
    expect((second.id, "session_resource_deleted"), (deleted.id, deleted.type))
    fails(404, "not_found_error", lambda: resources.retrieve(second.id, session_id=session.id))
    fails(400, "invalid_request_error", lambda: resources.add(session.id, type="file", file_id=sales.id, mount_path="/more.csv"))
    fails(404, "not_found_error", lambda: resources.add(session.id, type="file", file_id="file_gone"))

    # What belongs to the session: copies of what was mounted, and what its agent left.
    managed = ["managed-agents-2026-04-01"]
    listing = lambda: client.beta.files.list(scope_id=session.id, limit=1, betas=managed)
    scoped = lambda: {file.id: whole(file) for file in listing()}
    expect({first.file_id, added.file_id}, set(scoped()))
    expect(("session", session.id), (lambda scope: (scope.type, scope.id))(scoped()[added.file_id].scope))
    report = random.Random(8).randbytes(1_000_000)
    one, late = output(client, session, "report.pdf", report), output(client, session, "../late", b"late", after="1s")
    assert one in scoped() and late not in scoped()
    deadline = time.monotonic() + 20
    while late not in scoped():
        assert time.monotonic() < deadline, "the late output never came"
        time.sleep(0.05)
    expect(("../late", True, 4), (lambda f: (f.filename, f.downloadable, f.size_bytes))(scoped()[late]))
    assert client.beta.files.download(one).read() == report
    expect(b"late", client.files.download(late).read())
    fails(400, "invalid_request_error", lambda: client.files.download(added.file_id), "file_not_downloadable")
    client.files.delete(late)
    assert late not in scoped() and late not in [file.id for file in client.files.list()]

    changed = sessions.update(session.id, title="final", metadata={"team": "red", "draft": None})
    expect(("final", {"team": "red"}), (changed.title, changed.metadata))
    expect(None, sessions.update(session.id, title=None).title)

    others = [sessions.create(agent={"type": "agent", "id": agent.id, "version": 1}, environment_id=environment.id)]
    others += [sessions.create(agent=agent.id, environment_id=environment.id) for _ in range(24)]
    order = [other.id for other in reversed(others)] + [session.id]
    ids = lambda **how: [found.id for found in sessions.list(**how)]
    expect(order, ids())
    expect(order[::-1], ids(order="asc", limit=4))
    expect([others[0].id], ids(agent_id=agent.id, agent_version=1))
    expect([session.id], ids(memory_store_id="memstore_1"))
    expect([], ids(statuses=["running"]))
    expect(order[:5], ids(created_at_gte=others[20].created_at))
    archived = whole(sessions.archive(others[0].id))
    assert archived.archived_at is not None
    expect("terminated", archived.status)
    expect(25, len(ids()))
    expect(order, ids(include_archived=True))
    fails(400, "invalid_request_error", lambda: sessions.events.send(others[0].id, events=[message("hi")]))
    for other in sessions.list(limit=10):
        if other.id != session.id:
            expect("session_deleted", sessions.delete(other.id).type)
    expect([session.id], ids())
    sessions.delete(session.id)
    fails(404, "not_found_error", lambda: sessions.retrieve(session.id))
    fails(404, "not_found_error", lambda: client.files.retrieve_metadata(one))
    expect("sales.csv", client.files.retrieve_metadata(sales.id).filename)


def turns(client, agent, environment):
    sessions = client.beta.sessions
    session = sessions.create(agent=agent.id, environment_id=environment.id)
    seen = []
    with sessions.events.stream(session.id) as stream:
        sent = whole(sessions.events.send(session.id, events=[message("sleep")]))
        expect(("user.message", None), (sent.data[0].type, sent.data[0].processed_at))
        expect("running", sessions.retrieve(session.id).status)
        fails(400, "invalid_request_error", lambda: sessions.delete(session.id))
        fails(400, "invalid_request_error", lambda: sessions.archive(session.id))
        threading.Timer(0.2, lambda: sessions.events.send(session.id, events=[{"type": "user.interrupt"}])).start()
        for event in stream:
            seen.append(whole(event).type)
            if event.type == "session.status_idle":
                expect("end_turn", event.stop_reason.type)
                break
    end = ["span.model_request_end", "session.usage", "session.status_idle"]
    # The client's own events come twice: queued, and processed.
    expect(["user.message"] + BEGIN + ["user.interrupt"] * 2 + end, seen)
    history = [whole(event) for event in sessions.events.list(session.id, limit=3)]
    expect(BEGIN + ["user.interrupt"] + end, [event.type for event in history])
    times = [event.processed_at for event in history]
    expect(sorted(times), times)
    idle = sessions.events.list(session.id, types=["session.status_idle"], order="desc")
    expect(["session.status_idle"], [event.type for event in idle])
    expect("idle", sessions.retrieve(session.id).status)
    sessions.delete(session.id)
    started = sessions.create(agent=agent.id, environment_id=environment.id, initial_events=[message("go")])
    expect("running", started.status)
    expect("idle", sessions.retrieve(started.id).status)
    sessions.events.send(started.id, events=[message("fail")])
    expect("terminated", sessions.retrieve(started.id).status)


def budget(client, agent, environment):
    def limit(cents):
        return {"type": "limit", "max_list_cost": {"amount": cents, "currency": "USD"}}

    sessions = client.beta.sessions
    session = whole(sessions.create(agent=agent.id, environment_id=environment.id, budget=limit("2")))
    expect("2", session.budget.max_list_cost.amount)
    sessions.events.send(session.id, events=[message("echo one\necho two\necho three")])
    last = [whole(event) for event in sessions.events.list(session.id, order="desc")][:3]
    expect(["session.status_idle", "session.usage", "session.thread_status_idle"], [event.type for event in last])
    expect("budget_reached", last[0].stop_reason.type)
    expect(("2", "2"), (last[1].budget.max_list_cost.amount, last[1].usage.list_cost.amount))
    fails(400, "invalid_request_error", lambda: sessions.events.send(session.id, events=[message("more")]))
    fails(400, "invalid_request_error", lambda: sessions.update(session.id, budget=limit("2")), "budget_not_raised")
    expect("50", whole(sessions.update(session.id, budget=limit("50"))).budget.max_list_cost.amount)
    idle = next(iter(sessions.events.list(session.id, types=["session.status_idle"], order="desc")))
    expect("end_turn", idle.stop_reason.type)
    expect(None, sessions.update(session.id, budget=None).budget)
    sessions.delete(session.id)


def threads(client, agent, environment):
    sessions, threads = client.beta.sessions, client.beta.sessions.threads
    session = sessions.create(agent=agent.id, environment_id=environment.id)
    thread, = [whole(thread) for thread in threads.list(session.id, limit=1)]
    expect((session.id, None, "idle"), (thread.session_id, thread.parent_thread_id, thread.status))
    expect(thread, threads.retrieve(thread.id, session_id=session.id))
    expect([], list(threads.list(session.id, statuses=["running", "terminated"])))
    seen = []
    with threads.events.stream(thread.id, session_id=session.id, event_deltas=["agent.message"]) as stream:
        steer = [{"type": "user.interrupt", "session_thread_id": thread.id}, message("hi")]
        sessions.events.send(session.id, events=steer)
        for event in stream:
            seen.append(whole(event).type)
            if event.type == "session.status_idle":
                break
    previews = ["event_start", "event_delta", "event_delta"]
    expect(["user.interrupt"] * 2 + ["user.message"] + BEGIN + previews + ANSWER, seen)
    listed = [whole(event).type for event in threads.events.list(thread.id, session_id=session.id, limit=1)]
    expect(["user.interrupt"] + BEGIN + ANSWER, listed)
    fails(400, "invalid_request_error", lambda: threads.archive(thread.id, session_id=session.id))
    fails(404, "not_found_error", lambda: threads.retrieve("sthr_none", session_id=session.id))


async def at_once():
    """The asynchronous client, many calls at a time."""
    async with AsyncAnthropic() as client:
        made = await asyncio.gather(*(client.files.upload(file=(f"{n}.txt", b"x" * n)) for n in range(30)))
        sizes = {file.id: file.size_bytes async for file in client.files.list(limit=7)}
        expect({file.id: n for n, file in enumerate(made)}, {file.id: sizes[file.id] for file in made})
        mounts = [{"type": "file", "file_id": file.id, "mount_path": f"/in/{n}"} for n, file in enumerate(made)]
        session = await client.beta.sessions.create(agent="agent_any", environment_id="env_any", resources=mounts)
        paths = [resource.mount_path async for resource in client.beta.sessions.resources.list(session.id, limit=8)]
        expect([f"{UPLOADS}/in/{n}" for n in range(30)], paths)
        async with await client.beta.sessions.events.stream(session.id) as stream:
            await client.beta.sessions.events.send(session.id, events=[message("hello")])
            seen = []
            async for event in stream:
                seen.append(event.type)
                if event.type == "session.status_idle":
                    break
        expect(["user.message"] + BEGIN + ANSWER, seen)
        await client.beta.sessions.delete(session.id)
        await asyncio.gather(*(client.files.delete(file.id) for file in made))
        try:
            await client.beta.sessions.retrieve(session.id)
        except anthropic.NotFoundError as caught:
            assert caught.request_id.startswith("req_"), caught.request_id
        else:
            raise AssertionError("404 was expected")


async def runner(reopens):
    """The SDK's own runner of tools, on streams that break: it answers the client's tools, once each, waits for a
    confirmation, and leaves when the session is idle.

    A tool of the service is in the script only where the stream does not break before the last event: in a history, the
    runner takes each `agent.tool_use` without a `user.tool_result` for one that a client is still to answer, although
    it has its `agent.tool_result`, and waits for ever (`_reconcile`, `outstanding`)."""

    @beta_async_tool
    async def weather(city: str) -> str:
        """The weather in a city."""
        return f"7 degrees in {city}"

    async with AsyncAnthropic() as client:
        sessions = client.beta.sessions
        session = await sessions.create(agent="agent_1", environment_id="env_1")
        between = "sleep 1ms" if reopens else "tool grep {}"
        script = f'custom weather {{"city": "Oslo"}}\nask bash {{}}\n{between}\ncustom weather {{"city": "Rome"}}'
        await sessions.events.send(session.id, events=[message(script)])
        calls = []
        async for call in sessions.events.tool_runner(session.id, tools=[weather], max_idle=1):
            calls.append((call.name, call.posted, call.confirmation))
            if len(calls) == 1:
                history = [event async for event in sessions.events.list(session.id)]
                asked, = [event.id for event in history if event.type == "agent.tool_use"]
                expect([asked], history[-1].stop_reason.event_ids)
                denial = {"type": "user.tool_confirmation", "tool_use_id": asked, "result": "deny"}
                await sessions.events.send(session.id, events=[denial])
        weathers = ("weather", True, None)
        others = [("bash", False, "deny")] + ([] if reopens else [("grep", False, None)])
        expect([weathers] * 2 + others, sorted(calls, key=lambda call: not call[1]))
        history = [whole(event) async for event in sessions.events.list(session.id)]
        texts = [event.content[0].text for event in history if event.type == "agent.message"]
        expect(["7 degrees in Oslo", "7 degrees in Rome"], texts)
        expect(("session.status_idle", "end_turn"), (history[-1].type, history[-1].stop_reason.type))
        assert int((await sessions.retrieve(session.id)).usage.list_cost.amount) > 0
        await sessions.delete(session.id)
    print("sdk: all as expected")


def strict(client):
    """What the service refuses, as the SDK's own classes of errors; and the names that it takes."""
    sessions = client.beta.sessions
    for error, call in [
        (anthropic.BadRequestError, lambda: sessions.list(extra_query={"bogus": "1"})),
        (anthropic.BadRequestError, lambda: sessions.list(statuses=["bogus"])),
        (anthropic.BadRequestError, lambda: sessions.list(betas=["bogus-2026-01-01"])),
        (anthropic.BadRequestError, lambda: sessions.create(agent="agent_1", environment_id="env_1", extra_body={"x": 1})),
        (anthropic.NotFoundError, lambda: sessions.retrieve("sesn_none")),
        (anthropic.NotFoundError, lambda: client.beta.agents.retrieve("none")),
    ]:
        try:
            call()
        except error as caught:
            assert caught.body["error"]["message"], caught.body
            continue
        raise AssertionError(f"{error.__name__} was expected")
    union = anthropic_beta_param.AnthropicBetaParam.__args__
    names = [name for member in union for name in getattr(member, "__args__", ())]
    assert len(names) >= 60, names
    for name in names:
        client.beta.files.list(limit=1, betas=[name] if name != "files-api-2025-04-14" else [])
    expect([], list(client.with_options(max_retries=0).beta.files.list(ids=["file_none"], betas=names[:0])))


def ends(client, agent, environment):
    """An agent and an environment that are archived take no new session, and are still there."""
    client.beta.agents.archive(agent.id)
    expect([4, 3, 2, 1], [whole(version).version for version in client.beta.agents.versions.list(agent.id)])
    expect([], list(client.beta.agents.list()))
    assert whole(client.beta.agents.retrieve(agent.id)).archived_at
    new = lambda **how: client.beta.sessions.create(**{"agent": "agent_1", "environment_id": "env_1", **how})
    fails(400, "invalid_request_error", lambda: new(agent=agent.id))
    fails(400, "invalid_request_error", lambda: client.beta.agents.update(agent.id, name="late"))
    client.beta.environments.archive(environment.id)
    fails(400, "invalid_request_error", lambda: new(environment_id=environment.id))


def message(text):
    return {"type": "user.message", "content": [{"type": "text", "text": text}]}


def output(client, session, name, content, **how):
    """What an agent would have made, by the emulator's own call."""
    query = urllib.parse.urlencode({"filename": name, **how})
    path = f"/_emulator/anthropic/sessions/{session.id}/outputs?{query}"
    return client.post(path, cast_to=object, content=content)["id"]


if __name__ == "__main__":
    asyncio.run(runner("reopens" in sys.argv)) if "runner" in sys.argv else main()
