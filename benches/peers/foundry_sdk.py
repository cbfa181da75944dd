"""Uploads a directory into a session with the official Python SDK, sixteen files at once, or as many as THREADS says.

    python foundry_sdk.py DIRECTORY SESSION
"""

import os
import pathlib
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from azure.ai.projects import AIProjectClient
from azure.core.credentials import AccessToken


class Token:
    def get_token(self, *_, **__):
        return AccessToken(os.environ["WHARF_FOUNDRY_TOKEN"], int(time.time()) + 3600)


def main():
    root, session = pathlib.Path(sys.argv[1]), sys.argv[2]
    with AIProjectClient(endpoint=os.environ["FOUNDRY_PROJECT_ENDPOINT"], credential=Token()) as client:

        def upload(path):
            content = path.read_bytes()
            answer = client.agents.upload_session_file(os.environ["WHARF_AGENT"], session, content, path=f"tree/{path.relative_to(root)}")
            assert answer.bytes_written == len(content), path

        with ThreadPoolExecutor(int(os.environ.get("THREADS", "16"))) as pool:
            for _ in pool.map(upload, (path for path in sorted(root.rglob("*")) if path.is_file())):
                pass


main()
