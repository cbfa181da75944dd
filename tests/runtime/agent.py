"""An agent on Microsoft's own container runtime, behind what the service's gateway adds.

Usage: agent.py PORT

The runtime answers responses and invocations. The gateway here has the rest that a client asks for: sessions, versions,
conversations and the log, under the paths of a project.
"""

import asyncio
import json
import re
import sys
import time

from azure.ai.agentserver.invocations import InvocationAgentServerHost
from azure.ai.agentserver.responses import ResponseEventStream, ResponsesAgentServerHost, TextResponse
from hypercorn.asyncio import serve
from hypercorn.config import Config
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse

PROJECT = "/api/projects/p/agents/echo"
SESSIONS = {"session-0001", "session-0002"}
LOG = []
# How often the agent ran with a text: the proof that a message is sent once.
RUNS = {}
INVOCATIONS = {}


class Host(InvocationAgentServerHost, ResponsesAgentServerHost):
    """Both protocols."""


app = Host()


def log(text):
    LOG.append({"timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "stream": "stderr", "message": text})


async def parts(count):
    for number in range(count):
        await asyncio.sleep(0.3)
        yield f"part{number} "


@app.response_handler
async def respond(request, context, cancellation_signal):
    text = await context.get_input_text()
    RUNS[text] = RUNS.get(text, 0) + 1
    log(f"asked: {text}")
    stream = ResponseEventStream(response_id=context.response_id, request=request)
    if text == "boom":
        raise RuntimeError("boom")
    if text.startswith("slow"):
        async for event in TextResponse(context, request, text=parts(6)):
            yield event
        return
    if text in ("fail", "incomplete"):
        yield stream.emit_created()
        yield stream.emit_in_progress()
        if text == "fail":
            yield stream.emit_failed(code="server_error", message="the model is gone")
        else:
            yield stream.emit_incomplete(reason="max_output_tokens")
        return
    if text == "tool":
        yield stream.emit_created()
        yield stream.emit_in_progress()
        for event in stream.output_item_function_call("wc", "call_1", json.dumps({"path": "a.csv"})):
            yield event
        for event in stream.output_item_function_call_output("call_1", "811"):
            yield event
        for event in stream.output_item_message("811 rows."):
            yield event
        yield stream.emit_completed()
        return
    items = len(await context.get_input_items())
    async for event in TextResponse(context, request, text=f"echo: {text} ({items})"):
        yield event


@app.invoke_handler
async def invoke(request):
    body = await request.body()
    text = body.decode()
    RUNS[text] = RUNS.get(text, 0) + 1
    log(f"invoked: {text}")
    if text == "boom":
        raise RuntimeError("boom")
    if text == "error":
        return JSONResponse({"error": {"code": "agent_error", "message": "no rows"}})
    if text == "text":
        return PlainTextResponse("plain words")
    if text == "stream":

        async def frames():
            for number in range(3):
                yield f"data: {json.dumps({'delta': number})}\n\n"
                await asyncio.sleep(0.1)

        return StreamingResponse(frames(), media_type="text/event-stream")
    if text == "later":
        INVOCATIONS[request.state.invocation_id] = time.monotonic() + 3
        return JSONResponse({"invocation_id": request.state.invocation_id, "status": "queued"}, status_code=202)
    return JSONResponse({"echo": json.loads(text) if text.startswith("{") else text})


@app.get_invocation_handler
async def look(request):
    name = request.state.invocation_id
    if name not in INVOCATIONS:
        return JSONResponse({"error": {"code": "not_found", "message": "not registered yet"}}, status_code=404)
    due = INVOCATIONS[name]
    if due is None:
        return JSONResponse({"invocation_id": name, "status": "cancelled"})
    if time.monotonic() < due:
        return JSONResponse({"invocation_id": name, "status": "running"})
    return JSONResponse({"invocation_id": name, "status": "completed", "result": {"rows": 811}})


@app.cancel_invocation_handler
async def cancel(request):
    INVOCATIONS[request.state.invocation_id] = None
    return JSONResponse({"status": "cancelled"})


def version():
    protocols = [{"protocol": name, "version": "1.0.0"} for name in ("responses", "invocations")]
    return {
        "id": "echo:1",
        "name": "echo",
        "version": "1",
        "status": "active",
        "created_at": 1795219200,
        "metadata": {},
        "definition": {"kind": "hosted", "protocol_versions": protocols},
    }


class Gateway:
    """Maps the paths of the service to those of the runtime."""

    def __init__(self, inner):
        self.inner = inner
        self.cuts = 0

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self.inner(scope, receive, send)
            return
        path, method = scope["path"], scope["method"]
        below = path.removeprefix(PROJECT)
        session = re.fullmatch(r"/endpoint/sessions/([^/]+)", below)
        logs = re.fullmatch(r"/sessions/([^/]+):logstream", below)
        if path == "/runs":
            answer = JSONResponse(RUNS)
        elif session or logs:
            name = (session or logs).group(1)
            if name not in SESSIONS:
                error = {"error": {"code": "not_found", "message": f"no session {name}"}}
                answer = JSONResponse(error, status_code=404)
            elif session:
                answer = JSONResponse({
                    "agent_session_id": name,
                    "version_indicator": {"type": "version_ref", "agent_version": "1"},
                    "status": "active",
                    "created_at": 1795219200,
                })
            else:
                answer = StreamingResponse(self.lines(), media_type="text/event-stream")
        elif below == "/versions/1":
            answer = JSONResponse(version())
        elif below == "/endpoint/protocols/openai/conversations" and method == "POST":
            answer = JSONResponse({"id": f"conv_{time.time_ns()}", "object": "conversation"})
        elif below.startswith(("/endpoint/protocols/openai/responses", "/endpoint/protocols/invocations")):
            inner = below.removeprefix("/endpoint/protocols").removeprefix("/openai")
            await self.forward(dict(scope, path=inner, raw_path=inner.encode()), receive, send)
            return
        else:
            answer = JSONResponse({"error": {"code": "not_found", "message": f"{method} {path}"}}, status_code=404)
        await answer(scope, receive, send)

    async def forward(self, scope, receive, send):
        """Passes a request on. The answer to a text with `cut` breaks off after its fifth block."""
        content = bytearray()
        blocks = 0
        left = asyncio.Event()

        async def heard():
            if left.is_set():
                return {"type": "http.disconnect"}
            message = await receive()
            content.extend(message.get("body", b""))
            return message

        async def said(message):
            nonlocal blocks
            blocks += 1
            if b"cut" in content and blocks > 5:
                left.set()
                raise ConnectionResetError("cut on purpose")
            await send(message)

        await self.inner(scope, heard, said)

    async def lines(self):
        for line in LOG[-20:]:
            yield f"event: log\ndata: {json.dumps(line)}\n\n"


async def main():
    config = Config()
    config.bind = [f"127.0.0.1:{sys.argv[1]}"]
    config.loglevel = "CRITICAL"
    await serve(Gateway(app), config)


asyncio.run(main())
