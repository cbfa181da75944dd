"""Runs code as a notebook's cell is run: the value of a last expression is its main result.

Called with a file for the result and the code. Writes JSON: `result` and `error`.
"""
import ast
import base64
import json
import linecache
import sys
import traceback

path, code = sys.argv[1:3]
sys.argv[1:] = []
for stream in (sys.stdout, sys.stderr):
    stream.reconfigure(line_buffering=True)
NAME = "<code>"
MIME = {
    "text/html": "_repr_html_",
    "text/markdown": "_repr_markdown_",
    "text/latex": "_repr_latex_",
    "image/svg+xml": "_repr_svg_",
    "application/json": "_repr_json_",
    "image/png": "_repr_png_",
    "image/jpeg": "_repr_jpeg_",
}
told = {"result": [], "error": None}


def shown(value):
    item = {"text/plain": repr(value)}
    for mime, name in MIME.items():
        form = None if isinstance(value, type) else getattr(value, name, None)
        data = form() if callable(form) else None
        if data is not None:
            item[mime] = base64.b64encode(data).decode() if isinstance(data, bytes) else data
    item["isMainResult"] = True
    return item


try:
    linecache.cache[NAME] = (len(code), None, code.splitlines(True), NAME)
    tree = ast.parse(code, NAME)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    space = {"__name__": "__main__", "__builtins__": __builtins__}
    exec(compile(tree, NAME, "exec"), space)
    if last is not None:
        value = eval(compile(ast.Expression(last.value), NAME, "eval"), space)
        if value is not None:
            told["result"].append(shown(value))
except BaseException as error:
    if not (isinstance(error, SystemExit) and error.code in (None, 0)):
        # The first frame is this file's.
        lines = traceback.format_exception(type(error), error, error.__traceback__ and error.__traceback__.tb_next)
        told["error"] = {"name": type(error).__name__, "value": str(error), "traceback": "".join(lines)}
        sys.stderr.write("".join(lines))
with open(path, "w", encoding="ascii") as out:
    # Half a surrogate pair is no text elsewhere.
    text = json.dumps(told, ensure_ascii=False).encode("utf-8", "replace").decode()
    out.write(json.dumps(json.loads(text)))
