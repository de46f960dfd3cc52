"""A notebook that is executed, in notebooks' themes, on light and dark systems."""

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

CELLS = [
    """
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn_baylime import make_tabular_explainer, make_text_explainer
X = np.random.RandomState(0).normal(size=(60, 3))
model = LogisticRegression().fit(X, X[:, 0] > 0)
explainer = make_tabular_explainer(model, n_samples=200, random_state=0).fit(X)
""",
    "explainer",
    "explainer.explain_instance(X[0])",
    "explainer.explain(X[:4])",
    """
count = lambda texts: [t.count('good') - t.count('bad') for t in texts]
make_text_explainer(count, random_state=0).explain_instance('good, bad and good')
""",
    """
import sys
sys.modules['ipywidgets'] = None  # as where it is not installed
explainer.set_params(verbose=True).explain_instance(X[1]).target_names
""",
]

# Executes the cells in a kernel, and writes the notebook as themes show it.
RUN = """
import json, sys
import nbformat
from nbclient import NotebookClient
from nbconvert import HTMLExporter
cells = json.loads(sys.argv[1])
made = nbformat.v4.new_notebook()
made.cells = [nbformat.v4.new_code_cell(c.strip()) for c in cells]
NotebookClient(made, timeout=300, kernel_name="python3").execute()
for name, options in {
    "lab-light": dict(template_name="lab", theme="light"),
    "lab-dark": dict(template_name="lab", theme="dark"),
    "classic": dict(template_name="classic"),
}.items():
    page = HTMLExporter(**options).from_notebook_node(made)[0]
    open(f"{name}.html", "w", encoding="utf-8").write(page)
outputs = [output for cell in made.cells for output in cell.outputs]
json.dump(outputs, open("outputs.json", "w"))
"""

# What stands around outputs elsewhere: the marks of themes, and rules for tables.
SHELLS = {
    "vscode-light": '<body class="vscode-light" style="background:#fff;color:#3b3b3b">',
    "vscode-dark": '<body class="vscode-dark" style="background:#1f1f1f;color:#ccc">',
    "colab-light": '<body style="background:#fff;color:#202124">',
    "colab-dark": '<body style="background:#383838;color:#e3e3e3">',
}
RULES = (
    "<style>tr { background: #fff; color: #000 }"
    " tr:nth-child(even) { background: #eee }"
    " td, th { border: 1px solid #bbb; font-size: 11px }</style>"
)
THEMES = ["lab-light", "lab-dark", "classic", *SHELLS]


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """Return the folder with the executed notebook's pages, and its outputs."""
    for package in ("nbclient", "nbconvert", "ipykernel", "tqdm"):
        pytest.importorskip(package, reason=f"needs {package}: the extra notebook")
    folder = tmp_path_factory.mktemp("notebook")
    command = [sys.executable, "-W", "ignore", "-c", RUN, json.dumps(CELLS)]
    paths = [str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    outputs = json.loads((folder / "outputs.json").read_text())
    shown = "".join(
        "".join(o["data"].get("text/html", "")) for o in outputs if "data" in o
    )
    for name, body in SHELLS.items():
        where = name.replace("colab-", "theme=") if "colab" in name else "lang=en"
        page = f"<!DOCTYPE html><html {where}>{RULES}{body}{shown}"
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    for path in folder.glob("*.html"):
        # Programs of notebooks come from the net, which is not there.
        text = re.sub(r"<script.*?</script>", "", path.read_text("utf-8"), flags=re.S)
        path.write_text(re.sub(r"<link[^>]*>", "", text), encoding="utf-8")
    return folder, outputs


@pytest.mark.slow
def test_everything_shows_itself(notebook):
    outputs = notebook[1]
    shown = [
        o["data"]["text/html"] for o in outputs if "text/html" in o.get("data", {})
    ]
    diagram, page, several, text = map("".join, shown)
    assert "QuantileDiscretizer" in diagram and "LogisticRegression" in diagram
    assert "<table>" in page and "4 explanations" in several and "<mark" in text


@pytest.mark.slow
def test_progress_needs_no_widgets(notebook):
    told = [o for o in notebook[1] if o["output_type"] == "stream"]
    assert {o["name"] for o in told} == {"stdout"}
    assert "asking the model: 100%" in "".join("".join(o["text"]) for o in told)


@pytest.mark.slow
@pytest.mark.parametrize("system", ["light", "dark"])
@pytest.mark.parametrize("theme", THEMES)
def test_themes(browser, notebook, contrasts, theme, system):
    found = contrasts(browser.show(notebook[0] / f"{theme}.html", scheme=system))
    assert len(found["texts"]) > 40 and len(found["marks"]) > 10
    assert not [one for one in found["texts"] if one[0] < 4.5]
    assert not [one for one in found["marks"] if one[0] < 3]
    assert not browser.messages()


@pytest.mark.slow
@pytest.mark.parametrize("system", ["light", "dark"])
@pytest.mark.parametrize("theme", THEMES)
def test_pixels_follow_the_notebook(browser, notebook, theme, system):
    """What is seen: letters on paper that is as light or dark as the notebook."""
    image = pytest.importorskip("PIL.Image")
    browser.show(notebook[0] / f"{theme}.html", scheme=system)
    place = browser.ask(
        "(() => {const r = document.querySelector('.baylime tbody th')"
        ".getBoundingClientRect();"
        "return [r.left, r.top + scrollY, r.right, r.bottom + scrollY]})()"
    )
    picture = image.open(io.BytesIO(browser.picture())).convert("L").crop(place)
    greys = np.asarray(picture, dtype=float)
    paper = np.median(greys)
    is_dark = "dark" in theme
    assert (paper < 60) if is_dark else (paper > 200)
    assert (greys.max() > 180) if is_dark else (greys.min() < 90)
