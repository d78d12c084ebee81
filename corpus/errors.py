"""Every error this project raises on purpose.

PolicyError                    anything that a person can act on; its text is Chinese and says what to do next
├── StoreError                 the library folder or its SQLite file
│   ├── NewerFormat            written by a later version of the program
│   ├── LibraryBusy            another process holds the write lock
│   │   └── LibraryUnreachable the database does not answer just now
│   ├── LeaseLost              another worker has taken the file over
│   ├── LibraryReadOnly        on media, or in a folder, that cannot be written
│   ├── DiskFull               nothing more fits on the disk
│   ├── DeviceFailure          the disk reported an error
│   ├── TooManyFiles           the system gives this process no more files
│   ├── DamagedLibrary         the file is not what was written
│   ├── ReplacedLibrary        the file is not the one that was there: emptied, older, of another library, gone
│   ├── IncompletePurge        erased from the library, but not yet from every file of its folder
│   └── UnknownDocument        no such document in the library
│       └── UnclearDocument    several may be meant, or only some come near: the message offers them
├── RefusedInput               one input is not taken in; the others are not affected
├── ModelUnavailable           the configured embedding model cannot be loaded
└── UsageError                 an option or argument that cannot be meant
"""

from __future__ import annotations


class PolicyError(Exception):
    """Base of all errors meant for people: ``str(error)`` is a Chinese sentence saying what happened and what to do."""


class StoreError(PolicyError):
    """The library cannot be read or written."""


class NewerFormat(StoreError):
    """The library was written by a later version: install that version, or use another ``--library``."""


class LibraryBusy(StoreError):
    """Another process is writing: wait for it to finish and try again."""


class LibraryUnreachable(LibraryBusy):
    """The database of the library does not answer just now: nothing was stored; try again."""


class LeaseLost(StoreError):
    """Another worker has taken a file over: what was made of it here is not stored."""


class LibraryReadOnly(StoreError):
    """The library cannot be written where it is: copy its folder to a place that can, or ask for the right to write."""


class DiskFull(StoreError):
    """Nothing more fits on the disk: what was not stored is as if it had never been begun."""


class DeviceFailure(StoreError):
    """The disk reported an error while reading or writing: save a backup elsewhere before anything else."""


class TooManyFiles(StoreError):
    """The system gives this process no more open files: end other programs, or raise the limit."""


class DamagedLibrary(StoreError):
    """The file of the library is not what was written: restore a backup."""


class ReplacedLibrary(StoreError):
    """In the place of the library is another file: emptied, older, of another library, or none."""


class IncompletePurge(StoreError):
    """Documents were erased from the library, but a file of its folder may still hold their words: purge again."""


class UnknownDocument(StoreError):
    """No document has this id or source: ``cemai docs list`` shows those there are."""


class UnclearDocument(UnknownDocument):
    """Several documents may be meant, or none fits and some come near: the message offers them as choices."""


class RefusedInput(PolicyError):
    """An input that is not taken in. ``reason`` is a stable code, the message is for people."""

    def __init__(self, source: str, reason: str, message: str) -> None:
        super().__init__(f"{source}：{message}")
        self.source = source
        self.reason = reason
        self.message = message


class ModelUnavailable(PolicyError):
    """The embedding model that was asked for is not on this machine and cannot be fetched."""


FULL_INSTALLATION = "轻量安装里没有这一项，其他功能不受影响。请在能联网的电脑上安装完整版：pip install -r requirements.lock。"
"""What to do where a package is missing that the installation for offices goes without."""


class UsageError(PolicyError):
    """Wrong usage of a command or a function argument that came from a person."""
