"""The list of all errors, read from the code that raises them."""

import ast
from pathlib import Path

import sklearn_baylime


def write_errors(path: Path):
    """Write a page of every message, by package."""
    root = Path(sklearn_baylime.__path__[0])
    lines = ["All errors", "==========", "", "What stands at … differs.", ""]
    for folder in sorted(p for p in root.iterdir() if (p / "__init__.py").exists()):
        found = sorted({m for file in folder.rglob("*.py") for m in messages(file)})
        if found:
            lines += [folder.name, "-" * len(folder.name), ""]
            lines += [f"* **{kind}**: {text}" for kind, text in found] + [""]
    content = "\n".join(lines)
    if not path.exists() or path.read_text(encoding="utf-8") != content:
        path.write_text(content, encoding="utf-8")


def messages(file: Path):
    """Yield kind and message of what a file raises, with … where words are put in."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            call = node.exc
            if isinstance(call.func, ast.Name) and call.args:
                if text := words_of(call.args[0]).strip():
                    yield call.func.id, _escape(text)


def words_of(node):
    """Return the text of a string of the code, "" where it is none."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(words_of(part) or "…" for part in node.values)
    if isinstance(node, ast.BinOp):
        return words_of(node.left) + words_of(node.right)
    return ""


def _escape(text):
    for mark in "\\*`|_":
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())
