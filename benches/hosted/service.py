"""A `wharf serve` process, and helpers of the rows."""

import os
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent.parent


class Service:
    """A `wharf serve` process and the environment of its clients."""

    def __init__(self, stage, services, *flags):
        self.process = subprocess.Popen([stage.wharf_path, "serve", *flags], env=stage.env, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        services.callback(self.stop)
        self.env = dict(stage.env)
        # The server prints all variables in one write.
        for line in os.read(self.process.stdout.fileno(), 1 << 16).decode().splitlines():
            name, _, value = line.removeprefix("export ").partition("=")
            if line.startswith("export "):
                self.env[name] = value.strip("'")

    def stop(self):
        self.process.terminate()
        self.process.wait()


def sdk():
    """Returns the environment of rows with an SDK, or None without SDK_PYTHON."""
    python = os.environ.get("SDK_PYTHON")
    return {"SDK_PYTHON": python, "PEERS": str(HERE / "peers")} if python else None


def output(stage, env, *args):
    """Returns what a command of wharf prints."""
    done = subprocess.run([stage.wharf_path, *args], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=True, text=True)
    return done.stdout.strip()
