"""Uploads and mounts the files of directories with the official Python SDK, sixteen at once.

    python anthropic_sdk.py SESSIONS DIRECTORY...     a file with a session's id on each line, one for each DIRECTORY
"""

import pathlib
import sys
from concurrent.futures import ThreadPoolExecutor

from anthropic import Anthropic


def main():
    sessions = pathlib.Path(sys.argv[1]).read_text().split()
    client = Anthropic()

    def put(work):
        session, path = work
        stored = client.beta.files.upload(file=path)
        mounted = client.beta.sessions.resources.add(
            session, type="file", file_id=stored.id, mount_path=f"/{path.parent.name}/{path.name}")
        assert mounted.file_id and stored.size_bytes == path.stat().st_size, path

    work = [(session, path) for session, directory in zip(sessions, sys.argv[2:], strict=True)
            for path in sorted(pathlib.Path(directory).iterdir())]
    with ThreadPoolExecutor(16) as pool:
        for _ in pool.map(put, work):
            pass


main()
