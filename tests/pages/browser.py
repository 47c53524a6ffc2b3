"""Chromium without a window, driven over its DevTools protocol."""

from __future__ import annotations

import base64
import itertools
import json
import shutil
import subprocess
import time
import urllib.request
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self

from websockets.sync.client import connect

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
# Nothing is fetched but the page, and nothing is asked of whoever runs the tests.
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--hide-scrollbars", "--lang=en-GB", "--remote-debugging-port=0",
)  # fmt: skip
SIZE = (1360, 850)
PATIENCE = 90.0


def found() -> str | None:
    """Path of a Chromium on this machine, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Browser:
    """One page of one Chromium with a folder of its own; a context manager."""

    def __init__(self, program: str, folder: Path) -> None:
        self.folder = folder
        self._numbers = itertools.count(1)
        self._process = subprocess.Popen(
            [program, *QUIET, f"--user-data-dir={folder}", f"--window-size={SIZE[0]},{SIZE[1]}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._open = ExitStack()
        self._socket = self._open.enter_context(
            connect(self._address(), max_size=None, open_timeout=PATIENCE)
        )
        self._ask("Page.enable")
        self.resize(*SIZE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
        self._process.terminate()
        self._process.wait(timeout=PATIENCE)

    def resize(self, width: int, height: int) -> None:
        self._ask("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)  # fmt: skip

    def open(self, url: str) -> None:
        """Go to a page of Dagster, its menu folded so that the page has the room."""
        self._ask("Page.navigate", url=url)
        self.wait("document.body && document.body.innerText.length > 100")
        self.evaluate(
            "[...document.querySelectorAll('*')].filter("
            "e => e.innerText && e.innerText.trim() === 'Hide navigation').pop()?.click()"
        )

    def evaluate(self, script: str) -> Any:
        """Value of an expression on the page, as JSON has it."""
        answer = self._ask("Runtime.evaluate", expression=script, returnByValue=True)
        return answer["result"].get("value")

    def wait(self, script: str) -> Any:
        """Wait until an expression is true, and return it; TimeoutError says what stood there."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if value := self.evaluate(script):
                return value
            time.sleep(0.25)
        raise TimeoutError(f"never true: {script}\non the page:\n{self.text()[:3000]}")

    def wait_for(self, *texts: str) -> None:
        """Wait until the page shows all the texts."""
        for text in texts:
            self.wait(f"document.body && document.body.innerText.includes({json.dumps(text)})")

    def text(self) -> str:
        return str(self.evaluate("document.body ? document.body.innerText : ''"))

    def picture(self, path: Path) -> None:
        """Save what the window shows; the page is given a moment to come to rest."""
        time.sleep(1.5)
        data = self._ask("Page.captureScreenshot", format="png")["data"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(data))

    def _address(self) -> str:
        """Address of the page's socket, once Chromium has written which port it took."""
        written = self.folder / "DevToolsActivePort"
        end = time.monotonic() + PATIENCE
        while not (written.exists() and "\n" in written.read_text()):
            if time.monotonic() > end or self._process.poll() is not None:
                raise TimeoutError(f"{self._process.args} did not start")
            time.sleep(0.1)
        port = written.read_text().splitlines()[0]
        while True:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
                pages = [page for page in json.load(answer) if page["type"] == "page"]
            if pages or time.monotonic() > end:
                return str(pages[0]["webSocketDebuggerUrl"])
            time.sleep(0.1)

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            told = json.loads(self._socket.recv(timeout=PATIENCE))
            # What the page tells unasked is nobody's business here.
            if told.get("id") == number:
                assert "error" not in told, (method, told)
                result: dict[str, Any] = told["result"]
                return result
