"""Progress on stderr: a bar that is taken away on a terminal, a few lines in a log, nothing on stdout."""

from __future__ import annotations

import io

import pytest

from ui.commands.shared import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_log_gets_a_line_for_every_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("导入") as show:
        for done in range(41):
            show(done, 40, "甲.txt")
        show(3, 0, "乙.jsonl：已导入 3 条")
    told = capsys.readouterr()
    assert told.err.splitlines() == [*(f"导入 {4 * n}/40" for n in range(11)), "乙.jsonl：已导入 3 条"] and told.out == ""


def test_few_steps_are_not_told_in_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("导入") as show:
        show(3, 10, "甲.txt")
    assert capsys.readouterr().err == ""


def test_a_terminal_gets_a_bar_that_is_taken_away(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with pytest.raises(KeyboardInterrupt), progress("导入") as show:
        show(1, 4, "[b]方案[/b].txt")
        print("结果")
        raise KeyboardInterrupt
    told = terminal.getvalue()
    assert "导入" in told and "1/4" in told and "[b]方案[/b].txt" in told
    assert told.rstrip().endswith("\x1b[2K") and told.index("\x1b[?25l") < told.index("\x1b[?25h")
    assert capsys.readouterr().out == "结果\n"
