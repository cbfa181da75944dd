"""Copies a directory into or out of a session with the official Python SDK, file by file, as its documentation does.

    python agb_sdk.py up SESSION DIRECTORY REMOTE
    python agb_sdk.py down SESSION REMOTE DIRECTORY
"""

import pathlib
import sys

from agb import AGB


def main():
    verb, id, source, target = sys.argv[1:]
    got = AGB().get(id)
    assert got.success, got.error_message
    files = got.session.file
    if verb == "up":
        for path in sorted(pathlib.Path(source).iterdir()):
            done = files.upload(local_path=str(path), remote_path=f"{target}/{path.name}")
            assert done.success, done.error_message
    else:
        listed = files.list(source)
        assert listed.success, listed.error_message
        pathlib.Path(target).mkdir()
        for entry in listed.entries:
            done = files.download(remote_path=f"{source}/{entry['name']}", local_path=f"{target}/{entry['name']}")
            assert done.success, done.error_message


main()
