"""Names the public symbols without a comment, and fails when there are any.

Usage: python3 scripts/undocumented.py FOLDER, with the symbol graphs below it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def undocumented(graph: dict) -> list[str]:
    found = []
    for symbol in graph["symbols"]:
        if symbol["accessLevel"] not in ("public", "open") or "::SYNTHESIZED::" in symbol["identifier"]["precise"]:
            continue
        if not any(line["text"].strip() for line in symbol.get("docComment", {}).get("lines", [])):
            # What has no place in a file was made by the compiler, such as the initializer of an enumeration's raw value.
            if (location := symbol.get("location")) is None:
                continue
            file = location["uri"].rpartition("/Sources/")[2]
            line = location["position"]["line"] + 1
            found.append(f"{graph['module']['name']}.{'.'.join(symbol['pathComponents'])} (Sources/{file}:{line})")
    return found


def main() -> None:
    graphs = sorted(Path(sys.argv[1]).rglob("*.symbols.json"))
    if not graphs:
        sys.exit(f"error: no symbol graphs below {sys.argv[1]}")
    found = [name for path in graphs for name in undocumented(json.loads(path.read_text()))]
    for name in found:
        print(f"error: not documented: {name}", file=sys.stderr)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
