"""user, audit: the accounts of a library, and who did what."""

from __future__ import annotations

import argparse
import datetime as dt
import getpass
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cemai.accounts import ROLE_LABELS, ROLES, TOKEN_DAYS, Accounts, Caller, Right, has_accounts, local_actor
from cemai.directory import IN_DIRECTORY
from cemai.oidc import AT_PROVIDER
from cemai.settings import config_path, directory, provider
from corpus.errors import UsageError
from corpus.store import Corpus
from corpus.store.accounts import ACCOUNTS_FILE
from corpus.store.audit import AuditEntry, ChainHead
from ui.commands.shared import library_place, note, print_json, print_table

NOTHING = 1
TOKEN = "CEMAI_TOKEN"
"""Environment variable: the token that ``cemai mcp`` comes with."""
CHAINS = {"accounts": "账号", "library": "文档库"}


def register(verbs: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands."""
    user = verbs.add_parser("user", parents=[common], help="账号：谁能用这个库，能做什么")
    user.set_defaults(run=lambda args: user.print_help() or 2)
    sub = user.add_subparsers(metavar="动作", title="动作", parser_class=type(user))
    roles = "；".join(f"{name} {ROLE_LABELS[name]}" for name in ROLES)

    p = sub.add_parser("add", parents=[common], help="新建账号；第一个要是管理员")
    p.add_argument("name", metavar="名称")
    p.add_argument("--role", required=True, choices=tuple(ROLES), metavar="角色", help=roles)
    without = p.add_mutually_exclusive_group()
    without.add_argument("--no-password", action="store_true", help="只用令牌，不能在网页登录")
    without.add_argument("--directory", action="store_true", help="用单位目录（LDAP）里的密码登录，见配置文件 [ldap] 一节")
    without.add_argument("--oidc", action="store_true", help="在统一身份认证（OIDC）登录，见配置文件 [oidc] 一节")
    _password(p)
    p.set_defaults(run=add)
    p = sub.add_parser("list", parents=[common], help="全部账号")
    p.add_argument("--json", action="store_true", help="输出 JSON")
    p.set_defaults(run=list_accounts)
    p = sub.add_parser("disable", parents=[common], help="停用账号：登录都退出，令牌都作废")
    p.add_argument("name", metavar="名称")
    p.add_argument("--undo", action="store_true", help="重新启用（令牌不恢复）")
    p.set_defaults(run=disable)
    p = sub.add_parser("password", parents=[common], help="改密码；登录都退出")
    p.add_argument("name", metavar="名称")
    _password(p)
    p.set_defaults(run=set_password)
    p = sub.add_parser("role", parents=[common], help="改角色；登录都退出")
    p.add_argument("name", metavar="名称")
    p.add_argument("role", choices=tuple(ROLES), metavar="角色", help=roles)
    p.set_defaults(run=set_role)
    p = sub.add_parser("sign-out", parents=[common], help="让账号在所有地方退出")
    p.add_argument("name", metavar="名称")
    p.set_defaults(run=sign_out)
    p = sub.add_parser("token", parents=[common], help="给程序用的令牌：新建（只显示一次）、列出、作废")
    p.add_argument("name", metavar="名称")
    p.add_argument("--days", type=int, default=TOKEN_DAYS, metavar="天数", help=f"有效期，缺省 {TOKEN_DAYS} 天")
    p.add_argument("--note", default="", metavar="说明", help="给谁用的")
    p.add_argument("--list", action="store_true", help="列出这个账号的令牌")
    p.add_argument("--revoke", type=int, metavar="编号", help="作废一个令牌")
    p.set_defaults(run=token)

    audit = verbs.add_parser("audit", parents=[common], help="审计记录：谁在什么时候做了什么")
    audit.set_defaults(run=lambda args: audit.print_help() or 2)
    sub = audit.add_subparsers(metavar="动作", title="动作", parser_class=type(audit))
    p = sub.add_parser("verify", parents=[common], help="核对记录有没有被改动、删去")
    for name, label in CHAINS.items():
        p.add_argument(
            f"--{name}-head", type=_head, metavar="序号:校验值", help=f"以前记下的{label}记录的末尾；短于它、与它不同都会指出"
        )
    p.set_defaults(run=verify)
    p = sub.add_parser("export", parents=[common], help="导出为 JSON 行，先做的在前")
    p.add_argument("--out", type=Path, metavar="文件", help="缺省写到标准输出")
    p.set_defaults(run=export)


def add(args: argparse.Namespace) -> int:
    """Add an account."""
    folder = library_place(args)
    if args.directory and directory() is None:
        raise UsageError(f"还没有配置单位目录。请先在 {config_path()} 里写 [ldap] 一节。")
    if args.oidc and provider() is None:
        raise UsageError(f"还没有配置统一身份认证。请先在 {config_path()} 里写 [oidc] 一节。")
    elsewhere = IN_DIRECTORY if args.directory else AT_PROVIDER if args.oidc else None
    password = None if args.no_password or elsewhere else _read_password(args)
    fresh = not has_accounts(folder)
    try:
        with _accounts(args, create=True) as accounts:
            accounts.add(local_actor("user add"), args.name, args.role, password, elsewhere=elsewhere)
    except BaseException:
        if fresh and isinstance(folder, Path):  # a file without accounts would let nobody in
            for ending in ("", "-wal", "-shm"):
                (folder / f"{ACCOUNTS_FILE}{ending}").unlink(missing_ok=True)
        raise
    print(f"已新建账号 {args.name}（{ROLE_LABELS[args.role]}）。从现在起打开网页要登录。")
    return 0


def list_accounts(args: argparse.Namespace) -> int:
    """List the accounts."""
    if not has_accounts(library_place(args)):
        note("这个库没有账号：在本机打开网页不用登录。")
        return NOTHING
    with _accounts(args) as accounts:
        found = accounts.store.accounts()
    records = [
        {"name": one.name, "role": one.role, "disabled": one.disabled_at is not None, "made_at": _day(one.made_at)}
        for one in found
    ]
    if args.json:
        print_json(records)
    else:
        rows = [(r["name"], ROLE_LABELS[str(r["role"])], r["made_at"], "停用" if r["disabled"] else "") for r in records]
        print_table(("名称", "角色", "日期", "现状"), rows)
    return 0


def disable(args: argparse.Namespace) -> int:
    """Disable an account, or enable it again."""
    with _accounts(args) as accounts:
        accounts.disable(local_actor("user disable"), accounts.get(args.name), disabled=not args.undo)
    print(f"已重新启用 {args.name}。" if args.undo else f"已停用 {args.name}，它的登录都已退出，令牌都已作废。")
    return 0


def set_password(args: argparse.Namespace) -> int:
    """Change a password."""
    with _accounts(args) as accounts:
        account = accounts.get(args.name)
        accounts.set_password(local_actor("user password"), account, _read_password(args))
    print(f"已改 {args.name} 的密码，它的登录都已退出。")
    return 0


def set_role(args: argparse.Namespace) -> int:
    """Change a role."""
    with _accounts(args) as accounts:
        accounts.set_role(local_actor("user role"), accounts.get(args.name), args.role)
    print(f"{args.name} 现在是{ROLE_LABELS[args.role]}，要重新登录。")
    return 0


def sign_out(args: argparse.Namespace) -> int:
    """End all sessions of an account."""
    with _accounts(args) as accounts:
        count = accounts.store.end_sessions(local_actor("user sign-out"), accounts.get(args.name))
    print(f"{args.name} 已在 {count} 处退出。")
    return 0


def token(args: argparse.Namespace) -> int:
    """Make, list or revoke tokens."""
    with _accounts(args) as accounts:
        account = accounts.get(args.name)
        if args.list:
            rows = [
                (one.number, one.note, _day(one.made_at), _day(one.ends_at), "已作废" if one.revoked_at is not None else "")
                for one in accounts.store.tokens(account)
            ]
            print_table(("编号", "说明", "日期", "有效期至", "现状"), rows)
        elif args.revoke is not None:
            accounts.store.revoke_token(local_actor("user token"), account, args.revoke)
            print(f"已作废 {args.name} 的 {args.revoke} 号令牌。")
        else:
            number, secret = accounts.make_token(local_actor("user token"), account, args.note, args.days)
            note(f"{args.name} 的 {number} 号令牌，{args.days} 天内有效，只显示这一次：")
            print(secret)
    return 0


def verify(args: argparse.Namespace) -> int:
    """Check both chains, against each other and against heads that were noted before."""
    folder = library_place(args)
    with _accounts(args) as accounts, Corpus.open(folder, create=False, read_only=True) as corpus:
        store = accounts.store
        faults = {
            "accounts": store.check(args.accounts_head),
            "library": corpus.check_audit(args.library_head or store.witness("library")),
        }
        # each row of the library names the last row of the accounts at that time
        last = next(iter(corpus.audit_entries(limit=1)), None)
        if last is not None and not faults["accounts"] and (seen := json.loads(last.detail).get("witness")):
            faults["accounts"] = store.check(ChainHead.parse(seen))
        heads = {"accounts": store.head(), "library": corpus.audit_head()}
        if not any(faults.values()):
            store.set_witness("library", heads["library"])
    for name, label in CHAINS.items():
        for fault in faults[name]:
            print(f"{label}：{fault}")
        if not faults[name]:
            print(f"{label}：{heads[name].number} 条，条条相接。末尾 {heads[name]}")
    if not any(faults.values()):
        note(
            "请把两行末尾记在别处，下次用 --accounts-head、--library-head 核对：有全部文件的人能把整段记录重做，只有这样能看出来。"
        )
    return NOTHING if any(faults.values()) else 0


def export(args: argparse.Namespace) -> int:
    """Write both chains as lines of JSON."""
    folder = library_place(args)
    with _accounts(args) as accounts, Corpus.open(folder, create=False, read_only=True) as corpus:
        found = [("accounts", row) for row in accounts.store.entries()] + [("library", row) for row in corpus.audit_entries()]
    lines = "".join(f"{line}\n" for line in _lines(found))
    if args.out is None:
        sys.stdout.write(lines)
        return 0
    try:
        args.out.write_text(lines, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"不能写入 {args.out}（{error.strerror}）。") from error
    note(f"已写入 {args.out}：{len(found)} 条。")
    return 0


def caller_of_token(folder: Path | str) -> Caller:
    """Who an assistant comes as: the account of its token, where the library has accounts.

    Raises:
        UsageError: Where there is no token, or it does not count.
    """
    from cemai.accounts import THIS_MACHINE

    if not has_accounts(folder):
        return THIS_MACHINE
    secret = os.environ.get(TOKEN, "")
    accounts = Accounts.of_folder(folder)
    assert accounts is not None
    with accounts.store:
        caller = accounts.of_token(secret) if secret else None
    if caller is None or Right.READ not in caller.rights or caller.library:
        raise UsageError(
            f"这个库有账号：请用 cemai user token 名称 取一个令牌，放在环境变量 {TOKEN} 里再运行 cemai mcp。"
            + ("现在的令牌不对、已过期或没有查看的权限。" if secret else "")
        )
    return caller


def _password(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--password-stdin", action="store_true", help="从标准输入读密码（给脚本用），不在屏幕上问")


def _read_password(args: argparse.Namespace) -> str:
    """The password, asked for twice on the terminal; never an argument, which other users of the machine can see."""
    if args.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise UsageError("这里没有终端可以输入密码。请在终端里运行，或加 --password-stdin 从标准输入读。")
    first = getpass.getpass("密码：")
    if first != getpass.getpass("再写一次："):
        raise UsageError("两次写的不一样。")
    return first


def _accounts(args: argparse.Namespace, *, create: bool = False) -> _OpenAccounts:
    folder = library_place(args)
    found = Accounts.of_folder(folder, create=create)
    if found is None:
        raise UsageError("这个库没有账号。新建第一个：cemai user add 名称 --role admin。")
    return _OpenAccounts(found)


class _OpenAccounts:
    """Accounts whose file is closed at the end of the block."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def __enter__(self) -> Accounts:
        return self._accounts

    def __exit__(self, *_: object) -> None:
        self._accounts.store.close()


def _lines(found: list[tuple[str, AuditEntry]]) -> Iterator[str]:
    for chain, row in sorted(found, key=lambda one: (one[1].at, one[0], one[1].number)):
        yield json.dumps({"chain": chain, **row.record()}, ensure_ascii=False)


def _head(text: str) -> ChainHead:
    try:
        return ChainHead.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("要写成 序号:校验值，照 cemai audit verify 印出的末尾。") from error


def _day(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds).strftime("%Y-%m-%d")
