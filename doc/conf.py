"""The documentation's settings: ``python -m sphinx -W doc doc/_build/html``."""

import os
import sys
from pathlib import Path

DOC = Path(__file__).parent
sys.path[:0] = [str(DOC.parent), str(DOC)]

import _api  # noqa: E402
import _errors  # noqa: E402

import sklearn_baylime  # noqa: E402
from sklearn_baylime.base import _links  # noqa: E402

os.environ.setdefault("MPLBACKEND", "Agg")

# Diagrams of the gallery link to the pages of this very build.
_links.folder = "../api/generated/"

project = "sklearn_baylime"
author = copyright = "The sklearn_baylime developers"
version = release = sklearn_baylime.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "numpydoc",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "gallery/**/*.ipynb", "gallery/*.md5"]
templates_path = ["_templates"]

# Pages of all that is public, from the packages' `__all__`.
_api.write_pages(DOC / "api")
_errors.write_errors(DOC / "api" / "errors.rst")
autosummary_generate = True
autosummary_generate_overwrite = True
autodoc_default_options = {"members": True, "inherited-members": False}
# Signatures stay short; types stand in the docstrings.
autodoc_typehints = "none"
numpydoc_class_members_toctree = False
numpydoc_show_class_members = False

myst_enable_extensions = ["colon_fence", "dollarmath", "deflist"]
myst_heading_anchors = 3

# Examples that take long, or need packages that nothing else does, are executed when
# asked for; all are shown.
_ran = r"plot_(?!photographs|newsgroups|fooled_explainers|cluster)"
if os.environ.get("BAYLIME_ALL_EXAMPLES"):
    _ran = "plot_"
sphinx_gallery_conf = {
    "examples_dirs": str(DOC.parent / "examples"),
    "gallery_dirs": "gallery",
    "filename_pattern": _ran,
    "capture_repr": ("_repr_html_", "__repr__"),
    # A picture is shown as such.
    "ignore_repr_types": r"Display",
    "abort_on_example_error": True,
    "download_all_examples": False,
    "show_memory": False,
    "show_signature": False,
    "remove_config_comments": True,
    "min_reported_time": 30,
    "reset_modules": ("matplotlib",),
}

html_theme = "pydata_sphinx_theme"
html_title = "sklearn_baylime"
html_theme_options = {
    "show_prev_next": False,
    "navigation_with_keys": False,
    "show_toc_level": 2,
    "secondary_sidebar_items": ["page-toc"],
    "header_links_before_dropdown": 6,
}
html_context = {"default_mode": "auto"}
# Pages of text have no pages below them.
html_sidebars = {page.stem: [] for page in DOC.glob("*.md")}
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_extra_path = ["llms.txt"]
