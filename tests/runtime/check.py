"""wharf's client against an agent on Microsoft's own container runtime.

Usage: check.py WHARF PORT
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

WHARF, PORT = sys.argv[1:]
HOME = tempfile.TemporaryDirectory()
ENV = {
    "PATH": os.environ["PATH"],
    "HOME": HOME.name,
    "WHARF_HOME": os.path.join(HOME.name, "wharf"),
    "WHARF_BACKEND": "foundry",
    "WHARF_FOUNDRY_TOKEN": "token",
    "WHARF_AGENT": "echo",
    "FOUNDRY_PROJECT_ENDPOINT": f"http://127.0.0.1:{PORT}/api/projects/p",
}
SESSION = "session-0001"
CHECKS = 0


def check(what, is_so, detail=""):
    global CHECKS
    CHECKS += 1
    if not is_so:
        sys.exit(f"FAILED: {what}\n{detail}")


def wharf(*words, status=0):
    ran = subprocess.run([WHARF, *words], env=ENV, capture_output=True, text=True, timeout=60)
    shown = f"{words}: status {ran.returncode}\nstdout: {ran.stdout}\nstderr: {ran.stderr}"
    check(f"the status of {words}", ran.returncode == status, shown)
    return ran


def runs(text):
    """How often the agent was given this text."""
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/runs") as answer:
        return json.load(answer).get(text, 0)


def invoke(text, *flags, status=0, out=None, err=None):
    ran = wharf("invoke", SESSION, text, *flags, status=status)
    shown = f"{text} {flags}\nstdout: {ran.stdout}\nstderr: {ran.stderr}"
    if out is not None:
        check(f"the text of {text!r}", ran.stdout == out, shown)
    if err is not None:
        check(f"the error of {text!r}", err in ran.stderr, shown)
    check(f"{text!r} was sent once", runs(text) == 1, f"{runs(text)} times")
    return ran


def killed(text, *flags, how=signal.SIGKILL, after=1.0):
    """Kills an invocation once it says something."""
    command = subprocess.Popen(
        [WHARF, "invoke", SESSION, text, *flags], env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    time.sleep(after)
    command.send_signal(how)
    out, err = command.communicate(timeout=30)
    return command.returncode, out, err


PARTS = "".join(f"part{number} " for number in range(6)) + "\n"

# Responses.
invoke("hello", out="echo: hello (1)\n")
invoke("tool", out="811 rows.\n", err="wc")
invoke("boom", status=14, out="", err="the agent failed")
invoke("fail", status=14, err="the model is gone")
invoke("incomplete", status=14, err="max_output_tokens")
invoke("slow 1", out=PARTS)
# The connection breaks in the middle: the agent goes on, and the stream is resumed.
invoke("slow cut", out=PARTS)
events = [json.loads(line) for line in invoke("slow cut 2", "--format", "jsonl").stdout.splitlines()]
result = events[-1]
check("the result of a turn that was resumed", (result["status"], result["text"]) == ("completed", PARTS.strip("\n")))
check("the stream was resumed once", result["reconnects"] == 1, result)
deltas = "".join(event["text"] for event in events if event["type"] == "text_delta")
check("each piece came once", deltas == PARTS.strip("\n"), deltas)
result = json.loads(invoke("hi", "--conversation", "new", "--format", "json").stdout)
check("the conversation is in the result", result["conversation"].startswith("conv_"), result)
invoke("again", "--conversation", result["conversation"], out="echo: again (1)\n")
with tempfile.NamedTemporaryFile("w", suffix=".csv") as table:
    table.write("a,b\n1,2\n")
    table.flush()
    invoke("look", "--attach", table.name, out="echo: look (1)\n")
wharf("invoke", "no-session-1", "hello", status=4)
check("nothing was sent to a session that does not exist", runs("hello") == 1)

# Stopping stops the agent.
status, out, err = killed("slow stop", how=signal.SIGINT)
check("a turn that was stopped", status == 130 and "part5" not in out, (status, out, err))
status, out, err = killed("slow killed")
check("a killed turn", status == -signal.SIGKILL, (status, out, err))
followed = wharf("invoke", SESSION, "--follow")
check("a turn that goes on is followed from its start", followed.stdout == PARTS, followed)
killed("slow interrupted")
wharf("sessions", "interrupt", SESSION)
followed = wharf("invoke", SESSION, "--follow", status=130)
check("an interrupted turn is no success", "part5" not in followed.stdout, followed)

# Invocations.
both = ("--protocol", "invocations")
invoke('{"message":"hi"}', *both, out='{"echo":{"message":"hi"}}\n')
invoke("words", *both, out='{"echo":"words"}\n')
invoke("text", *both, out="plain words\n")
invoke("stream", *both, out="".join('{"delta": %d}\n' % number for number in range(3)))
invoke("error", *both, status=14, out="", err="no rows")
later = json.loads(invoke("later", *both).stdout)
check("work that ends later", later["result"] == {"rows": 811}, later)
ran = wharf("invoke", SESSION, "--protocol", "invocations", "--conversation", "new", "x", status=7)

# The log.
lines = wharf("sessions", "logs", SESSION, "--tail", "2", "-q").stdout.splitlines()
check("the end of the log", lines[-1] == "invoked: later" and len(lines) == 2, lines)
print(f"ok: {CHECKS} checks against Microsoft's runtime")
