"""The filter itself, read as the kernel reads it: every system call of both processors gets the answer meant."""

from __future__ import annotations

import errno

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.safety import kernel
from pipeline.safety.kernel import PROCESSORS, Instruction, program

ALLOW, FAIL = 0x7FFF0000, 0x00050000
OTHER_ARCHITECTURES = (0x40000003, 0x40000028, 0xC00000F3)  # x86 in 32 bits, ARM in 32 bits, RISC-V


def answer(lines: list[Instruction], architecture: int, number: int, first: int) -> int:
    """What a classic BPF machine says (kernel documentation, networking/filter)."""
    data = {0: number, 4: architecture, 16: first & 0xFFFFFFFF}
    at = loaded = 0
    while True:
        code, if_true, if_false, operand = lines[at]
        at += 1
        if code == 0x20:
            loaded = data[operand]
        elif code == 0x06:
            return operand
        else:
            holds = loaded == operand if code == 0x15 else loaded >= operand
            at += if_true if holds else if_false


@pytest.mark.parametrize("name", sorted(PROCESSORS))
@pytest.mark.parametrize("local", [True, False])
@given(number=st.one_of(st.integers(0, 600), st.integers(0, 2**32 - 1)), first=st.integers(-1, 60))
def test_each_call_gets_its_answer(name: str, local: bool, number: int, first: int) -> None:
    """Sockets by their family, io_uring and foreign call numbers never, everything else always."""
    processor = PROCESSORS[name]
    lines = program(processor, local_services=local)
    meant = ALLOW
    if number == kernel.IO_URING_SETUP or number >= kernel.X32_CALLS:
        meant = FAIL | errno.ENOSYS
    elif number == processor.socket and first not in ((1, 16) if local else (16,)):
        meant = FAIL | errno.EAFNOSUPPORT
    assert answer(lines, processor.architecture, number, first) == meant
    for other in OTHER_ARCHITECTURES:
        assert answer(lines, other, number, first) == FAIL | errno.ENOSYS


@pytest.mark.parametrize("name", sorted(PROCESSORS))
@pytest.mark.parametrize("local", [True, False])
@pytest.mark.parametrize("family", range(50))
def test_a_socket_of_each_family(name: str, local: bool, family: int) -> None:
    """AF_NETLINK (the kernel itself) always, AF_UNIX where it is meant to, nothing else."""
    processor = PROCESSORS[name]
    told = answer(program(processor, local_services=local), processor.architecture, processor.socket, family)
    assert (told == ALLOW) is (family == 16 or (family == 1 and local))


@pytest.mark.parametrize(
    ("system", "machine"), [("win32", "AMD64"), ("darwin", "arm64"), ("linux", "riscv64")]
)
def test_where_it_cannot_be_had_it_says_so(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str
) -> None:
    """No filter on other systems and processors: False, and nothing is tried."""
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setattr("platform.machine", lambda: machine)
    assert kernel.refuse(local_services=False) is False
