"""The `openai` client of the official Python SDK against `wharf serve --tls`: what agents answer.

Run by ../run, which starts the server and sets the variables. The first difference ends it.
"""

import json
import os
import time

import openai
from azure.ai.projects import AIProjectClient
from azure.ai.projects.models import HostedAgentDefinition, VersionRefIndicator
from azure.core.rest import HttpRequest

from walk import AGENT, Token, expect, fails


def main():
    endpoint = os.environ["FOUNDRY_PROJECT_ENDPOINT"]
    with AIProjectClient(endpoint=endpoint, credential=Token()) as project:
        definition = HostedAgentDefinition(cpu="1", memory="2Gi", container_configuration={"image": "r.example/a:1"})
        version = project.agents.create_version(AGENT, definition=definition).version
        indicator = VersionRefIndicator(agent_version=version)
        session = project.agents.create_session(AGENT, version_indicator=indicator).agent_session_id
        with project.get_openai_client(agent_name=AGENT, max_retries=0) as client:
            plain(client, session)
            streamed(client, session)
            background(client)
            conversations(client)
        invocations(project, session)
        log(project, version, session)
    print("sdk: all as expected")


def plain(client, session):
    response = client.responses.create(input="echo hello there", extra_body={"agent_session_id": session})
    expect(("completed", "hello there"), (response.status, response.output_text))
    expect((session, AGENT), (response.agent_session_id, response.agent_reference["name"]))
    assert response.id.startswith("caresp_") and response.usage.output_tokens > 0, response
    items = client.responses.input_items.list(response.id)
    expect(["echo hello there"], [part.text for item in items for part in item.content])
    called = client.responses.create(input='custom weather {"city": "Oslo"}')
    expect([("function_call", "weather")], [(item.type, item.name) for item in called.output])
    expect("refusal", client.responses.create(input="refuse").output[0].content[0].type)
    expect("max_output_tokens", client.responses.create(input="budget").incomplete_details.reason)
    expect("failed", client.responses.create(input="exhaust").status)
    fails(openai.InternalServerError, 500, lambda: client.responses.create(input="fail"))
    client.responses.delete(response.id)
    fails(openai.NotFoundError, 404, lambda: client.responses.retrieve(response.id))


def streamed(client, session):
    extra = {"agent_session_id": session}
    events = list(client.responses.create(input="echo one two", stream=True, extra_body=extra))
    expect(list(range(len(events))), [event.sequence_number for event in events])
    expect(("response.created", "response.completed"), (events[0].type, events[-1].type))
    expect("one two", "".join(event.delta for event in events if event.type == "response.output_text.delta"))
    expect("one two", events[-1].response.output_text)
    failed = list(client.responses.create(input="fail", stream=True))
    expect(["error"], [event.type for event in failed])


def background(client):
    made = client.responses.create(input="sleep 200ms\necho done", background=True, store=True)
    until = time.monotonic() + 20
    while made.status == "in_progress" and time.monotonic() < until:
        time.sleep(0.05)
        made = client.responses.retrieve(made.id)
    expect(("completed", "done"), (made.status, made.output_text))
    endless = client.responses.create(input="sleep", background=True, store=True)
    expect("cancelled", client.responses.cancel(endless.id).status)
    fails(openai.BadRequestError, 400, lambda: client.responses.create(input="x", background=True, store=False))

    stream = client.responses.create(input="echo one\nsleep 200ms\necho two", background=True, stream=True, store=True)
    before = [next(stream) for _ in range(5)]
    stream.close()
    id, last = before[0].response.id, before[-1].sequence_number
    after = list(client.responses.retrieve(id, stream=True, starting_after=last))
    expect(list(range(last + 1, last + 1 + len(after))), [event.sequence_number for event in after])
    expect(("response.completed", "onetwo"), (after[-1].type, after[-1].response.output_text))


def conversations(client):
    conversation = client.conversations.create()
    ask = lambda: client.responses.create(input="hi", conversation=conversation.id).agent_session_id
    expect(ask(), ask())
    expect(conversation.id, client.conversations.retrieve(conversation.id).id)


def invocations(project, session):
    base = f"{os.environ['FOUNDRY_PROJECT_ENDPOINT']}/agents/{AGENT}/endpoint/protocols/invocations"

    def send(method, path="", text=None):
        url = f"{base}{path}?api-version=v1&agent_session_id={session}"
        return project.send_request(HttpRequest(method, url, json={"message": text} if text else None))

    answer = send("POST", text="echo hello")
    expect((200, {"output": "hello"}), (answer.status_code, answer.json()))
    expect(session, answer.headers["x-agent-session-id"])
    assert b'data: {"delta":"hello"}' in send("POST", text="reply sse\necho hello").content
    accepted = send("POST", text="reply later\nsleep")
    expect(202, accepted.status_code)
    id = accepted.headers["x-agent-invocation-id"]
    expect("running", send("GET", f"/{id}").json()["status"])
    expect("cancelled", send("POST", f"/{id}/cancel").json()["status"])
    expect(404, send("GET", "/docs/openapi.json").status_code)


def log(project, version, session):
    text = b""
    for block in project.agents.get_session_log_stream(AGENT, version, session):
        text += block
        if b" cancelled" in text:
            break
    events = [json.loads(line[6:]) for line in text.decode().splitlines() if line.startswith("data: ")]
    expect("Successfully connected to container", events[0]["message"])
    assert any(event["message"].endswith(" completed") for event in events), events


if __name__ == "__main__":
    main()
