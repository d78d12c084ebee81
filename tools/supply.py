"""What the program is installed with: a bill of materials (CycloneDX) and the list in NOTICE, from lock files and wheels.

``tools/lock.py`` writes both. Names and versions are those of the lock files; licence, authors and home page are read from the
metadata of what is installed, of wheels in a folder that is given, or else kept from the bill as it was.
"""

from __future__ import annotations

import json
import re
import tomllib
import uuid
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.message import Message
from email.parser import Parser
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(__file__).resolve().parent / "data"
BILL = "sbom.cdx.json"
BEGIN = "Packages that are installed with it, each under its own licence (this list is written by tools/lock.py):"
OPTIONAL = (
    "requirements-archives.lock",
    "requirements-ldap.lock",
    "requirements-ocr.lock",
    "requirements-oidc.lock",
    "requirements-postgres.lock",
)
"""Beside requirements.lock what a person may install; the other lock files are for who works on the program."""
_PIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==(\S+)")


@dataclass(frozen=True, slots=True)
class Pin:
    """A package in the lock files: its name in the normal form of the index, its version, and the files that list it."""

    name: str
    version: str
    files: tuple[str, ...]

    @property
    def purl(self) -> str:
        """Its address as a package URL."""
        return f"pkg:pypi/{self.name}@{self.version}"

    @property
    def scope(self) -> str:
        """``required`` to run the program, ``optional`` with an extra, ``excluded`` where it is needed to work on it only."""
        return "required" if "requirements.lock" in self.files else "optional" if {*OPTIONAL} & {*self.files} else "excluded"


@dataclass(frozen=True, slots=True)
class PackageFacts:
    """What a package says of itself; ``licence`` is an SPDX expression, None where it says nothing that is known."""

    licence: str | None = None
    authors: str = ""
    home: str = ""
    about: str = field(default="", compare=False)


def read_pins(root: Path = ROOT) -> list[Pin]:
    """The packages of all lock files, by name and version."""
    found: dict[tuple[str, str], list[str]] = {}
    for path in sorted(root.glob("requirements*.lock")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if match := _PIN.match(line):
                found.setdefault((canonicalize_name(match[1]), match[2]), []).append(path.name)
    return [Pin(*key, tuple(files)) for key, files in sorted(found.items())]


def read_facts(message: Message) -> PackageFacts:
    """What the metadata of a package say."""
    authors = ", ".join(dict.fromkeys(filter(None, (message.get("Author"), *_names(message.get("Author-email"))))))
    homes = dict(_link(line) for line in message.get_all("Project-URL") or [])
    home = next((homes[key] for key in ("homepage", "home", "source", "repository", "source code", "github") if key in homes), "")
    return PackageFacts(_licence(message), authors, message.get("Home-page") or home, message.get("Summary") or "")


def _names(addresses: str | None) -> Iterable[str]:
    return [name.strip() for name in re.findall(r"([^,<>\"]+?)\s*<", addresses or "")]


def _link(line: str) -> tuple[str, str]:
    label, _, address = line.partition(",")
    return label.strip().lower(), address.strip()


def _licence(message: Message) -> str | None:
    if expression := message.get("License-Expression"):
        return expression
    lines = (DATA / "licences.tsv").read_text(encoding="utf-8").splitlines()
    known = dict(line.split("\t") for line in lines if line and not line.startswith("#"))
    if stated := known.get((message.get("License") or "").strip().lower()):
        return stated
    classified = [known[one] for one in message.get_all("Classifier") or [] if one in known]
    return " OR ".join(dict.fromkeys(classified)) or None


def facts_of_wheels(folder: Path) -> dict[str, PackageFacts]:
    """What the wheels in a folder say of themselves, by package."""
    found = {}
    for path in sorted(folder.glob("*.whl")):
        with zipfile.ZipFile(path) as wheel:
            name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
            message = Parser().parsestr(wheel.read(name).decode("utf-8"))
        found[canonicalize_name(message["Name"])] = read_facts(message)
    return found


def facts_of_installed() -> dict[str, PackageFacts]:
    """The same of what is installed."""
    found = {}
    for one in metadata.distributions():
        message = Parser().parsestr(one.read_text("METADATA") or "")
        if message["Name"]:
            found[canonicalize_name(message["Name"])] = read_facts(message)
    return found


def facts_of_bill(bill: Path) -> dict[str, PackageFacts]:
    """The same as a bill has them."""
    if not bill.exists():
        return {}
    components = json.loads(bill.read_text(encoding="utf-8"))["components"]
    return {
        one["name"]: PackageFacts(
            one["licenses"][0]["expression"] if one.get("licenses") else None,
            one.get("author", ""),
            next((ref["url"] for ref in one.get("externalReferences", ())), ""),
            one.get("description", ""),
        )
        for one in components
    }


def make_bill(pins: Iterable[Pin], facts: dict[str, PackageFacts], root: Path = ROOT) -> dict[str, Any]:
    """The bill of materials. The same packages give the same bill, so it has no time and its number comes from them."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    components = [_component(pin, facts.get(pin.name, PackageFacts())) for pin in pins]
    number = uuid.uuid5(uuid.NAMESPACE_URL, "\n".join(one["bom-ref"] for one in components))
    own = f"pkg:generic/{project['name']}@{project['version']}"
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{number}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": project["name"],
                "version": project["version"],
                "licenses": [{"expression": project["license"]}],
                "purl": own,
            }
        },
        "components": components,
        "dependencies": [{"ref": own, "dependsOn": [one["bom-ref"] for one in components if one["scope"] != "excluded"]}],
    }


def _component(pin: Pin, facts: PackageFacts) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": pin.purl,
        "name": pin.name,
        "version": pin.version,
        "scope": pin.scope,
        "purl": pin.purl,
    }
    if facts.about:
        component["description"] = facts.about
    if facts.authors:
        component["author"] = facts.authors
    if facts.licence:
        component["licenses"] = [{"expression": facts.licence}]
    if facts.home:
        component["externalReferences"] = [{"type": "website", "url": facts.home}]
    return component


def make_notice(notice: str, pins: Iterable[Pin], facts: dict[str, PackageFacts]) -> str:
    """NOTICE with the list of packages behind what is written by hand."""
    lines = []
    for pin in pins:
        if pin.scope != "excluded":
            one = facts.get(pin.name, PackageFacts())
            said = "; ".join(filter(None, (one.licence or "licence not stated", one.authors, one.home)))
            lines.append(f"{pin.name} {pin.version}: {said}")
    return f"{notice.partition(BEGIN)[0].rstrip()}\n\n{BEGIN}\n\n" + "\n".join(lines) + "\n"


def write_supply(root: Path = ROOT, wheels: Path | None = None) -> list[str]:
    """Write the bill and NOTICE; returns the packages whose licence nothing tells."""
    pins, bill = read_pins(root), root / BILL
    facts = facts_of_bill(bill) | facts_of_installed() | (facts_of_wheels(wheels) if wheels else {})
    bill.write_text(json.dumps(make_bill(pins, facts, root), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    notice = root / "NOTICE"
    notice.write_text(make_notice(notice.read_text(encoding="utf-8"), pins, facts), encoding="utf-8")
    return sorted({pin.name for pin in pins if not facts.get(pin.name, PackageFacts()).licence})
