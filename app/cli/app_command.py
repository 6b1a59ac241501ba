"""`tiaowen app`: make sure there is an index, start Streamlit as a child process, print its address when it is ready."""

from __future__ import annotations

import errno
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import tomllib
import urllib.request
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Any

import typer

from app.cli.session import Session, open_assistant
from app.messages import tell
from corpus.errors import TiaowenError, UnusableInput

OPTIONS: dict[str, str | bool | int] = {
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": "false",
    "client.toolbarMode": "minimal",
    "logger.hideWelcomeMessage": True,
    "logger.level": "warning",
    "runner.magicEnabled": False,
    "runner.postScriptGC": False,  # a full collection took longer than half of the questions themselves
    "server.address": "127.0.0.1",
    "server.fileWatcherType": "none",
    "server.headless": True,
    "server.showEmailPrompt": False,
    "server.maxUploadSize": 256,
    "theme.light.primaryColor": "#1c4f82",
    "theme.light.linkColor": "#1c4f82",
    "theme.light.backgroundColor": "#ffffff",
    "theme.light.secondaryBackgroundColor": "#f5f7f9",
    "theme.light.textColor": "#1b2430",
    "theme.light.borderColor": "#dfe4ea",
    "theme.light.codeTextColor": "#1b2430",
    "theme.dark.primaryColor": "#8ab8ec",
    "theme.dark.linkColor": "#8ab8ec",
    "theme.dark.backgroundColor": "#14181f",
    "theme.dark.secondaryBackgroundColor": "#1e242d",
    "theme.dark.textColor": "#e8ecf1",
    "theme.dark.borderColor": "#3a4350",
    "theme.dark.codeTextColor": "#e8ecf1",
    "theme.font": "'Source Sans', 'Segoe UI', 'Noto Sans CJK SC', 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', "
    "sans-serif",
}
"""As flags, so that they hold whatever `.streamlit/config.toml` the working directory or the user has."""
START_SECONDS = 60.0
STEP_SECONDS = 0.1
STOP_SECONDS = 10.0


def serve(session: Session, port: int, address: str, trust_proxy: bool = False, auth: Path | None = None) -> None:
    """Serve until stopped; ends with the child's exit code. Port 0: any free one.

    Raises `UnusableInput` for an address that is not of this machine, or that others reach while nobody signs them in;
    `TiaowenError` for a port in use.
    """
    way = access_of(address, trust_proxy, auth)
    port = free_port(address, port)
    open_assistant(session)
    session.say(f"access_{way}")
    child = subprocess.Popen(
        command(address, port, auth),
        env={**os.environ, "TIAOWEN_HOME": str(session.home.root), "TIAOWEN_ACCESS": way},
        stdin=subprocess.DEVNULL,
        stdout=2,
        start_new_session=True,
    )
    stop = _Stop(child)
    try:
        if wait_until_ready(child, address, port, stop):
            print(tell("serving", session.lang, url=url_of(address, port)), flush=True)
        code = child.wait()
    finally:
        stop.end()
    if code and not stop.asked:
        raise typer.Exit(code if code > 0 else 128 - code)


def access_of(address: str, trust_proxy: bool, auth: Path | None) -> str:
    """How people get in: `local`, `proxy` or `oidc` (`app.screens.access`). Raises `UnusableInput` where nobody would ask.

    >>> access_of("127.0.0.1", False, None), access_of("0.0.0.0", True, None)
    ('local', 'proxy')
    """
    if auth is not None:
        _check_auth(auth)
        return "oidc"
    if trust_proxy:
        return "proxy"
    if not is_loopback(address):
        raise UnusableInput(
            f"{address!r} is reached from other machines, and nobody would sign in",
            way_out="leave --address out, or say who signs people in: --auth FILE, or --trust-proxy behind a reverse proxy",
        )
    return "local"


def is_loopback(address: str) -> bool:
    """`is_loopback("127.0.0.1")`, `is_loopback("::1")`, `is_loopback("localhost")`."""
    try:
        return address == "localhost" or ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def _check_auth(file: Path) -> None:
    """Whether a file of secrets can sign people in."""
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8")).get("auth")
    except (OSError, ValueError) as error:
        raise UnusableInput(f"{file.name!r} cannot be read ({error})", way_out="name a TOML file with [auth]") from None
    if not isinstance(found, dict) or not {"redirect_uri", "cookie_secret"} <= set(found):
        raise UnusableInput(
            f"{file.name!r} has no [auth] with redirect_uri and cookie_secret",
            way_out="write it as docs/running.md shows",
        )
    if find_spec("authlib") is None:
        raise UnusableInput("signing in needs Authlib, which is not installed", way_out="pip install 'tiaowen[oidc]'")


def command(address: str, port: int, auth: Path | None = None) -> list[str]:
    """The command line of the child. The page is found without importing it; `-P` keeps the working directory out."""
    spec = find_spec("app.screens")
    assert spec is not None and spec.submodule_search_locations
    script = Path(spec.submodule_search_locations[0]) / "start.py"
    options = OPTIONS | {"server.address": address, "server.port": str(port)}
    if auth is not None:
        options["secrets.files"] = str(auth.resolve())
    flags = [f"--{name}={str(value).lower() if isinstance(value, bool) else value}" for name, value in options.items()]
    return [sys.executable, "-P", "-m", "app.screens.serving", "run", str(script), *flags]


def free_port(address: str, port: int) -> int:
    """The port if nobody has it, any free one for 0."""
    try:
        family, kind, _, _, where = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
            return int(probe.getsockname()[1])
    except socket.gaierror as error:
        raise UnusableInput(f"{address!r} is no address", way_out="leave --address out, or 127.0.0.1") from error
    except PermissionError as error:
        raise TiaowenError(f"port {port} needs rights you do not have", way_out="choose one above 1023") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            way_out = f"stop what uses it, or choose another: tiaowen app --port {port + 1 if port < 65535 else 0}"
            raise TiaowenError(f"port {port} on {address} is in use", way_out=way_out) from error
        raise UnusableInput(
            f"{address!r} is not an address of this machine", way_out="leave --address out, or 127.0.0.1"
        ) from error


def url_of(address: str, port: int) -> str:
    """Where a browser on this machine finds the app: `url_of("0.0.0.0", 8501) == "http://127.0.0.1:8501"`."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(address, address)
    return f"http://[{host}]:{port}" if ":" in host and not host.startswith("[") else f"http://{host}:{port}"


def wait_until_ready(child: subprocess.Popen[Any], address: str, port: int, stop: _Stop | None = None) -> bool:
    """Whether the server answers; False where it was stopped or ended by itself first."""
    left = START_SECONDS
    while child.poll() is None and not (stop and stop.asked):
        if healthy(address, port):
            return True
        if left <= 0:
            raise TiaowenError(f"the app did not answer within {START_SECONDS:.0f} s", way_out="try again")
        try:
            child.wait(STEP_SECONDS)
        except subprocess.TimeoutExpired:
            left -= STEP_SECONDS
    return False


def healthy(address: str, port: int) -> bool:
    """Whether Streamlit says that it is well. Asked directly: a proxy in the environment must not come in between."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url_of(address, port)}/_stcore/health", timeout=2) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def end(child: subprocess.Popen[Any]) -> None:
    """Stop a child that still runs: asked first, killed if it does not."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


class _Stop:
    """Forwards Ctrl-C and SIGTERM to the child; the child has a session of its own, so it gets each of them once."""

    def __init__(self, child: subprocess.Popen[Any]) -> None:
        self.asked = False
        self._child = child
        self._before = {number: signal.signal(number, self._forward) for number in (signal.SIGINT, signal.SIGTERM)}

    def _forward(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        self._child.send_signal(signal.SIGTERM)

    def end(self) -> None:
        """Give the signals back; a child that still runs is stopped."""
        for number, before in self._before.items():
            signal.signal(number, before)
        end(self._child)
