"""A browser for the tests, and pages of explanations to open in it."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from sklearn_baylime import Explanation
from sklearn_baylime.explanation import ImageInstance, TextInstance

_FILE = Path(__file__).with_name("_chromium.py")
_SPEC = importlib.util.spec_from_file_location("_chromium", _FILE)
_chromium = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_chromium)


@pytest.fixture(scope="session")
def browser():
    path = _chromium.find_chromium()
    if path is None:
        pytest.skip("needs Chromium, such as `apt install chromium`")
    with _chromium.Chromium(path) as opened:
        yield opened


def make(names, coef, **changes):
    """Return an explanation of features of any names."""
    coef = np.atleast_2d(coef)
    n_targets, d = coef.shape
    content = {
        "feature_names": names,
        "targets": range(n_targets),
        "target_names": [f"class {t}" for t in range(n_targets)],
        "coef": coef,
        "selected_covariance": np.tile(np.eye(d) * 0.1**2, (n_targets, 1, 1)),
        "prior_share": np.zeros((n_targets, d)),
        "selected": np.ones((n_targets, d), dtype=bool),
        "n_queries": 100,
        "n_rows": 100,
        "effective_sample_size": 80.0,
        "warnings": ["Few rows: take more."],
    }
    for name in ("intercept", "local_prediction", "score", "loo_score"):
        content[name] = np.full(n_targets, 0.5)
    content["prediction"] = np.full(n_targets, 1 / n_targets)
    content["conflict"] = np.full(n_targets, np.nan)
    return Explanation(**{**content, **changes})


def _table():
    return make(["age > 3", "height <= 2", "US$ vs A$"], [[0.5, -0.9, 0.05]])


def _text():
    text = "good, very good and bad"
    spans = [[(0, 4), (11, 15)], [(6, 10)], [(20, 23)]]
    instance = TextInstance(text, spans)
    return make(["good", "very", "bad"], [[0.5, 0.02, -0.9]], instance=instance)


def _image():
    pixels = np.random.RandomState(0).randint(0, 256, (40, 60, 3)).astype(np.uint8)
    segments = np.kron([[0, 1], [2, 3]], np.ones((20, 30), dtype=int))
    names = [f"segment {j}" for j in range(4)]
    instance = ImageInstance(pixels, segments)
    return make(names, [[0.5, -0.9, 0.1, -0.05]], instance=instance)


def _long():
    start = "average_monthly_volume_of_customer_segment_"
    names = [f"{start}{j}_in_the_region_north_by_north_west_(EUR)" for j in range(100)]
    names[0] = "x" * 300
    return make(names, [np.linspace(1, -1, 100)])


def _ten():
    rng = np.random.RandomState(0)
    return make([f"pixel {j}" for j in range(20)], rng.normal(size=(10, 20)) / 2)


KINDS = {"table": _table, "text": _text, "image": _image, "long": _long, "ten": _ten}


@pytest.fixture(params=KINDS)
def page(request, tmp_path):
    """Return the path of a page of some kind."""
    return KINDS[request.param]().save(tmp_path / f"{request.param}.html")


@pytest.fixture
def page_of(tmp_path):
    def save(kind):
        return KINDS[kind]().save(tmp_path / f"{kind}.html")

    return save


# Contrast as WCAG 2 defines it: of texts with what is behind them, and of marks that
# say something, each with the paper beside it. Backgrounds that are not opaque are
# mixed with what is behind them.
CONTRAST = """
(() => {
  const parse = c => {
    const n = (c.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
    return [n[0], n[1], n[2], n.length > 3 ? n[3] : 1];
  };
  const over = (a, b) => a.slice(0, 3).map((x, i) => x * a[3] + b[i] * (1 - a[3]));
  const light = c => c.slice(0, 3).map(x => x / 255).map(
    x => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4
  ).reduce((s, x, i) => s + x * [0.2126, 0.7152, 0.0722][i], 0);
  const ratio = (a, b) => {
    const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const paper = node => {
    const layers = [];
    for (let e = node; e; e = e.parentElement)
      layers.push(parse(getComputedStyle(e).backgroundColor));
    return layers.reverse().reduce(
      (below, layer) => over(layer, below), [255, 255, 255]);
  };
  const texts = [], marks = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let t = walker.nextNode(); t; t = walker.nextNode()) {
    const e = t.parentElement;
    if (!t.data.trim() || !e.closest('.baylime') || e.closest('style')) continue;
    // Arrows are marks.
    if (!e.checkVisibility() || e.closest('.outlines, .one b')) continue;
    const style = getComputedStyle(e);
    const ink = parse(e.closest('svg') ? style.fill : style.color);
    const back = paper(e);
    texts.push([ratio(over(ink, back), back), t.data.trim().slice(0, 40)]);
  }
  for (const e of document.querySelectorAll(
      '.baylime .bar rect, .baylime .interval, .baylime mark, .baylime .one b')) {
    if (!e.checkVisibility()) continue;
    const style = getComputedStyle(e), back = paper(e.closest('td, .document'));
    let seen = [style.color];
    if (e.matches('rect')) seen = [style.fill, style.stroke];
    if (e.matches('line')) seen = [style.stroke];
    if (e.matches('mark')) seen = [style.borderBottomColor];
    const opacity = Number(style.opacity);
    const best = Math.max(...seen.map((c, i) => {
      if (c === 'none') return 1;
      const [r, g, b, a] = parse(c);
      const isFill = e.matches('rect') && i === 0;
      const share = a * opacity * (isFill ? Number(style.fillOpacity) : 1);
      return ratio(over([r, g, b, share], back), back);
    }));
    marks.push([best, e.outerHTML.slice(0, 80)]);
  }
  return {texts, marks};
})()
"""


@pytest.fixture
def contrasts():
    """Return a function from a browser to the contrasts of its texts and marks."""
    return lambda browser: browser.ask(CONTRAST)
