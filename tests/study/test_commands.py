"""The study's commands as a person or cron calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline import errors
from pipeline.cli.main import main
from pipeline.study.vault import faults
from pipeline.study.vault.key_files import make_key_file
from pipeline.study.vault.keys import SystemKeyring
from tests.batch.fakes import BROKEN, SPOKEN_NAME, FakeRecipe
from tests.study.conftest import CHEAP, make_sound


class Shell:
    """Calls commands on one study."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.study = folder / "study"
        self.key = folder / "study.key"

    def __call__(
        self, *arguments: object, fails: type[errors.SessionDeidError] | None = None, typed: str = ""
    ) -> str:
        result = CliRunner().invoke(main, [str(a) for a in arguments], input=typed)
        if fails is None:
            assert result.exit_code == 0, (result.output, result.exception)
        else:
            assert isinstance(result.exception, fails), (result.output, result.exception)
        return result.output

    def raw(self, *arguments: object) -> Result:
        return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A new study, found through the environment, with quick stages."""
    shell = Shell(tmp_path)
    shell("init", shell.study, "--key-file", shell.key)
    monkeypatch.setenv("SESSION_DEID_STUDY", str(shell.study))
    monkeypatch.setattr("pipeline.batch.executor.recipe_of", lambda _: FakeRecipe())
    toml = shell.study / "study.toml"
    toml.write_text(toml.read_text().replace("settle_seconds = 2.0", "settle_seconds = 0"))
    return shell


def test_a_policy_that_cannot_be_used_stops_a_run_before_anything_is_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came in is sealed, and the run goes on with it once the policy is put right."""
    call = Shell(tmp_path)
    call("init", call.study, "--key-file", call.key)
    monkeypatch.setenv("SESSION_DEID_STUDY", str(call.study))
    toml = call.study / "study.toml"
    settings = toml.read_text().replace("settle_seconds = 2.0", "settle_seconds = 0")
    toml.write_text(settings.replace('"hipaa-safe-harbor"', '"no-such-policy"'))
    make_sound(call.study / "inbox" / "week1.wav")
    call("run", fails=errors.PolicyError)
    row = json.loads(call("status", "--json"))
    assert (row["state"], row["reason"]) == ("sealed", None)


def test_from_inbox_to_verified_with_commands_alone(call: Shell) -> None:
    """run, status, verify and audit verify, as docs/study.md tells it."""
    make_sound(call.study / "inbox" / "week1.wav")
    assert "week1: redacted" in call("run")
    assert json.loads(call("status", "--json"))["state"] == "redacted"
    assert json.loads(call("status", "R0001", "--json"))["heard"]["faint_share"] == 0.0
    assert "of the words heard faintly" in call("status", "R0001")
    assert "heard faintly" not in call("status")
    call("verify", "R0001", "--reviewer", "Rev Iewer", fails=errors.StatementError)
    assert "R0001: verified, by Rev Iewer." in call("verify", "R0001", "--reviewer", "Rev Iewer", "--accept")
    assert json.loads(call("status", "R0001", "--json"))["state"] == "verified"
    assert "unbroken" in call("audit", "verify")
    call("verify", "R0001", "--accept", fails=errors.StateError)


def test_no_command_prints_what_was_said(call: Shell) -> None:
    """Neither run, status, audit show nor an export of the chain carries a spoken name."""
    make_sound(call.study / "inbox" / f"{SPOKEN_NAME}-week1.wav")
    call("roster", "add", typed=f"{SPOKEN_NAME} Zed\n")
    shown = (
        call("run")
        + call("run", "--json")
        + call("status")
        + call("status", "--json")
        + call("audit", "show")
    )
    call("audit", "export", "--to", call.folder / "out")
    shown += (call.folder / "out" / "audit.jsonl").read_text() + (
        call.folder / "out" / "audit.html"
    ).read_text()
    assert SPOKEN_NAME.lower() not in shown.lower()
    assert "R0001: redacted" in shown


def test_run_says_which_failed_and_ends_with_a_code_of_its_own(call: Shell) -> None:
    """One bad file: exit 60, a line with the stage; retry and a better stage put it right."""
    make_sound(call.study / "inbox" / "good.wav")
    make_sound(call.study / "inbox" / "bad.wav", BROKEN)
    shown = call("run", fails=errors.SomeFailedError)
    assert "bad: failed (decode)" in shown
    assert "good: redacted" in shown
    assert call("run").startswith("Nothing to do. There is one recording set aside by an earlier run")
    assert "will be tried again (decode)" in call("retry", "--all")


def test_import_and_unseal_give_back_the_same_bytes(call: Shell) -> None:
    """A file imported from anywhere comes back as it was; never over an existing file; noted in the chain."""
    data = make_sound(call.folder / "card" / "dictaphone.mp3")
    assert "sealed, removed" in call("import", call.folder / "card" / "dictaphone.mp3")
    call("unseal", "dictaphone", "--to", call.folder / "back.mp3")
    assert (call.folder / "back.mp3").read_bytes() == data
    assert (call.folder / "back.mp3").stat().st_mode & 0o777 == 0o600
    call("unseal", "R0001", "--to", call.folder / "back.mp3", fails=errors.OutputError)
    assert "unsealed" in call("audit", "show")


def test_import_keep_leaves_the_file(call: Shell) -> None:
    """--keep seals without removing; the same content again is the same recording."""
    make_sound(call.folder / "a.wav")
    call("import", "--keep", call.folder / "a.wav")
    (call.folder / "b.wav").write_bytes((call.folder / "a.wav").read_bytes())
    lines = call("import", "--keep", "--json", call.folder / "a.wav", call.folder / "b.wav").splitlines()
    assert [json.loads(line)["outcome"] for line in lines] == ["known", "known"]
    assert (call.folder / "a.wav").exists()
    assert len(call("status", "--json").splitlines()) == 1


def test_an_older_ledger_is_named_and_its_recordings_are_taken_in_again(call: Shell) -> None:
    """Ledger and head from a backup: `run` ends with 72, destroys nothing and says what brings the recording back."""
    names = ("ledger.sqlite3", "audit.head")
    backup = {name: (call.study / name).read_bytes() for name in names}
    data = make_sound(call.study / "inbox" / "week1.wav")
    call("import")
    for name in names:
        (call.study / name).write_bytes(backup[name])
    ended = call.raw("run")
    assert isinstance(ended.exception, errors.UnknownSealedError)
    assert "--from-vault" in str(ended.exception)
    assert ended.exception.exit_code == 72
    call("audit", "verify", fails=errors.UnknownSealedError)
    assert call.raw("import", "--from-vault", call.folder).exit_code == 2
    assert "R0001" in call("import", "--from-vault")
    assert "week1: redacted" in call("run")
    call("unseal", "R0001", "--to", call.folder / "back.wav")
    assert (call.folder / "back.wav").read_bytes() == data


def test_a_missing_file_is_named_and_fails(call: Shell) -> None:
    """import says which file is missing and ends with 60."""
    assert "nothere.wav" in call("import", call.folder / "nothere.wav", fails=errors.SomeFailedError)


def test_roster_commands(call: Shell) -> None:
    """Import, add, rename, merge, list; codes are never reused; the CSV goes when asked."""
    csv = call.folder / "people.csv"
    csv.write_text("code,name,nicknames,role\nF01,Lead Person,,facilitator\nP01,First Person,Fi;Firsty,\n")
    call("roster", "import", csv, "--destroy")
    assert not csv.exists()
    assert "Added as P02" in call("roster", "add", typed="Second Person\n")
    call("roster", "rename", "p02", typed="Second Q. Person\n")
    call("roster", "merge", "P02", "P01")
    assert "Added as P03" in call("roster", "add", typed="Third Person\n")
    call("roster", "add", "--code", "P02", typed="Fourth Person\n", fails=errors.RosterError)
    people = [json.loads(line) for line in call("roster", "list", "--json").splitlines()]
    assert [p["code"] for p in people] == ["F01", "P01", "P03"]
    assert set(people[1]["nicknames"]) == {"Fi", "Firsty", "Second Q. Person", "Second Person"}


def test_wrong_key_touches_nothing(call: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another key file is refused with its own error, and no byte of the study changes."""
    other = call.folder / "other.key"
    other.write_bytes(b"k" * 40)
    other.chmod(0o600)
    before = {path: path.read_bytes() for path in call.study.rglob("*") if path.is_file()}
    call("status", "--key-file", other, fails=errors.WrongKeyError)
    assert before == {path: path.read_bytes() for path in call.study.rglob("*") if path.is_file()}


def test_a_key_file_others_can_read_is_refused(call: Shell) -> None:
    """Mode 0644 is an error that says what to do."""
    call.key.chmod(0o644)
    call("status", "--key-file", call.key, fails=errors.KeyUnavailableError)


def test_a_passphrase_is_never_taken_without_a_terminal(call: Shell) -> None:
    """Without key file and terminal the command ends with its own error instead of waiting."""
    call("init", call.folder / "s2", fails=errors.KeyUnavailableError)
    assert not (call.folder / "s2").exists()


def test_init_refuses_a_folder_that_is_a_study(call: Shell) -> None:
    """An existing study is never made anew."""
    call("init", call.study, "--key-file", call.key, fails=errors.StudyExistsError)


def test_a_recovery_file_opens_the_study(call: Shell) -> None:
    """key recovery writes a file that opens it; key remove takes a way away; the last one stays."""
    recovery = call.folder / "recovery.txt"
    call("key", "recovery", recovery)
    call("status", "--key-file", recovery)
    ways = {
        json.loads(line)["kind"]: json.loads(line)["name"]
        for line in call("key", "list", "--json").splitlines()
    }
    call("key", "remove", ways["file"], "--key-file", recovery)
    call("status", "--key-file", call.key, fails=errors.WrongKeyError)
    call("key", "remove", ways["recovery"], "--key-file", recovery, fails=errors.KeyUnavailableError)


def test_no_study_is_an_error_of_its_own(tmp_path: Path) -> None:
    """Outside any study the commands say so."""
    result = CliRunner().invoke(main, ["status", "--study", str(tmp_path)])
    assert isinstance(result.exception, errors.StudyMissingError)


def test_an_unknown_setting_stops_by_name(call: Shell) -> None:
    """A misspelt key in study.toml is named; nothing is replaced by defaults."""
    with (call.study / "study.toml").open("a") as file:
        file.write("\nreviewrs = 2\n")
    result = call.raw("status")
    assert isinstance(result.exception, errors.SettingsError)
    assert "reviewrs" in str(result.exception)


def test_init_makes_the_key_file_s_folder(tmp_path: Path) -> None:
    """As docs/cron.md has it: ~/.config/session-deid is not there on a new computer."""
    key = tmp_path / "new" / "folder" / "study.key"
    Shell(tmp_path)("init", tmp_path / "study", "--key-file", key)
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.parent.stat().st_mode & 0o777 == 0o700


def test_one_refusal_does_not_keep_the_others_from_being_destroyed(call: Shell) -> None:
    """With --all and --due by night nobody is there to leave the difficult one out."""
    toml = call.study / "study.toml"
    toml.write_text(toml.read_text().replace("unattended_destroy = false", "unattended_destroy = true"))
    for name in ("a", "b", "c"):
        make_sound(call.study / "inbox" / f"{name}.wav")
    call("run")
    for recording in ("R0001", "R0003"):
        call("verify", recording, "--accept")
    said = call("destroy", "R0001", "R0002", "R0003", "--yes", fails=errors.SomeFailedError)
    assert "R0002: is not destroyed: it is redacted" in said
    states = [json.loads(line)["state"] for line in call("status", "--json").splitlines()]
    assert states == ["destroyed", "redacted", "destroyed"]
    call("destroy", "R0002", "--yes", fails=errors.NotDestroyableError)
    call("destroy", "R0001", "--yes", fails=errors.StateError)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person can be asked."""
    monkeypatch.setattr("pipeline.cli.withdraw.at_terminal", lambda: True)


def test_withdraw_shows_what_is_lost_and_goes_on_by_the_id_alone(call: Shell, terminal: None) -> None:
    """Another word destroys nothing; the id does; status, list and certificate tell of it, the note is read back."""
    make_sound(call.study / "inbox" / "week1.wav")
    call("run")
    call("verify", "R0001", "--accept")
    call("export", "R0001", "--format", "docx", "--to", call.folder / "out")
    withdraw = ("withdraw", "week1", "--reason", "consent-withdrawn", "--reviewer", "Rev Iewer")
    for typed in ("\nweek1\n", "\ny\n"):
        said = call(*withdraw, fails=errors.NotConfirmedError, typed=typed)
    for needed in (
        "approved, de-identified transcript",
        "exported as docx",
        "was verified by",
        "no way back",
    ):
        assert needed in said
    assert json.loads(call("status", "--json"))["state"] == "verified"
    assert "6 checks passed" in call(*withdraw, typed=f"{SPOKEN_NAME} asked\nR0001\n")
    assert "(consent-withdrawn)" in call("status")
    assert json.loads(call("status", "--json"))["reason"] == "consent-withdrawn"
    listed = json.loads(call("withdraw", "--list", "--json"))
    assert (listed["by"], listed["note"], listed["state"]) == (
        "Rev Iewer",
        f"{SPOKEN_NAME} asked",
        "withdrawn",
    )
    assert f"{SPOKEN_NAME} asked" in call("withdraw", "--list")
    file = call.study / "certificates" / "R0001.withdrawal.certificate.json"
    assert "(withdrawn: consent-withdrawn); the signature holds" in call("certificate", "check", file)
    assert "unbroken" in call("audit", "verify")
    shown = call("audit", "show", "--json") + file.read_text() + file.with_suffix(".html").read_text()
    assert SPOKEN_NAME not in shown
    call(*withdraw[:1], "R0001", *withdraw[2:], fails=errors.StateError)
    call("export", "R0001", "--format", "txt", "--to", call.folder / "out", fails=errors.StateError)


def test_withdraw_needs_a_person_a_reason_and_a_recording(
    call: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a terminal nothing goes, whatever study.toml allows; there is no --yes; a wrong key touches nothing."""
    toml = call.study / "study.toml"
    toml.write_text(toml.read_text().replace("unattended_destroy = false", "unattended_destroy = true"))
    make_sound(call.study / "inbox" / "week1.wav")
    call("run")
    before = {path: path.read_bytes() for path in call.study.rglob("*") if path.is_file()}
    call("withdraw", "R0001", "--reason", "unusable", fails=errors.NotConfirmedError, typed="\nR0001\n")
    for wrong in (("R0001",), (), ("R0001", "--list"), ("R0001", "--reason", "unusable", "--yes")):
        assert call.raw("withdraw", *wrong).exit_code == 2
    other = call.folder / "other.key"
    other.write_bytes(b"k" * 40)
    other.chmod(0o600)
    monkeypatch.setattr("pipeline.cli.withdraw.at_terminal", lambda: True)
    with_other = ("withdraw", "R0001", "--reason", "unusable", "--key-file", other)
    call(*with_other, fails=errors.WrongKeyError, typed="\nR0001\n")
    after = {path: path.read_bytes() for path in call.study.rglob("*") if path.is_file()}
    assert before == {path: content for path, content in after.items() if path in before}
    assert "Nothing was withdrawn" in call("withdraw", "--list")


def test_withdraw_finishes_what_was_interrupted(
    call: Shell, terminal: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same command again, without a reason: it was stated already."""
    make_sound(call.study / "inbox" / "week1.wav")
    call("run")
    (source,) = (call.study / "vault" / "R0001").glob("source-*")
    copy = call.study / "copy.bin"
    copy.write_bytes(source.read_bytes())
    withdraw = ("withdraw", "R0001", "--reason", "not-of-this-study")
    assert "Type its id" not in call(*withdraw, fails=errors.CopyFoundError, typed="\nR0001\n")
    copy.unlink()
    monkeypatch.setenv("SESSION_DEID_FAULT", "scrub.begin:eio")
    faults.reset()
    call(*withdraw, fails=errors.DiskFaultError, typed="\nR0001\n")
    monkeypatch.delenv("SESSION_DEID_FAULT")
    assert "withdrawing" in call("status")
    call("withdraw", "R0001", fails=errors.NotConfirmedError, typed="no\n")
    ended = call("withdraw", "R0001", "--json", typed="R0001\n").splitlines()[-1]
    assert json.loads(ended)["state"] == "withdrawn"


def test_a_file_s_name_cannot_write_to_the_terminal(call: Shell) -> None:
    """Escape sequences and line breaks of a name are shown as question marks, in every listing."""
    make_sound(call.study / "inbox" / "esc\x1b[2J\nnew.wav")
    make_sound(call.study / "inbox" / "Wh\u0101nau \udcff.wav")
    shown = call("import") + call("run") + call("status") + call("status", "--json") + call("run", "--json")
    assert "\x1b" not in shown
    assert "esc?[2J?new" in shown
    assert shown.replace("\n", "").isprintable()


def test_a_name_that_two_recordings_have_must_be_given_by_its_id(call: Shell) -> None:
    """The message lists the ids."""
    for folder in ("x", "y"):
        make_sound(call.study / "inbox" / folder / "week1.wav")
    call("import")
    assert call("status", "R0002", "--json")
    with pytest.raises(errors.RecordingAmbiguousError, match="R0001, R0002"):
        CliRunner().invoke(main, ["status", "week1"], catch_exceptions=False)


@pytest.mark.parametrize("way", ["keyring", "lost key file"])
def test_a_study_brought_to_another_computer_asks_for_its_passphrase(
    call: Shell, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Its keyring, or the key file of study.toml, is not that study's there; the passphrase still opens it."""
    from keyring.errors import NoKeyringError

    from pipeline.cli import study_options
    from pipeline.study.key_changes import add_way
    from pipeline.study.study import Study
    from pipeline.study.vault.keys import KeyFile, Passphrase

    with Study.open(call.study, KeyFile(call.key)) as study:
        add_way(study, Passphrase("correct horse"), "passphrase", CHEAP)
        if way == "keyring":
            monkeypatch.setattr("keyring.set_password", lambda *_: None)
            add_way(study, SystemKeyring(), "keyring")

    def no_keyring(*_: str) -> None:
        raise NoKeyringError

    monkeypatch.setattr("keyring.get_password", no_keyring)
    call.key.unlink()
    if way == "lost key file":
        make_key_file(call.key, purpose="another study's")
    monkeypatch.setattr(study_options, "ask_secret", lambda *_, **__: "correct horse")
    monkeypatch.setattr(study_options, "can_be_asked", lambda: False)
    with pytest.raises(errors.KeyUnavailableError if way == "keyring" else errors.WrongKeyError):
        study_options.open_study(call.study, None)
    monkeypatch.setattr(study_options, "can_be_asked", lambda: True)
    study_options.open_study(call.study, None).close()


def test_key_commands_say_what_was_not_changed(call: Shell) -> None:
    """A remedy about opening a study would mislead where it is open already."""
    for arguments in (
        ("key", "recovery", call.key),
        ("key", "remove", "nothing"),
        ("key", "remove", way_of(call)),
    ):
        said = CliRunner().invoke(main, [str(a) for a in arguments])
        assert isinstance(said.exception, errors.KeyChangeError)
        assert "--key-file" not in str(said.exception)


def way_of(call: Shell) -> str:
    name: str = json.loads(call("key", "list", "--json"))["name"]
    return name


def test_what_waits_for_review_is_listed_without_a_page(call: Shell) -> None:
    """For a person and for programs: recordings a person can review now, no others."""
    make_sound(call.study / "inbox" / "week1.wav")
    make_sound(call.study / "inbox" / "week2.wav", BROKEN + b"x" * 100)
    call.raw("run")
    assert "R0001   week1: redacted" in call("review", "--list")
    (row,) = map(json.loads, call("review", "--list", "--json").splitlines())
    assert (row["recording"], row["name"], row["state"]) == ("R0001", "week1", "redacted")
    call("verify", "R0001", "--reviewer", "Rev Iewer", "--accept")
    assert call("review", "--list", "--json") == ""
    assert call.raw("review", "--json").exit_code != 0


def test_an_audit_export_and_a_certificate_are_checked_for_programs(call: Shell, tmp_path: Path) -> None:
    """`audit check --json` and `certificate check --json` on what the program itself wrote."""
    make_sound(call.study / "inbox" / "week1.wav")
    call("run")
    call("verify", "R0001", "--reviewer", "Rev Iewer", "--accept")
    toml = call.study / "study.toml"
    toml.write_text(toml.read_text().replace("unattended_destroy = false", "unattended_destroy = true"))
    file = json.loads(call("destroy", "R0001", "--yes", "--json"))["certificate"]
    found = json.loads(call("certificate", "check", file, "--json"))
    assert (found["recording"], found["signature"], found["study_known"]) == ("R0001 week1", "holds", True)
    call("audit", "export", "--to", tmp_path / "out")
    checked = json.loads(call("audit", "check", tmp_path / "out" / "audit.jsonl", "--json"))
    assert checked["entries"] > 5
    assert checked["study"]
