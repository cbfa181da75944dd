"""Older versions of the official Python SDK against `wharf serve --tls`: files, commands, contexts.

Run by ../run, once for each version, with that version in PYTHONPATH. Versions up to 0.4.1 do not ask
the service to start no new session, and take an answer of 400 to a tool call for success: what they
claim to have written is therefore read back through the newest one, which runs beside them.
"""

import json
import os
import random
import subprocess
import sys
import tempfile

from agb import AGB
from agb.session_params import CreateSessionParams

IMAGE = "agb-code-space-1"


def expect(wanted, found):
    assert wanted == found, f"{wanted!r:.500} was expected, {found!r:.500} came"


def good(result):
    assert result.success, f"it failed: {result.error_message!r:.500}"
    return result


def bad(result, reason):
    assert not result.success, f"it was to fail: {reason}"
    assert reason in (result.error_message or ""), f"{reason!r} was expected: {result.error_message!r:.500}"


def main():
    if sys.argv[1:2] == ["read"]:
        # The newest version, in a process of its own.
        session = good(AGB().get(sys.argv[2])).session
        answers = [session.file.read(path) for path in sys.argv[3:]]
        print(json.dumps([answer.content if answer.success else None for answer in answers]))
        return
    agb = AGB()
    session = good(agb.create(CreateSessionParams(image_id=IMAGE, labels={"page": "files"}))).session
    expect([session.session_id], good(agb.list(labels={"page": "files"})).session_ids)
    expect({"page": "files"}, good(session.get_labels()).data)
    good(session.set_labels({"page": "other"}))
    expect({"page": "other"}, good(session.get_labels()).data)
    files(session)
    if hasattr(session.file_system, "upload_file"):
        transfer(session.file_system)
    commands(session)
    context = good(agb.context.get("older", create=True)).context
    expect([context.id], [one.id for one in good(agb.context.list()).contexts])
    good(agb.context.delete(context))
    good(agb.delete(session))
    expect([], good(agb.list()).session_ids)
    print("sdk: all as expected")


def files(session):
    file, large = session.file_system, "0123456789\n" * 12_000
    good(file.create_directory("/tmp/demo/dir"))
    good(file.write_file("/tmp/demo/a.txt", "Hello AGB\n"))
    good(file.write_file("/tmp/demo/a.txt", "more é漢😀\n", mode="append"))
    good(file.write_file("/tmp/demo/large.txt", large))
    text = "Hello AGB\nmore é漢😀\n"
    paths = ["/tmp/demo/a.txt", "/tmp/demo/large.txt", "/tmp/demo/none"]
    expect([text, large, None], through_the_newest(session.session_id, paths))
    expect(text, good(file.read_file("/tmp/demo/a.txt")).content)
    expect(large, good(file.read_file("/tmp/demo/large.txt")).content)
    info = good(file.get_file_info("/tmp/demo/large.txt")).file_info
    expect((len(large), False), (info["size"], info["isDirectory"]))
    listed = sorted((entry["name"], entry["isDirectory"]) for entry in good(file.list_directory("/tmp/demo")).entries)
    expect([("a.txt", False), ("dir", True), ("large.txt", False)], listed)
    good(file.edit_file("/tmp/demo/a.txt", [{"oldText": "Hello", "newText": "Bye"}]))
    good(file.move_file("/tmp/demo/a.txt", "/tmp/demo/dir/b.txt"))
    expect([None, text.replace("Hello", "Bye")], through_the_newest(session.session_id, [paths[0], "/tmp/demo/dir/b.txt"]))
    expect(["/tmp/demo/large.txt"], good(file.search_files("/tmp/demo", "large*")).matches)
    contents = good(file.read_multiple_files(["/tmp/demo/dir/b.txt"])).contents
    expect(text.replace("Hello", "Bye").strip(), contents["/tmp/demo/dir/b.txt"])
    bad(file.read_file("/tmp/demo/none"), "No such file or directory")
    bad(file.list_directory("/tmp/none"), "No such file or directory")


def through_the_newest(session, paths):
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    read = [sys.executable, __file__, "read", session, *paths]
    run = subprocess.run(read, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-2000:]
    return json.loads(run.stdout.splitlines()[-1])


def transfer(file):
    content = random.Random(7).randbytes(300_000)
    with tempfile.TemporaryDirectory() as local:
        up, down = os.path.join(local, "up.bin"), os.path.join(local, "down.bin")
        with open(up, "wb") as out:
            out.write(content)
        where = file.get_file_transfer_context_path()
        expect(len(content), good(file.upload_file(up, f"{where}/up.bin")).bytes_sent)
        expect(len(content), good(file.download_file(f"{where}/up.bin", down)).bytes_received)
        with open(down, "rb") as came:
            assert came.read() == content


def commands(session):
    # They pass on what the tool answers, which newer versions read.
    ran = json.loads(good(session.command.execute_command("echo hello")).output)
    expect(("hello\n", 0), (ran["stdout"], ran["exit_code"]))
    bad(session.command.execute_command("uname -a"), "not found")


if __name__ == "__main__":
    main()
