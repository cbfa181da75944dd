"""Copies a directory into or out of a session with the official Python SDK, file by file, as its documentation does, or
several at once.

    python agb_sdk.py up SESSION DIRECTORY REMOTE [THREADS]
    python agb_sdk.py down SESSION REMOTE DIRECTORY [THREADS]
"""

import pathlib
import sys
from concurrent.futures import ThreadPoolExecutor

from agb import AGB


def main():
    verb, id, source, target, *threads = sys.argv[1:]
    got = AGB().get(id)
    assert got.success, got.error_message
    files = got.session.file
    with ThreadPoolExecutor(int(threads[0]) if threads else 1) as pool:
        if verb == "up":
            work = lambda path: files.upload(local_path=str(path), remote_path=f"{target}/{path.name}")
            done = pool.map(work, sorted(pathlib.Path(source).iterdir()))
        else:
            listed = files.list(source)
            assert listed.success, listed.error_message
            pathlib.Path(target).mkdir()
            work = lambda entry: files.download(
                remote_path=f"{source}/{entry['name']}", local_path=f"{target}/{entry['name']}")
            done = pool.map(work, listed.entries)
        for result in done:
            assert result.success, result.error_message


main()
