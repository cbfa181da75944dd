"""The official Python SDK against `wharf serve --tls`: what its two pages on sessions and on files
walk through.

Run by ../run, which starts the server and sets the variables. Every value that comes back is
compared with what went in; the first difference ends it.
"""

import asyncio
import hashlib
import os
import random
import sys
import tempfile
import time

import httpx
from agb import AGB
from agb.context_sync import ContextSync, SyncPolicy
from agb.session_params import CreateSessionParams

IMAGE = "agb-code-space-1"
DIRECT_IMAGE = "agb-code-space-2"
REASON = "Resource [McpSession] is not found."


def expect(wanted, found):
    assert wanted == found, f"{wanted!r:.500} was expected, {found!r:.500} came"


def good(result):
    assert result.success, f"it failed: {result.error_message!r:.500}"
    return result


def bad(result, reason):
    assert not result.success, f"it was to fail: {reason}"
    assert reason in (result.error_message or ""), f"{reason!r} was expected: {result.error_message!r:.500}"



def main():
    agb = AGB()
    expect(os.environ["AGB_API_KEY"], agb.api_key)
    if sys.argv[1:] == ["faults"]:
        faults(agb)
    elif sys.argv[1:] == ["exec"]:
        for image in (IMAGE, DIRECT_IMAGE):
            session = good(agb.create(CreateSessionParams(image_id=image))).session
            run_commands(session)
            run_code(session)
            if image == DIRECT_IMAGE:
                stream_code(session)
            good(agb.delete(session))
    elif sys.argv[1:] == ["forms"]:
        forms(make(agb))
    else:
        sessions(agb)
        for image in (IMAGE, DIRECT_IMAGE):
            session = good(agb.create(CreateSessionParams(image_id=image, labels={"page": "files"}))).session
            expect(image == DIRECT_IMAGE, bool(session.link_url and session.token))
            files(session)
            transfer(session)
            commands(session)
            good(agb.delete(session))
            bad(session.file.read("/tmp/a.txt"), "401" if image == DIRECT_IMAGE else REASON)
        contexts(agb)
    print("sdk: all as expected")


def make(agb, **labels):
    return good(agb.create(CreateSessionParams(image_id=IMAGE, labels=labels))).session


def ids(agb, **how):
    found = good(agb.list(**how))
    return found.session_ids, found.total_count


def sessions(agb):
    expect(([], 0), ids(agb))
    params = CreateSessionParams(image_id=IMAGE, labels={"project": "démo", "stage": "1"}, idle_release_timeout=300)
    one = good(agb.create(params)).session
    expect({"project": "démo", "stage": "1"}, good(one.get_labels()).data)
    two = make(agb, project="démo")
    three = make(agb)
    expect({}, good(three.get_labels()).data)

    # Lists, with labels and in pages.
    everyone = sorted(session.session_id for session in (one, two, three))
    found, total = ids(agb)
    expect((everyone, 3), (sorted(found), total))
    found, total = ids(agb, labels={"project": "démo"})
    expect((sorted([one.session_id, two.session_id]), 2), (sorted(found), total))
    expect(([one.session_id], 1), ids(agb, labels={"project": "démo", "stage": "1"}))
    first, second = ids(agb, limit=2)[0], ids(agb, limit=2, page=2)[0]
    expect((2, 1, everyone), (len(first), len(second), sorted(first + second)))

    # One session.
    got = good(agb.get(one.session_id)).session
    expect(one.session_id, got.session_id)
    expect("RUNNING", good(got.get_status()).status)
    expect(one.session_id, good(got.info()).data["session_id"])
    good(got.keep_alive())
    good(got.set_labels({"stage": "a b&c=d"}))
    expect({"stage": "a b&c=d"}, good(one.get_labels()).data)
    assert good(got.get_link(protocol_type="https", port=30101)).data.endswith("/30101")
    expect(1, good(got.get_metrics()).metrics.cpu_count)
    tools = {tool.name: tool.server for tool in good(two.list_mcp_tools(IMAGE)).tools}
    expect(("wuying_filesystem", "wuying_shell"), (tools["read_file"], tools["shell"]))
    bad(got.call_mcp_tool("no_such_tool", {}), "Tool no_such_tool not found")

    # The end of them.
    for session in (one, two, three):
        good(agb.delete(session))
    expect(([], 0), ids(agb))
    bad(agb.get(one.session_id), REASON)
    bad(one.get_status(), REASON)
    bad(agb.delete(one), "InvalidMcpSession.NotFound")


def files(session):
    file = session.file
    good(file.mkdir("/tmp/demo/dir"))
    good(file.write("/tmp/demo/a.txt", "Hello AGB\n"))
    good(file.write("/tmp/demo/a.txt", "more \"text\" \\ é漢😀\n", mode="append"))
    text = "Hello AGB\nmore \"text\" \\ é漢😀\n"
    expect(text, good(file.read("/tmp/demo/a.txt")).content)
    expect(text.encode(), good(file.read("/tmp/demo/a.txt", format="bytes")).content)
    good(file.write("/tmp/demo/empty", ""))
    expect("", good(file.read("/tmp/demo/empty")).content)

    # More than one chunk.
    large = "0123456789\n" * 12_000
    good(file.write("/tmp/demo/large.txt", large))
    expect(large, good(file.read("/tmp/demo/large.txt")).content)

    info = good(file.info("/tmp/demo/large.txt")).file_info
    expect((len(large), False), (info["size"], info["isDirectory"]))
    expect(True, good(file.info("/tmp/demo")).file_info["isDirectory"])
    names = [("a.txt", False), ("dir", True), ("empty", False), ("large.txt", False)]
    listed = lambda path: sorted((entry["name"], entry["isDirectory"]) for entry in good(file.list(path)).entries)
    expect(names, listed("/tmp/demo"))
    expect([], listed("/tmp/demo/dir"))

    good(file.edit("/tmp/demo/a.txt", [{"oldText": "Hello", "newText": "Bye"}], dry_run=True))
    expect(text, good(file.read("/tmp/demo/a.txt")).content)
    good(file.edit("/tmp/demo/a.txt", [{"oldText": "Hello", "newText": "Bye"}]))
    expect(text.replace("Hello", "Bye"), good(file.read("/tmp/demo/a.txt")).content)
    good(file.move("/tmp/demo/a.txt", "/tmp/demo/dir/b.txt"))
    expect([("b.txt", False)], listed("/tmp/demo/dir"))
    expect(["/tmp/demo/dir/b.txt", "/tmp/demo/large.txt"], sorted(good(file.search("/tmp/demo", "*.txt")).matches))
    expect(["/tmp/demo/large.txt"], good(file.search("/tmp/demo", "*.txt", ["dir"])).matches)
    expect([], good(file.search("/tmp/demo", "*.zip")).matches)
    contents = good(file.read_batch(["/tmp/demo/dir/b.txt", "/tmp/demo/empty"])).contents
    expect({"/tmp/demo/dir/b.txt": text.replace("Hello", "Bye").strip(), "/tmp/demo/empty": ""}, contents)

    # What changed between two looks.
    expect([], good(file._get_file_change("/tmp/demo")).events)
    good(file.write("/tmp/demo/new", "x"))
    good(file.remove("/tmp/demo/empty"))
    events = {(event.event_type, event.path) for event in good(file._get_file_change("/tmp/demo")).events}
    expect({("create", "/tmp/demo/new"), ("delete", "/tmp/demo/empty")}, events)

    bad(file.read("/tmp/demo/none"), "No such file or directory")
    bad(file.read("/tmp/demo"), "directory")
    bad(file.list("/tmp/none"), "No such file or directory")
    bad(file.remove("/tmp/demo/empty"), "No such file or directory")
    bad(file.remove("/tmp/demo/dir"), "Is a directory")
    bad(file.move("/tmp/demo/new", "/tmp/demo/large.txt"), "File exists")
    bad(file.edit("/tmp/demo/new", [{"oldText": "no", "newText": ""}]), "oldText was not found")


def transfer(session):
    """Presigned uploads and downloads, and what is wrong with them."""
    file = session.file
    content = random.Random(7).randbytes(3_000_000)
    with tempfile.TemporaryDirectory() as local:
        up, down = os.path.join(local, "up.bin"), os.path.join(local, "down.bin")
        with open(up, "wb") as out:
            out.write(content)
        where = file.transfer_path()
        expect("/home/agb/file_transfer", where)
        sent = good(file.upload(up, f"{where}/sub dir/naïve.bin"))
        expect((200, len(content)), (sent.http_status, sent.bytes_sent))
        expect(f'"{hashlib.md5(content).hexdigest().upper()}"', sent.etag)
        expect(len(content), good(file.info(f"{where}/sub dir/naïve.bin")).file_info["size"])
        start = good(file._read_file_chunk(f"{where}/sub dir/naïve.bin", offset=1000, length=1000, format_type="binary"))
        expect(content[1000:2000], start.content)
        back = good(file.download(f"{where}/sub dir/naïve.bin", down))
        expect((200, len(content)), (back.http_status, back.bytes_received))
        with open(down, "rb") as came:
            expect(hashlib.sha256(content).hexdigest(), hashlib.sha256(came.read()).hexdigest())

        # What was made in the session comes out of it, from elsewhere too.
        good(file.mkdir("/tmp/elsewhere"))
        good(file.write("/tmp/elsewhere/made.txt", "made here\n"))
        good(file.download("/tmp/elsewhere/made.txt", down))
        with open(down, "rb") as came:
            expect(b"made here\n", came.read())

        # A type that is not signed, and a file that is not there.
        expect(403, file.upload(up, f"{where}/typed.bin", content_type="application/octet-stream").http_status)
        expect(404, file.download(f"{where}/none.bin", down).http_status)


def commands(session):
    ran = good(session.command.execute("echo hello"))
    expect(("hello\n", 0), (ran.output, ran.exit_code))
    expect("/tmp\n", good(session.command.execute("pwd", cwd="/tmp", timeout_ms=5000)).output)
    good(session.command.execute("mkdir -p '/tmp/c d' && mv -T '/tmp/elsewhere' '/tmp/c d/e'"))
    expect(["made.txt"], [entry["name"] for entry in good(session.file.list("/tmp/c d/e")).entries])
    ran = session.command.execute("rm '/tmp/c d'")
    expect((False, 1), (ran.success, ran.exit_code))
    good(session.command.execute("rm -rf '/tmp/c d'"))
    bad(session.command.execute("uname -a"), "not found")
    bad(session.command.execute("echo $HOME"), "does not run a shell")
    bad(session.code.run("1+1", "python"), "does not run python")


def run_commands(session):
    """Commands that really run: see ../run."""
    run = lambda command, **how: session.command.execute(command, timeout_ms=20_000, **how)
    ran = good(run("echo \"$((6 * 7))\" | tr 4 5; echo err >&2"))
    expect(("52\nerr\n", "52\n", "err\n", 0, ""), (ran.output, ran.stdout, ran.stderr, ran.exit_code, ran.trace_id))
    ran = run("echo out; exit 3")
    expect((False, 3, "out\n", ""), (ran.success, ran.exit_code, ran.stdout, ran.error_message))
    assert ran.trace_id
    ran = run("no-such-command")
    expect((False, 127), (ran.success, ran.exit_code))

    # The tools for files and the commands see the same files.
    good(session.file.mkdir("/home/agb/data"))
    good(session.file.write("/home/agb/data/in.txt", "b\na\n"))
    good(run("sort in.txt >out.txt", cwd="/home/agb/data"))
    expect("a\nb\n", good(session.file.read("/home/agb/data/out.txt")).content)
    expect("a\nb\n", good(run("cat data/out.txt")).stdout)
    expect("é b|x\n", good(run("echo \"$A|$B\"", envs={"A": "é b", "B": "x"})).stdout)
    bad(run("true", cwd="/home/agb/none"), "No such file or directory")
    bad(session.command.execute("sleep 60", timeout_ms=300), "Error code:-1 Error message: [timeout]")

    # A job of its own goes on after its call.
    good(run("setsid sh -c 'until [ -e go ]; do sleep 0.05; done; echo done >job' >/dev/null 2>&1 & echo started"))
    good(run("touch go; until [ -s job ]; do sleep 0.05; done"))
    expect("done\n", good(session.file.read("/home/agb/job")).content)


def run_code(session):
    ran = good(session.code.run("print('hi')\nopen('made.txt', 'w').write('x')\n1+1", "python"))
    expect((["hi\n"], [], "2", True), (ran.logs.stdout, ran.logs.stderr, ran.results[0].text, ran.results[0].is_main_result))
    expect((1, None), (ran.execution_count, ran.error))
    expect("x", good(session.file.read("/home/agb/made.txt")).content)
    ran = session.code.run("1/0", "Python3")
    expect((False, "ZeroDivisionError: division by zero"), (ran.success, ran.error_message))
    assert "line 1" in ran.logs.stderr[0], ran.logs
    ran = good(session.code.run("console.log('hi'); 6 * 7", "node"))
    expect((["hi\n"], "42"), (ran.logs.stdout, ran.results[0].text))
    rich = "class Rich:\n  def _repr_html_(self): return '<b>r</b>'\n  def _repr_png_(self): return b'1'\nRich()"
    ran = good(session.code.run(rich, "python"))
    expect(("<b>r</b>", "MQ=="), (ran.results[0].html, ran.results[0].png))
    bad(session.code.run("while True: pass", "python", timeout_s=1), "[timeout]")
    bad(session.code.run("1", "r"), "runs python and javascript")
    bad(session.code.run("1", "ruby"), "Unsupported language")


def stream_code(session):
    """Code whose output comes on a WebSocket as it is written."""
    came = []
    callbacks = {
        f"on_{name}": (lambda chunk, name=name: came.append((name, chunk))) for name in ("stdout", "stderr", "error")
    }
    run = lambda code, **how: session.code.run(code, "python", stream_beta=True, **callbacks, **how)
    code = "import sys, time\nprint('a')\ntime.sleep(0.3)\nprint('é', file=sys.stderr)\n1+1"
    ran = good(run(code, timeout_s=30))
    expect([("stdout", "a\n"), ("stderr", "é\n")], came)
    expect((["a\n"], ["é\n"], "2"), (ran.logs.stdout, ran.logs.stderr, ran.results[0].text))
    assert ran.execution_count and ran.execution_time > 0.3, ran
    ran = run("1/0")
    expect((False, "ZeroDivisionError", "division by zero"), (ran.success, ran.error.name, ran.error.value))
    expect(("error", "division by zero"), (came[-1][0], came[-1][1]["message"]))
    bad(run("while True: pass", timeout_s=1), "[timeout]")
    ran = good(run("print('x' * 3_000_000)"))
    expect(3_000_001, sum(map(len, ran.logs.stdout)))
    # The SDK takes no frame of more than 1 MiB.
    bad(run("'x' * 1_100_000"), "exceeds limit of 1048576 bytes")
    good(run("print('again')"))


def forms(session):
    """What this SDK makes of the older forms of results, in the order of the server's faults."""
    run = lambda command: session.command.execute(command, timeout_ms=20_000)
    failing = "echo out; echo err >&2; exit 3"
    ran = run(failing)
    expect((False, 3, "out\n", "err\n"), (ran.success, ran.exit_code, ran.stdout, ran.error_message))
    ran = run(failing)
    expect((False, 3, "out\n", "err\n"), (ran.success, ran.exit_code, ran.stdout, ran.error_message))
    ran = run(failing)
    expect((False, None, "Execution failed. Error code:3 Error message: err"), (ran.success, ran.exit_code, ran.error_message))
    ran = run(failing)
    expect((True, 0, "out\n"), (ran.success, ran.exit_code, ran.stdout))
    ran = run(failing)
    expect((True, None, "out\nerr\n"), (ran.success, ran.exit_code, ran.output))
    ran = session.code.run("print('a')\n1/0", "python")
    expect((True, "ZeroDivisionError", ["a\n"]), (ran.success, ran.error.name, ran.logs.stdout))
    ran = good(session.code.run("print('a')\n2", "python"))
    expect("a\n2", ran.results[0].text)
    ran = good(session.code.run("'text'", "python"))
    expect("'text'", ran.results[0].text)


def contexts(agb):
    made = good(agb.context.get("proj-a", create=True)).context
    expect(made.id, good(agb.context.get("proj-a")).context.id)
    expect([("proj-a", made.id)], [(one.name, one.id) for one in good(agb.context.list()).contexts])
    bad(agb.context.get("proj-none"), "Context not found")
    url = good(agb.context.get_file_upload_url(made.id, "/home/agb/data/a b.txt")).url
    expect(200, httpx.put(url, content=b"kept").status_code)
    files = good(agb.context.list_files(made.id, "/home/agb/data")).entries
    expect([("a b.txt", 4)], [(one.file_name, one.size) for one in files])

    # A session has it, and brings it back.
    loads = ContextSync(context_id=made.id, path="/home/agb/data", policy=SyncPolicy())
    session = good(agb.create(CreateSessionParams(image_id=IMAGE, context_syncs=[loads]))).session
    expect("kept", good(session.file.read("/home/agb/data/a b.txt")).content)
    good(session.file.write("/home/agb/data/new.txt", "from the session"))
    good(asyncio.run(session.context.sync()))
    states = [(one.task_type, one.status) for one in session.context.info().context_status_data]
    expect([("download", "Success"), ("upload", "Success")], sorted(states))
    good(agb.delete(session, sync_context=True))
    url = good(agb.context.get_file_download_url(made.id, "/home/agb/data/new.txt")).url
    expect(b"from the session", httpx.get(url).content)

    good(agb.context.delete_file(made.id, "/home/agb/data/new.txt"))
    expect(404, httpx.get(url).status_code)
    made.name = "proj-b"
    good(agb.context.update(made))
    good(agb.context.clear(made.id))
    expect([], good(agb.context.list_files(made.id, "/home/agb/data")).entries)
    good(agb.context.delete(made))
    expect([], good(agb.context.list()).contexts)


def faults(agb):
    """What the server was told to do: see ../run."""
    bad(agb.create(CreateSessionParams(image_id=IMAGE)), "requested fault")
    bad(agb.create(CreateSessionParams(image_id=IMAGE)), "requested fault")
    session = make(agb)
    bad(session.file.list("/tmp"), "requested fault")
    where = session.file.transfer_path()
    with tempfile.TemporaryDirectory() as local:
        up, down = os.path.join(local, "up.bin"), os.path.join(local, "down.bin")
        with open(up, "wb") as out:
            out.write(b"0123456789")
        send = lambda name: session.file.upload(up, f"{where}/{name}/x", wait_timeout=2.0, poll_interval=0.2)
        there = lambda name: session.file.info(f"{where}/{name}/x")
        # In the order of the server's faults. The SDK takes no notice of the first.
        send("refused")
        bad(there("refused"), "No such file or directory")
        # It never learns that this one is at its end.
        bad(send("failed"), "not finished")
        bad(send("broken"), "requested fault")
        good(send("missing"))
        bad(there("missing"), "No such file or directory")
        good(send("partial"))
        expect(5, good(there("partial")).file_info["size"])
        start = time.monotonic()
        good(send("slow"))
        assert time.monotonic() - start > 2, "a slow sync is asked for three times"
        expect(10, good(there("slow")).file_info["size"])
        # The object is not there although the sync went well.
        good(session.file.write(f"{where}/slow/y", "y"))
        expect(404, session.file.download(f"{where}/slow/y", down).http_status)
    good(agb.delete(session))


if __name__ == "__main__":
    main()
