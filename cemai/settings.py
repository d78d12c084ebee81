"""Settings of the machine: a TOML file in the user's configuration folder, outranked by environment variables.

    [llm]                       # optional; without url nothing is ever sent anywhere
    url = "http://127.0.0.1:8000/v1"
    model = "qwen3"
    key = "…"                   # the file must then be readable by its owner only
    timeout = 30
    private = false             # whether the host's name may stand for an internal address

    [ldap]                      # optional: accounts added with --directory sign in with their password of the office
    url = "ldaps://dc.example.cn"
    user = "uid={name},ou=people,dc=example,dc=cn"     # or "{name}@example.cn"
    ca = "/etc/ssl/office-ca.pem"                       # who signed the directory's certificate; the system's if left out
    start_tls = false
    timeout = 5

    [fetch]                     # optional: without it ``cemai fetch`` opens no connection
    allowed = true

    [oidc]                      # optional: accounts sign in by the identity provider of the office
    issuer = "https://sso.example.cn/realms/office"     # as the provider writes it
    client_id = "cemai"
    client_secret = "…"         # the file must then be readable by its owner only; left out for a client without one
    label = "统一身份认证"        # what the button says
    name_claim = "preferred_username"
    groups_claim = "groups"
    roles = { admin = "cemai-admins", reader = "staff" } # the first that holds; left out, roles are given with the accounts
    ca = "/etc/ssl/office-ca.pem"
    timeout = 5

Unknown keys and wrong types are refused by name; no message holds a value.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_config_path, user_data_path

from corpus.errors import UsageError

if TYPE_CHECKING:
    from cemai.directory import LdapDirectory
    from cemai.oidc import OidcProvider
    from qa.language_model.endpoint import Endpoint

FILE_NAME = "config.toml"
_LLM: dict[str, tuple[type, ...]] = {"url": (str,), "model": (str,), "key": (str,), "timeout": (int, float), "private": (bool,)}
_LDAP: dict[str, tuple[type, ...]] = {
    "url": (str,), "user": (str,), "ca": (str,), "start_tls": (bool,), "timeout": (int, float),
}  # fmt: skip
_FETCH: dict[str, tuple[type, ...]] = {"allowed": (bool,)}
_OIDC: dict[str, tuple[type, ...]] = {
    "issuer": (str,), "client_id": (str,), "client_secret": (str,), "label": (str,), "name_claim": (str,), "groups_claim": (str,),
    "roles": (dict,), "ca": (str,), "timeout": (int, float),
}  # fmt: skip
_SECTIONS = {"llm": _LLM, "ldap": _LDAP, "oidc": _OIDC, "fetch": _FETCH}
_SECRETS = (("llm", "key"), ("oidc", "client_secret"))
_ENVIRONMENT = {"CEMAI_LLM_URL": "url", "CEMAI_LLM_MODEL": "model", "CEMAI_LLM_KEY": "key"}
_KINDS: dict[tuple[type, ...], str] = {(str,): "文字", (int, float): "数字", (bool,): "true 或 false", (dict,): "一组 名称 = 值"}


def config_path() -> Path:
    """``CEMAI_CONFIG``, else ``cemai/config.toml`` in the user's configuration folder of the platform."""
    if named := os.environ.get("CEMAI_CONFIG"):
        return Path(named)
    return user_config_path("cemai", appauthor=False, roaming=True) / FILE_NAME


def default_place() -> Path | str:
    """The library of this person: its folder, or the address of a database that ``CEMAI_LIBRARY`` names."""
    from corpus.store.address import DATABASES

    named = os.environ.get("CEMAI_LIBRARY", "")
    return named if named.startswith(DATABASES) else default_folder()


def default_folder() -> Path:
    """``CEMAI_LIBRARY``, else ``cemai/library`` in the user's data folder of the platform."""
    if named := os.environ.get("CEMAI_LIBRARY"):
        return Path(named)
    return user_data_path("cemai", appauthor=False) / "library"


def endpoint() -> Endpoint | None:
    """The language model that an administrator configured, or None. Raises ``UsageError`` for a wrong configuration."""
    values = _from_file(config_path(), "llm")
    for name, key in _ENVIRONMENT.items():
        if os.environ.get(name):
            values[key] = os.environ[name]
    if not values.get("url"):
        return None
    from qa.language_model.endpoint import Endpoint

    return Endpoint(
        url=values["url"],
        model=values.get("model", ""),
        key=values.get("key", ""),
        timeout=float(values.get("timeout", 30.0)),
        private=values.get("private", False),
    )


def directory() -> LdapDirectory | None:
    """The directory of the office that an administrator configured, or None. Raises ``UsageError`` for a wrong configuration."""
    values = _from_file(config_path(), "ldap")
    if not values:
        return None
    from cemai.directory import LdapDirectory

    return LdapDirectory(**{"url": "", "user": ""} | values)


def may_fetch() -> bool:
    """Whether an administrator allowed that pages are fetched. Raises ``UsageError`` for a wrong configuration."""
    return bool(_from_file(config_path(), "fetch").get("allowed", False))


def provider() -> OidcProvider | None:
    """The identity provider that an administrator configured, or None. Raises ``UsageError`` for a wrong configuration."""
    values = _from_file(config_path(), "oidc")
    if not values:
        return None
    from cemai.accounts import ROLES
    from cemai.oidc import OidcProvider

    roles = values.pop("roles", {})
    if not all(role in ROLES and isinstance(group, str) and group for role, group in roles.items()):
        raise UsageError(f'[oidc] 的 roles 要写成 角色 = "组名"，角色只能是 {"、".join(ROLES)}。')
    return OidcProvider(**{"issuer": "", "client_id": ""} | values, roles=tuple(roles.items()))


def _from_file(path: Path, wanted: str) -> dict[str, Any]:
    """A section of the file; all of them are looked at."""
    if not path.is_file():
        if os.environ.get("CEMAI_CONFIG"):
            raise UsageError(f"环境变量 CEMAI_CONFIG 指的配置文件不存在：{path}。")
        return {}
    import tomllib

    try:
        with path.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            content = tomllib.load(stream)
    except OSError as error:
        raise UsageError(f"读不了配置文件 {path}（{error.strerror}）。") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # the parser's message may quote the line, and the line may be the key's
        raise UsageError(f"配置文件 {path} 不是合格的 TOML。请检查引号和方括号。") from None
    for name in content:
        if name not in _SECTIONS:
            known = "、".join(f"[{section}]" for section in _SECTIONS)
            raise UsageError(f"配置文件 {path} 里有不认识的项“{name}”。可用的节：{known}。")
    for name, keys in _SECTIONS.items():
        _check_section(path, name, content.get(name, {}), keys)
    found: dict[str, Any] = content.get(wanted, {})
    if any(content.get(section, {}).get(key) for section, key in _SECRETS) and os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise UsageError(f"配置文件 {path} 里有密钥，但别的用户也能读。请运行 chmod 600 {path}。")
    return dict(found)


def _check_section(path: Path, section: str, values: Any, keys: dict[str, tuple[type, ...]]) -> None:
    if not isinstance(values, dict):
        raise UsageError(f"配置文件 {path} 里的 {section} 要写成一节：[{section}]。")
    for name, value in values.items():
        kinds = keys.get(name)
        if kinds is None:
            raise UsageError(f"配置文件 {path} 的 [{section}] 里有不认识的项“{name}”。可用的项：{'、'.join(keys)}。")
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise UsageError(f"配置文件 {path} 的 [{section}] 里 {name} 要写成{_KINDS[kinds]}。")
