"""Accounts 账号: who may do what, passwords, sessions and tokens.

Where a library has no accounts it is one person's on one machine, who may do everything (``THIS_MACHINE``). With accounts, whoever
calls is one of them, or nobody. Passwords are hashed with Argon2id; of sessions and tokens only hashes are stored.
"""

from __future__ import annotations

import getpass
import hashlib
import secrets
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from cemai.directory import IN_DIRECTORY, Directory, DirectoryUnavailable
from cemai.oidc import AT_PROVIDER, ProvidedIdentity, Provider
from cemai.settings import directory as configured_directory
from corpus.errors import PolicyError, UsageError
from corpus.store.accounts import Account, AccountStore
from corpus.store.audit import Actor

if TYPE_CHECKING:
    from argon2 import PasswordHasher

IDLE, LONGEST = 30 * 60.0, 12 * 3600.0
"""Seconds after which a session ends that is not used, and any session."""
TOUCHED = 30.0
"""Seconds within which a session that is used is not noted again."""
ATTEMPTS = {"key": (15 * 60.0, 5), "address": (60.0, 20)}
"""Within how many seconds how many attempts to sign in a name, or an address, may make before the next is refused."""
TOKEN_DAYS, MOST_TOKEN_DAYS = 90, 180
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
ANY_KINDS = 16
"""Characters from which a password need not be of three kinds."""
NAME_LIMIT = 40
TOKEN_PREFIX = "cemai_"
_CLEAR = "abcdefghjkmnpqrstuvwxyz23456789"
"""What passwords are generated of: no letter that is read as a digit."""


class Right(StrEnum):
    """What an account may do."""

    READ = "read"
    """Search, ask, read documents, export what was found."""
    OWN = "own"
    """Keep what is one's own: dossiers, learning, verdicts on one's answers."""
    EDIT = "edit"
    """Take in, correct and remove documents; see how the others learn."""
    MANAGE = "manage"
    """Backups."""
    ACCOUNTS = "accounts"
    """Make, change and disable accounts and their tokens."""
    AUDIT = "audit"
    """Read who did what."""
    SIGNED_IN = "signed_in"
    """One's own account."""


ROLES: dict[str, frozenset[Right]] = {
    "reader": frozenset({Right.READ, Right.OWN, Right.SIGNED_IN}),
    "editor": frozenset({Right.READ, Right.OWN, Right.EDIT, Right.SIGNED_IN}),
    "admin": frozenset({Right.READ, Right.OWN, Right.EDIT, Right.MANAGE, Right.ACCOUNTS, Right.SIGNED_IN}),
    "auditor": frozenset({Right.AUDIT, Right.SIGNED_IN}),
}
ROLE_LABELS = {"reader": "读者", "editor": "编辑", "admin": "管理员", "auditor": "审计员"}
MEANS_LABELS = {"password": "密码", "directory": "单位目录", "oidc": "统一身份认证", "token": "只用令牌"}


class NotAllowed(PolicyError):
    """The account may not do this."""


class TooManyAttempts(PolicyError):
    """Too many attempts to sign in with this name, or from this address."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever calls.

    Attributes:
        number: Number of the account; 0 for the person of a machine without accounts, or for nobody.
        name: Name as it is shown.
        role: Its role.
        rights: What it may do.
        session: Hash of the session it came with; None with a token.
        account: The account, where there is one.
        library: The library that the session or the token is in; "" for the one that all accounts may enter.
    """

    number: int
    name: str
    role: str = ""
    rights: frozenset[Right] = frozenset()
    session: str | None = None
    account: Account | None = None
    library: str = ""


THIS_MACHINE = Caller(0, "", rights=frozenset(Right))
"""The person at a machine without accounts, the command line, and the program's own work."""
NOBODY = Caller(0, "")
"""Who has not signed in."""

_calling: ContextVar[Caller] = ContextVar("calling", default=THIS_MACHINE)


def current_caller() -> Caller:
    """Who calls, in this thread or task."""
    return _calling.get()


def set_caller(caller: Caller) -> None:
    """Let ``caller`` be who calls for the rest of this task."""
    _calling.set(caller)


@contextmanager
def calling(caller: Caller) -> Iterator[None]:
    """While the block runs, ``caller`` is who calls."""
    mark = _calling.set(caller)
    try:
        yield
    finally:
        _calling.reset(mark)


def require_right(right: Right) -> None:
    """Raise ``NotAllowed`` where whoever calls may not do this."""
    caller = current_caller()
    if right not in caller.rights:
        raise NotAllowed(
            f"您的账号是{ROLE_LABELS[caller.role]}，不能做这一步。需要时请联系管理员。" if caller.role else "请先登录。"
        )


def clean_account_name(name: str) -> str:
    """A name as it is shown. Raises ``UsageError`` for one that cannot be one."""
    plain = unicodedata.normalize("NFKC", name).strip()
    if not plain or len(plain) > NAME_LIMIT or not plain.isprintable() or any(char.isspace() or char in ":/@" for char in plain):
        raise UsageError(f"账号名要 1 到 {NAME_LIMIT} 个字，不能有空格和 : / @。")
    return plain


def account_key(name: str) -> str:
    """A name as it is looked up: wide and narrow, large and small letters are the same."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def check_password(password: str, name: str) -> None:
    """Raise ``UsageError`` for a password that is too easy to guess."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise UsageError(f"密码要 {SHORTEST_PASSWORD} 到 {LONGEST_PASSWORD} 个字符。")
    kinds = sum(
        any(test(char) for char in password) for test in (str.islower, str.isupper, str.isdigit, lambda char: not char.isalnum())
    )
    if kinds < 3 and len(password) < ANY_KINDS:
        raise UsageError(f"密码要有大写字母、小写字母、数字、符号中的三种，或不少于 {ANY_KINDS} 个字符。")
    if account_key(name) in password.casefold() or len(set(password)) < 5:
        raise UsageError("这个密码太容易猜：不要含账号名，也不要只用几个字符重复。")


def sign_in_means(account: Account) -> str:
    """By what an account signs in: ``password``, ``directory``, ``oidc``, or ``token`` only."""
    if account.password is None:
        return "token"
    if account.password.startswith(AT_PROVIDER):
        return "oidc"
    return "directory" if account.password == IN_DIRECTORY else "password"


def generate_password(name: str) -> str:
    """A password for an account to begin with: four groups of letters and digits that are not mistaken for each other (79 bits).

    Raises ``UsageError`` for a name that cannot be one, or that every such password holds.
    """
    clean_account_name(name)
    for _ in range(100):  # a name of one letter is in half of them
        password = "-".join("".join(secrets.choice(_CLEAR) for _ in range(4)) for _ in range(4))
        with suppress(UsageError):
            check_password(password, name)
            return password
    raise UsageError("这个账号的密码要自己写：生成的密码里都含有它的名称。")


def local_actor(action: str) -> Actor:
    """The user of this machine, for the audit."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a user without a name
        name = "?"
    return Actor(f"本机:{name}", "", action, signs=False)


class Accounts:
    """The accounts of one library: signing in, and who comes with a session or a token. Safe for several threads.

    Example: ``Accounts(AccountStore.of_library(folder)).sign_in("李四", "…", "10.0.0.8")``.
    """

    def __init__(self, store: AccountStore, directory: Callable[[], Directory | None] = configured_directory) -> None:
        self.store = store
        self._directory = directory
        self._hashing = threading.Semaphore(2)  # each takes 64 MB
        self._touched: dict[str, float] = {}

    @classmethod
    def of_folder(cls, folder: Path | str, *, create: bool = False) -> Self | None:
        """The accounts of a library, in a folder or at an address; None where it has none, so that it is one person's."""
        store = AccountStore.of_library(folder, create=create)
        return cls(store) if store is not None else None

    @cached_property
    def _hasher(self) -> PasswordHasher:
        from argon2 import PasswordHasher

        return PasswordHasher()  # Argon2id, RFC 9106's second choice: 64 MiB, 3 rounds, 4 lanes

    @cached_property
    def _dummy(self) -> str:
        """The hash that is verified where there is no account, so that it takes as long."""
        return self._hasher.hash(secrets.token_urlsafe(16))

    # ------------------------------------------------------------------ accounts

    def get(self, name: str) -> Account:
        """The account of a name. Raises ``UsageError``."""
        found = self.store.account(account_key(name))
        if found is None:
            raise UsageError(f"没有叫“{name}”的账号。用 cemai user list 查看。")
        return found

    def of_number(self, number: int) -> Account:
        """The account with a number. Raises ``UsageError``."""
        found = self.store.account_numbered(number)
        if found is None:
            raise UsageError("没有这个账号。")
        return found

    def add(self, actor: Actor, name: str, role: str, password: str | None, *, elsewhere: str | None = None) -> int:
        """Add an account.

        Args:
            actor: Who is to be written in the audit.
            name: Its name.
            role: Its role.
            password: Its password; None for an account that signs in elsewhere, or is only used by tokens.
            elsewhere: Where it signs in without a password of ours (``IN_DIRECTORY``, ``AT_PROVIDER``).

        Returns:
            Its number.

        Raises:
            UsageError: A name or password that cannot be one, an unknown role, a name that there is already.
        """
        name = clean_account_name(name)
        _require_role(role)
        if not self.store.accounts() and (role != "admin" or password is None):
            raise UsageError("第一个账号要是有密码的管理员：cemai user add 名称 --role admin。")
        if password is not None:
            check_password(password, name)
        hashed = self._hash(password) if password is not None else elsewhere
        return self.store.add_account(actor, account_key(name), name, role, hashed)

    def set_role(self, actor: Actor, account: Account, role: str) -> None:
        """Change the role; its sessions end."""
        _require_role(role)
        self.store.change_account(actor, account, role=role)

    def set_password(self, actor: Actor, account: Account, password: str, *, keep: str | None = None) -> None:
        """Change the password; all its sessions but ``keep`` end."""
        check_password(password, account.name)
        self.store.change_account(actor, account, keep=keep, password=self._hash(password))

    def disable(self, actor: Actor, account: Account, *, disabled: bool = True) -> None:
        """Let an account no longer sign in: its sessions end and its tokens are revoked, for good; or let it in again."""
        self.store.change_account(actor, account, disabled_at=time.time() if disabled else None)

    # ------------------------------------------------------------------ who comes

    def sign_in(self, name: str, password: str, address: str, former: str | None = None) -> str:
        """Begin a session. The answer is the same, and takes as long, for a wrong password, an unknown and a disabled account.

        Args:
            name: The name as typed.
            password: The password as typed.
            address: Where it was typed.
            former: The secret of the session that the browser had before, which ends.

        Returns:
            The secret of the session, which is never stored.

        Raises:
            NotAllowed: The name or the password is wrong.
            TooManyAttempts: There were too many attempts; the password is not looked at.
            DirectoryUnavailable: The account is of the office's directory, which does not answer.
        """
        key = account_key(name)[:200]
        # a password typed into the wrong field is not to be read in the file
        limits_key = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
        account = self.store.account(key)
        shown = account.name if account is not None else "（未知账号）"
        actor = Actor(shown, address, "sign-in")
        if not self.store.begin_attempt(account.key if account else limits_key, address, ATTEMPTS):
            self.store.note(actor, result="throttled")
            raise TooManyAttempts("尝试的次数太多。请 15 分钟以后再试；急用请联系管理员。")
        if account is not None and account.password == IN_DIRECTORY and account.disabled_at is None:
            known = self._ask_directory(actor, account, password)
        else:
            with self._hashing:
                known = self._verify(self._hash_of(account), password)
        if not known or account is None or account.password is None or account.disabled_at is not None:
            self.store.note(actor, result="refused")
            raise NotAllowed("账号或密码不对。")
        if account.password != IN_DIRECTORY and self._hasher.check_needs_rehash(account.password):
            better = self._hash(password)
            self.store.change_account(replace(actor, action="rehash"), account, password=better)
            account = replace(account, password=better)
        secret = secrets.token_urlsafe(32)
        ends = mark_of(former) if former else None
        self.store.begin_session(actor, account, mark_of(secret), ends=ends, oldest=time.time() - LONGEST)
        return secret

    def sign_in_by_provider(self, provider: Provider, identity: ProvidedIdentity, address: str) -> str:
        """Begin a session of whom a provider says that somebody is.

        Where the provider gives roles, whoever is in one of the groups has an account, made here the first time, and the role is that
        of the groups at each sign-in; nobody else is let in. Elsewhere the account was made by an administrator, and belongs to the
        person that first signs in by its name.

        Args:
            provider: The provider.
            identity: Whom it identified.
            address: Where they come from.

        Returns:
            The secret of the session.

        Raises:
            NotAllowed: There is no account for them here, or it is somebody else's.
        """
        try:
            name = clean_account_name(identity.name)
        except UsageError as error:
            raise NotAllowed("统一身份认证给的名称不能做账号名，没有登录。请联系管理员。") from error
        actor = Actor(name, address, "sign-in oidc")
        account, role, mark = self.store.account(account_key(name)), provider.role_of(identity), AT_PROVIDER + identity.mark
        mine = account is None or account.password in (AT_PROVIDER, mark)
        if not self.store.accounts():  # an emptied file of accounts lets nobody in
            raise NotAllowed("账号文件里没有账号，没有登录。请联系管理员。")
        if (account is None or provider.gives_roles) and role is None and mine:
            if account is not None:  # who has left the groups is not signed in elsewhere either
                self.store.end_sessions(actor, account)
            self.store.note(actor, result="refused")
            raise NotAllowed("您还没有这个库的账号。请联系管理员。")
        if not mine or (account is not None and account.disabled_at is not None):
            self.store.note(actor, result="refused")
            raise NotAllowed("这个账号已停用，或者是别人的，没有登录。请联系管理员。")
        if account is None:
            assert role is not None
            _require_role(role)
            account = self.of_number(self.store.add_account(actor, account_key(name), name, role, mark))
        now = replace(account, password=mark, role=role or account.role)
        if now != account:
            _require_role(now.role)
            self.store.change_account(actor, account, password=now.password, role=now.role)
        secret = secrets.token_urlsafe(32)
        self.store.begin_session(actor, now, mark_of(secret), oldest=time.time() - LONGEST)
        return secret

    def verify_password(self, account: Account, password: str, address: str) -> None:
        """Raise ``NotAllowed`` or ``TooManyAttempts`` where this is not the account's password: before it is changed."""
        if account.password == IN_DIRECTORY:
            raise NotAllowed("这个账号用单位目录里的密码登录，请在那里改密码。")
        if sign_in_means(account) == "oidc":
            raise NotAllowed("这个账号用统一身份认证登录，请在那里改密码。")
        if not self.store.begin_attempt(account.key, address, ATTEMPTS):
            raise TooManyAttempts("尝试的次数太多。请 15 分钟以后再试。")
        with self._hashing:
            known = self._verify(self._hash_of(account), password)
        if not known or account.password is None:
            self.store.note(Actor(account.name, address, "password"), f"account:{account.name}", "refused")
            raise NotAllowed("现在的密码不对。")
        self.store.forget_attempts(account.key)

    def _ask_directory(self, actor: Actor, account: Account, password: str) -> bool:
        """Whether the directory of the office knows this password. Raises ``DirectoryUnavailable``, and the audit says so."""
        try:
            directory = self._directory()
            if directory is None:
                raise DirectoryUnavailable("没有配置单位目录，这个账号现在不能登录。请联系管理员。")
            return directory.proves(account.name, password[:LONGEST_PASSWORD])
        except PolicyError:
            self.store.note(actor, result="unavailable")
            raise

    def of_session(self, secret: str) -> Caller | None:
        """Who comes with the secret of a session; None where it has ended."""
        mark, now = mark_of(secret), time.time()
        found = self.store.session(mark)
        if found is None or now - found.seen_at > IDLE or now - found.begun_at > LONGEST or found.account.disabled_at is not None:
            return None
        return _caller(found.account, mark, found.library)

    def note_use(self, caller: Caller) -> None:
        """Note that a session is used; now and then only, and not where the disk is busy: it then ends a little earlier."""
        now = time.time()
        mark = caller.session
        if mark is None or now - self._touched.get(mark, 0.0) <= TOUCHED:
            return
        if len(self._touched) > 10_000:
            self._touched.clear()
        self._touched[mark] = now
        with suppress(PolicyError):
            self.store.touch_session(mark, now)

    def of_token(self, secret: str) -> Caller | None:
        """Who comes with a token; None where it does not count (any more)."""
        found = self.store.token(mark_of(secret))
        if found is None or found.revoked_at is not None or found.ends_at < time.time() or found.account.disabled_at is not None:
            return None
        return _caller(found.account, None, found.library)

    def make_token(self, actor: Actor, account: Account, note: str, days: int, library: str = "") -> tuple[int, str]:
        """Make a token for a library. Returns its number and the secret, which is shown once and never stored. Raises ``UsageError``."""
        if not 1 <= days <= MOST_TOKEN_DAYS:
            raise UsageError(f"令牌的有效期是 1 到 {MOST_TOKEN_DAYS} 天。")
        if account.disabled_at is not None:
            raise UsageError(f"“{account.name}”已停用。")
        secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
        return self.store.add_token(actor, account, mark_of(secret), note[:100], time.time() + days * 86_400, library), secret

    def _hash_of(self, account: Account | None) -> str:
        """The hash of an account's password; where it has none here, one that takes as long and that no password has."""
        if account is None or account.password is None or sign_in_means(account) != "password":
            return self._dummy
        return account.password

    def _hash(self, password: str) -> str:
        with self._hashing:
            return self._hasher.hash(_typed(password))

    def _verify(self, hashed: str, password: str) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            return self._hasher.verify(hashed, _typed(password[: LONGEST_PASSWORD + 1]))
        except (VerificationError, InvalidHashError):
            return False


def mark_of(secret: str) -> str:
    """The hash under which a session or token is stored: its secret has 256 random bits, so a fast hash keeps it."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def account_names(place: Path | str) -> list[str]:
    """The names of those who may learn: accounts that are not disabled and see documents; none without accounts."""
    store = AccountStore.of_library(place)
    if store is None:
        return []
    with store:
        return [one.name for one in store.accounts() if one.disabled_at is None and Right.OWN in ROLES[one.role]]


def has_accounts(place: Path | str) -> bool:
    """Whether a library has accounts, in a folder or at an address (``AccountStore.exists``)."""
    return AccountStore.exists(place)


def _caller(account: Account, session: str | None, library: str) -> Caller:
    rights = ROLES.get(account.role, frozenset())
    return Caller(account.number, account.name, account.role, rights, session, account, library)


def _require_role(role: str) -> None:
    if role not in ROLES:
        raise UsageError(f"角色只能是 {'、'.join(f'{name}（{ROLE_LABELS[name]}）' for name in ROLES)}。")


def _typed(password: str) -> bytes:
    """A password as bytes: the same however the keyboard composes its characters."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "replace")
