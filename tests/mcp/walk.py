"""The official Python client of the Model Context Protocol against `wharf mcp`.

Run by ./run inside `wharf serve`, with the program, a backend and a shared directory. The walk is that of Microsoft's page on
files in hosted agent sessions: create, mkdir, upload, invoke, list, download, delete. What comes back is compared with what
went in; the first difference ends it.
"""

import asyncio
import base64
import hashlib
import os
import pathlib
import sys

from jsonschema import Draft202012Validator
from mcp import Client, StdioServerParameters

WHARF, BACKEND, SHARED = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
CONTENT = bytes(range(256)) * 4000


def server(*flags):
    words = ["mcp", "-b", BACKEND, "--root", str(SHARED), "--allow-local-exec", *flags]
    return StdioServerParameters(command=WHARF, args=words, env=dict(os.environ))


async def ok(client, tool, **arguments):
    """Calls a tool that succeeds; the client checks the result against the schema of the tool."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, (tool, result)
    return result.structured_content


async def fails(client, kind, tool, **arguments):
    """Calls a tool that fails with an error of this kind."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error, (tool, result)
    error = result.structured_content["error"]
    assert error["kind"] == kind, (tool, error)
    assert result.content[0].text.startswith(f"{kind}: "), result.content


async def walk(client):
    listed = (await client.list_tools()).tools
    tools = {tool.name for tool in listed}
    for tool in listed:
        for schema in (tool.input_schema, tool.output_schema):
            if schema is not None:
                Draft202012Validator.check_schema(schema)
    about = await ok(client, "backend_get")
    assert about["backend"] == BACKEND, about

    session = (await ok(client, "session_create"))["id"]
    found = await ok(client, "session_list")
    assert session in [item["id"] for item in found["sessions"]], found
    at = {"sessionId": session}
    if "session_file_mkdir" in tools:
        made = await ok(client, "session_file_mkdir", **at, path="data/in")
        assert made["kind"] == "directory", made

    (SHARED / "input.bin").write_bytes(CONTENT)
    digest = hashlib.sha256(CONTENT).hexdigest()
    progress = []

    async def heard(done, total, message):
        progress.append((done, total))

    sent = await client.call_tool(
        "session_file_upload",
        {**at, "filePath": "data/in/input.bin", "localPath": "input.bin", "sha256": digest},
        progress_callback=heard,
    )
    assert not sent.is_error and sent.structured_content["bytes"] == len(CONTENT), sent
    assert sent.structured_content["sha256"] == digest, sent
    assert progress and progress[-1][0] == len(CONTENT), progress
    text = await ok(client, "session_file_upload", **at, filePath="data/in/note.txt", contentText="a note\n")
    assert text["bytes"] == 7, text
    encoded = base64.b64encode(b"\x00\xff").decode()
    await ok(client, "session_file_upload", **at, filePath="data/in/two.bin", contentBase64=encoded)

    script = "mkdir -p \"$WHARF_OUTPUTS\"; printf 'the result\\n' >\"$WHARF_OUTPUTS/result.txt\"; echo done"
    if "agent_invoke" in tools:
        turn = await ok(client, "agent_invoke", **at, inputText=script)
        assert turn["text"].strip() == "done" and turn["session"] == session, turn
        await fails(client, "usage", "agent_invoke", **at, inputText="")
    else:
        ran = await ok(client, "session_exec", **at, command=["sh", "-c", script])
        assert (ran["exit_code"], ran["stdout"]) == (0, "done\n"), ran

    entries = (await ok(client, "session_file_list", **at, path="data", recursive=True))["entries"]
    names = {entry["name"] for entry in entries}
    assert {"input.bin", "note.txt", "two.bin"} <= names, entries
    result = await ok(client, "session_file_download", **at, filePath="@outputs/result.txt")
    assert result["content"] == "the result\n" and result["encoding"] == "text", result
    landed = await ok(client, "session_file_download", **at, filePath="@outputs/result.txt", localPath="out/result.txt")
    assert landed["sha256"] == hashlib.sha256(b"the result\n").hexdigest(), landed
    assert (SHARED / "out/result.txt").read_bytes() == b"the result\n"
    again = {"filePath": "@outputs/result.txt", "localPath": "out/result.txt"}
    await fails(client, "conflict", "session_file_download", **at, **again)
    if BACKEND != "anthropic":
        # Its service gives out only what an agent wrote.
        await ok(client, "session_file_download", **at, filePath="data/in/input.bin", localPath="out/input.bin")
        assert (SHARED / "out/input.bin").read_bytes() == CONTENT
        await fails(client, "limit", "session_file_download", **at, filePath="data/in/input.bin")
        part = await ok(client, "session_file_download", **at, filePath="data/in/input.bin", offset=0, length=2)
        assert part["contentBase64"] == base64.b64encode(b"\x00\x01").decode(), part

    await fails(client, "usage", "session_file_upload", **at, filePath="x", localPath="../outside")
    await fails(client, "usage", "session_get")
    gone = await ok(client, "session_file_delete", **at, filePath="data/in/note.txt")
    assert gone["deleted"], gone
    assert (await ok(client, "session_delete", **at))["deleted"]
    await fails(client, "not_found", "session_get", **at)
    for path in ("out/result.txt", "out/input.bin", "input.bin"):
        (SHARED / path).unlink(missing_ok=True)


async def main():
    async with Client(server()) as client:
        await walk(client)
    async with Client(server("--read-only")) as client:
        tools = (await client.list_tools()).tools
        assert all(tool.annotations.read_only_hint for tool in tools), tools
        await fails(client, "unsupported", "session_create")


asyncio.run(main())
