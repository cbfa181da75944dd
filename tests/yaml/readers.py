#!/usr/bin/env python3
"""Checks that YAML readers see in DIR/N.yaml the data of DIR/N.json.

Usage: readers.py DIR

Reads every pair with PyYAML (YAML 1.1) and ruamel.yaml (YAML 1.2), and compares
values, their types and the order of keys. Prints each difference, then
`N passed, M failed`; exits with 1 if a pair failed or there is none.

Needs: pip install pyyaml ruamel.yaml
"""

import json
import pathlib
import sys

import ruamel.yaml
import yaml


def read_yaml_11(text):
    return yaml.load(text, Loader=yaml.SafeLoader)


def read_yaml_12(text):
    return ruamel.yaml.YAML(typ="safe", pure=True).load(text)


READERS = {"PyYAML": read_yaml_11, "ruamel.yaml": read_yaml_12}


def difference(wanted, found, where="$"):
    """Where the two differ first and how, or None. 1, 1.0 and True all differ."""
    if type(wanted) is not type(found):
        return f"{where}: {wanted!r:.200} was read as {found!r:.200}"
    if isinstance(wanted, dict):
        if list(wanted) != list(found):
            return f"{where}: keys {list(wanted)!r:.200} were read as {list(found)!r:.200}"
        pairs = ((key, wanted[key], found[key]) for key in wanted)
    elif isinstance(wanted, list):
        if len(wanted) != len(found):
            return f"{where}: {len(wanted)} items were read as {len(found)}"
        pairs = ((n, *items) for n, items in enumerate(zip(wanted, found)))
    else:
        pairs = ()
        if wanted != found:
            return f"{where}: {wanted!r:.200} was read as {found!r:.200}"
    for key, one, other in pairs:
        if problem := difference(one, other, f"{where}[{key!r:.80}]"):
            return problem
    return None


def check(json_path):
    """The problems with one pair, one for each reader that has any."""
    wanted = json.loads(json_path.read_bytes())
    for name, read in READERS.items():
        try:
            found = read(json_path.with_suffix(".yaml").read_bytes())
        except Exception as error:  # whatever a reader raises is a failure of the pair
            yield f"{name}: {error}"
        else:
            if problem := difference(wanted, found):
                yield f"{name}: {problem}"


def main(directory):
    passed = failed = 0
    for path in sorted(pathlib.Path(directory).glob("*.json")):
        problems = list(check(path))
        for problem in problems:
            print(f"FAILED {path.with_suffix('.yaml')}: {problem}")
        passed += not problems
        failed += bool(problems)
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
