"""Prints two presigned URLs of an object in a session's context: one to upload it, one to download it.

    python agb_url.py SESSION [NAME]
"""

import json
import os
import sys
import urllib.parse
import urllib.request


def call(path, **query):
    url = f"{os.environ['AGB_ENDPOINT']}{path}?{urllib.parse.urlencode(query)}"
    headers = {"authorization": f"Bearer {os.environ['AGB_API_KEY']}", "content-type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url, b"{}", headers)) as answer:
        return json.load(answer)["data"]


context = call("/sdk/GetAndLoadInternalContext", sessionId=sys.argv[1], contextTypes='["file_transfer"]')[0]
name = sys.argv[2] if len(sys.argv) > 2 else "peer"
for way in "Upload", "Download":
    print(call(f"/sdk/GetContextFile{way}Url", contextId=context["contextId"], filePath=f"{context['contextPath']}/{name}")["url"])
