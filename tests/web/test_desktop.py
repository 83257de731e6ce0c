"""The entry in the menu, as the files each system reads."""

from __future__ import annotations

import plistlib
import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli.main import main
from pipeline.web.desktop import ARGUMENTS, entry_for, remove_entry, write_entry

ODD = Path("/opt/a b$c/100%/bin/python3")


def test_linux_has_a_desktop_file(tmp_path: Path) -> None:
    """Read as its specification says: the command, quoted, in no terminal; where there is a checker, it agrees."""
    written = write_entry(entry_for("linux", ODD, tmp_path))
    read = ConfigParser(interpolation=None)
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read(written[0], encoding="utf-8")
    entry = read["Desktop Entry"]
    assert entry["Terminal"] == "false"
    assert entry["Exec"].startswith(r'"/opt/a b\\$c/100%%/bin/python3" "-m" "pipeline" "open"')
    assert Path(entry["Icon"]).is_file()
    if checker := shutil.which("desktop-file-validate"):
        subprocess.run([checker, str(written[0])], check=True)


def test_windows_has_a_script_without_a_console(tmp_path: Path) -> None:
    """Quotes doubled, as VBScript wants; the interpreter without a window."""
    python = Path("C:/Program Files/x/python.exe")
    (path,) = write_entry(entry_for("windows", python, tmp_path))
    text = path.read_bytes().decode("utf-16")
    assert '""' in text
    assert "pythonw.exe" in text
    assert text.rstrip().endswith(", 0, False")


def test_macos_has_an_application(tmp_path: Path) -> None:
    """A bundle whose executable the shell understands."""
    entry = entry_for("macos", ODD, tmp_path)
    plist, script = write_entry(entry)
    assert plistlib.loads(plist.read_bytes())["CFBundleExecutable"] == script.name
    assert script.stat().st_mode & 0o111
    if shutil.which("sh"):
        subprocess.run(["sh", "-n", str(script)], check=True)
    assert remove_entry(entry)
    assert not entry.root.exists()
    assert not remove_entry(entry)


@pytest.mark.parametrize("system", ["linux", "macos"])
def test_what_the_entry_starts_is_the_program(tmp_path: Path, system: str) -> None:
    """The command it holds is ours, with this very interpreter."""
    result = CliRunner().invoke(main, ["desktop", "install", "--system", system, "--to", str(tmp_path)])
    assert result.exit_code == 0, result.output
    texts = [f.read_text() for f in tmp_path.rglob("*") if f.is_file() and f.suffix in (".desktop", "")]
    assert any(sys.executable in text and ARGUMENTS[2] in text for text in texts)
    done = subprocess.run([sys.executable, *ARGUMENTS, "--help"], capture_output=True, text=True, check=True)
    assert "passphrase" in done.stdout
    result = CliRunner().invoke(main, ["desktop", "remove", "--system", system, "--to", str(tmp_path)])
    assert "Removed" in result.output


def test_a_menu_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """In one line, with its exit code."""
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(main, ["desktop", "install", "--to", str(tmp_path / "file" / "x")])
    assert result.exception is not None
    assert "cannot be written" in str(result.exception)
