#!/usr/bin/env python3
"""Writes the example plugin's files into the Swift table that the program carries; a test compares both."""

from pathlib import Path

root = Path(__file__).resolve().parent.parent
example = root / "Examples/Plugins/digit-classifier"
target = root / "Sources/SynapseCLI/Commands/Demo/DigitClassifier+Files.swift"

lines = [
    "// swift-format-ignore-file",
    "// The files of Examples/Plugins/digit-classifier, written by scripts/embed_example.py: change them there.",
    "extension DigitClassifier {",
    "    static let files: [(name: String, text: StaticString)] = [",
]
for file in sorted(path for path in example.iterdir() if path.is_file() and path.suffix in (".py", ".md", ".yaml")):
    text = file.read_text("utf-8")
    assert text.endswith("\n") and '"""#' not in text and "\\#" not in text, file
    lines += ["        (", f'            "{file.name}",', '            #"""']
    lines += [f"            {line}" if line else "" for line in text.split("\n")]
    lines += ['            """#', "        ),"]
lines += ["    ]", "}", ""]
target.write_text("\n".join(lines), "utf-8")
