"""Headless Chromium by its own protocol, through pipes: nothing else is needed."""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium():
    """Return the path of a browser, None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Chromium:
    """A browser without windows, and one page in it.

    Parameters
    ----------
    path : str
        The program.
    """

    def __init__(self, path):
        self._folder = tempfile.mkdtemp()
        to_browser, self._out = os.pipe()
        self._in, from_browser = os.pipe()

        def hand_over():
            # The browser reads commands from its file 3 and answers on 4.
            ours = os.dup(to_browser), os.dup(from_browser)
            os.dup2(ours[0], 3)
            os.dup2(ours[1], 4)

        self._process = subprocess.Popen(
            [
                path,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--remote-debugging-pipe",
                f"--user-data-dir={self._folder}",
                "about:blank",
            ],
            preexec_fn=hand_over,
            close_fds=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._rest, self._number, self.events = b"", 0, []
        pages = self.call("Target.getTargets", session=False)["targetInfos"]
        page = next(p for p in pages if p["type"] == "page")["targetId"]
        attached = {"targetId": page, "flatten": True}
        found = self.call("Target.attachToTarget", session=False, **attached)
        self._session = found["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._process.terminate()
        self._process.wait(20)
        os.close(self._in)
        os.close(self._out)
        shutil.rmtree(self._folder, ignore_errors=True)

    def call(self, method, session=True, **params):
        """Send a command and return its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def _receive(self, seconds=60):
        while b"\0" not in self._rest:
            if not select.select([self._in], [], [], seconds)[0]:
                raise TimeoutError("The browser does not answer.")
            content = os.read(self._in, 1 << 20)
            if not content:
                raise RuntimeError("The browser has ended.")
            self._rest += content
        one, _, self._rest = self._rest.partition(b"\0")
        return json.loads(one)

    def show(self, path, *, width=960, height=800, scheme="light", media="screen"):
        """Open a file as a window of a width and a system of a color scheme would."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        size = {"width": width, "height": height, "deviceScaleFactor": 1}
        is_phone = width < 500
        self.call("Emulation.setDeviceMetricsOverride", mobile=is_phone, **size)
        self.call("Emulation.setEmulatedMedia", media=media, features=features)
        self.events.clear()
        self.call("Page.navigate", url=Path(path).resolve().as_uri())
        end = time.monotonic() + 60
        while self.ask("document.readyState") != "complete":
            if time.monotonic() > end:
                raise TimeoutError(f"{path} is not loaded.")
            time.sleep(0.02)
        return self

    def ask(self, expression):
        """Return the value of an expression in the page."""
        asked = {"expression": expression, "returnByValue": True, "awaitPromise": True}
        found = self.call("Runtime.evaluate", **asked)
        if "exceptionDetails" in found:
            raise RuntimeError(found["exceptionDetails"]["exception"]["description"])
        return found["result"].get("value")

    def picture(self, path=None):
        """Return the whole page as bytes of a PNG, and write them where asked."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {**size, "x": 0, "y": 0, "scale": 1}
        asked = {"captureBeyondViewport": True, "clip": clip}
        found = base64.b64decode(self.call("Page.captureScreenshot", **asked)["data"])
        if path is not None:
            Path(path).write_bytes(found)
        return found

    def printed(self, path=None):
        """Return the page as bytes of a PDF on A4, and write them where asked."""
        paper = {"paperWidth": 8.27, "paperHeight": 11.69, "printBackground": False}
        found = base64.b64decode(self.call("Page.printToPDF", **paper)["data"])
        if path is not None:
            Path(path).write_bytes(found)
        return found

    def messages(self):
        """Return what the console was told since the page was opened."""
        self.ask("0")
        told = []
        for event in self.events:
            if event.get("method") == "Log.entryAdded":
                entry = event["params"]["entry"]
                told.append(f"{entry['text']} {entry.get('url', '')}".rstrip())
            elif event.get("method") == "Runtime.consoleAPICalled":
                arguments = event["params"]["args"]
                told.append(" ".join(str(a.get("value", a)) for a in arguments))
            elif event.get("method") == "Runtime.exceptionThrown":
                told.append(event["params"]["exceptionDetails"]["text"])
        return told
