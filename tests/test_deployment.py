"""The examples of ``deploy/``: each can be parsed, and what it names is there — commands, options, ports, addresses, files."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ui.cli import build_parser

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
KUBERNETES = list(yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text(encoding="utf-8")))
OURS = {name: one for name, one in COMPOSE["services"].items() if one["image"] == "cemai:local"}
PAGE, OPERATIONS = 7860, 9100


def containers() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The pods of ours, and the container of each."""
    for one in KUBERNETES:
        if one["kind"] == "Deployment":
            pod = one["spec"]["template"]
            (container,) = pod["spec"]["containers"]
            yield pod, container


def commands() -> Iterator[list[str]]:
    """Every command of ours that is written anywhere in the folder."""
    for one in OURS.values():
        yield one["command"]
    for _, container in containers():
        yield container["args"]
    for path in DEPLOY.rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8").replace("\\\n", " ").replace("%i", "1")
            for line in re.findall(r"^(?:ExecStart=\S*/)?cemai (.+)$", text, re.MULTILINE):
                yield shlex.split(line)
            for line in re.findall(r"^#? +(?:docker compose|kubectl) .*?(?:node1|cemai) (user .+)$", text, re.MULTILINE):
                yield shlex.split(line)


def parsed(command: list[str]) -> argparse.Namespace:
    return build_parser().parse_args(command)


def test_every_command_and_option_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    found = list(commands())
    for command in found:
        try:
            assert parsed(command).run
        except SystemExit:
            pytest.fail(f"cemai {shlex.join(command)}: {capsys.readouterr().err}")
    assert {parsed(command).verb for command in found} == {"serve", "work", "user"} and len(found) >= 14


def test_a_command_that_is_not_there_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parsed(["serve", "--no-such-option"])
    assert capsys.readouterr().err


def test_everything_of_an_installation_is_in_both() -> None:
    nodes = [name for name, one in OURS.items() if one["command"][0] == "serve"]
    workers = [name for name, one in OURS.items() if one["command"][0] == "work"]
    assert (len(nodes), len(workers)) == (2, 2) and {"db", "standby", "proxy"} <= COMPOSE["services"].keys()
    assert {container["args"][0] for _, container in containers()} == {"serve", "work"}
    assert all(one["spec"]["replicas"] >= 2 for one in KUBERNETES if one["kind"] == "Deployment")


def test_ports_and_paths_are_those_that_are_served() -> None:
    for command in commands():
        args = parsed(command)
        if args.verb == "serve":
            assert args.port == PAGE and args.operations.rpartition(":")[2] == str(OPERATIONS)
    for _, container in containers():
        ports = {one["name"]: one["containerPort"] for one in container["ports"]}
        assert ports["operations"] == OPERATIONS and ports.get("page", PAGE) == PAGE
        for name in ("startupProbe", "readinessProbe"):
            if probe := container.get(name):
                assert probe["httpGet"] == {"path": "/health", "port": "operations"}
    for one in OURS.values():
        assert f"127.0.0.1:{OPERATIONS}/health" in " ".join(one["healthcheck"]["test"])
    served = (ROOT / "ui" / "operations.py").read_text(encoding="utf-8")
    assert '"/health"' in served and '"/metrics"' in served
    nginx = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    assert set(re.findall(r"server (\w+:\d+)", nginx)) == {f"{name}:{PAGE}" for name in OURS if name.startswith("node")}
    assert nginx.count("{") == nginx.count("}")


def test_the_proxy_says_what_the_gate_asks_of_one() -> None:
    nginx = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    headers = dict(re.findall(r"proxy_set_header (\S+) (.+?);", nginx))
    assert headers == {"Host": "$host", "X-Forwarded-Proto": "https", "X-Forwarded-For": "$remote_addr"}
    (name,) = re.findall(r"server_name (\S+);", nginx)
    for command in commands():
        if command[0] == "serve":
            assert parsed(command).public_name == [name] and parsed(command).proxy_from


def test_what_is_named_beside_the_files_is_there() -> None:
    container = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    for line in re.findall(r"^COPY (?!--from)(.+)$", container, re.MULTILINE):
        *names, _ = line.split()
        assert all((ROOT / name).exists() for name in names)
    assert re.search("^psycopg", (ROOT / "requirements-postgres.lock").read_text(encoding="utf-8"), re.MULTILINE)
    assert (
        DEPLOY / OURS["node1"]["build"]["context"] / OURS["node1"]["build"]["dockerfile"]
    ).resolve() == DEPLOY / "Containerfile"
    mounted = [volume for one in COMPOSE["services"].values() for volume in one.get("volumes", ())]
    for volume in mounted:
        source = volume.partition(":")[0]
        if source.startswith("./") and source != "./tls":
            assert (DEPLOY / source).exists(), source
        elif not source.startswith("./"):
            assert source in COMPOSE["volumes"]


def test_settings_are_read_by_the_program() -> None:
    named = {name for one in OURS.values() for name in one["environment"]}
    named |= {variable["name"] for _, container in containers() for variable in container["env"]}
    for path in (DEPLOY / "systemd").iterdir():
        named |= set(re.findall(r"\b(CEMAI_\w+)=", path.read_text(encoding="utf-8")))
    named |= set(re.findall(r"\b(CEMAI_\w+)=", (DEPLOY / "Containerfile").read_text(encoding="utf-8")))
    program = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("cemai/settings.py", "corpus/store/postgres.py"))
    assert {name for name in named if name.startswith("CEMAI_")} == {"CEMAI_LIBRARY", "CEMAI_NODE"}
    assert all(f'"{name}"' in program for name in ("CEMAI_LIBRARY", "CEMAI_NODE"))


def test_both_languages_say_the_same() -> None:
    pages = [(DEPLOY / name).read_text(encoding="utf-8") for name in ("README.md", "README.en.md")]
    for pattern in (r"^#{1,2} ", r"^\|", r"^\d\. ", r"^(?:cemai|python -m|docker) \S+"):
        assert len({len(re.findall(pattern, page, re.MULTILINE)) for page in pages}) == 1, pattern
