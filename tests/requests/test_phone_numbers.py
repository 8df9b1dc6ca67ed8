"""Phone numbers against the published `phonenumbers` package: of every region, in every form, under twenty codes.

They are read by the product's own rule in a small program, without HTTP. Some of test_leniency.py go all the way.
"""

import importlib.util
import json
import random
import re
import subprocess
from pathlib import Path

import phonenumbers
import pytest

from written_numbers import as_written_at_home, e164, examples, judged, random_digits, with_noise, written_numbers

CHECKOUT = Path(__file__).parents[2]
TABLE = CHECKOUT / "shared" / "domain" / "src" / "values" / "number_plans.rs"
SEED = 20_260_601
READER = ["cargo", "run", "--quiet", "--locked", "--package", "domain", "--example", "read_phones"]
# Read otherwise by the product: exit codes of elsewhere, and a + before a 0, which is no number in E.164.
READ_OTHERWISE = ("00", "011", "+0")
# Countries where 00 and the next digits choose a carrier: some numbers could be read in two ways.
CARRIERS_BY_00 = {55, 61, 62, 65, 81, 82}


@pytest.fixture(scope="module")
def generator():
    spec = importlib.util.spec_from_file_location("number_plans", CHECKOUT / "infra" / "number_plans.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def read():
    """Reads (country code, text) pairs as `inbound` does; None for a text that is refused."""
    subprocess.run([*READER[:1], "build", *READER[2:]], cwd=CHECKOUT, check=True)

    def read(pairs: list[tuple[int, str]]) -> list[str | None]:
        lines = "".join(json.dumps([str(code), text]) + "\n" for code, text in pairs)
        ran = subprocess.run(READER, cwd=CHECKOUT, input=lines, capture_output=True, text=True, check=True)
        answers = ran.stdout.splitlines()
        assert len(answers) == len(pairs)
        return [None if answer.startswith("!") else answer for answer in answers]

    return read


@pytest.fixture(scope="module")
def written():
    return list(written_numbers())


def test_no_number_of_any_region_becomes_another_in_any_form(read, written):
    got = read([(one.code, one.text) for one in written])
    others = [(one, number) for one, number in zip(written, got, strict=True) if number not in (one.meant, None)]
    # What the country reads as another number cannot be told from that number. Behind 00 it can, but for what nobody
    # dials from abroad: where 001 is the exit code, Canada's 310 1234 is a number of the Netherlands.
    own = [one for one, number in others if number == judged(one.text, one.code)]
    own = [one for one in own if not one.text.startswith("00") or judged(one.meant, one.code) is None]
    others = [(one, number) for one, number in others if one not in own]
    assert len(own) < len(written) / 100, own[:20]
    assert not others, f"{len(others)} of {len(written)}: {others[:20]}"


def is_meant_with_and_without_a_zero(one) -> bool:
    """Whether the 0 of a `(0)` may be dialled and may be left out: of both numbers somebody has one."""
    without = one.text.replace("(0)", "")
    region = phonenumbers.region_code_for_country_code(one.code)
    return (
        without != one.text
        and all(phonenumbers.is_valid_number(phonenumbers.parse(text, region)) for text in (one.text, without))
        and judged(without, one.code) != judged(one.text, one.code)
    )


def test_every_number_that_the_package_understands_is_understood(read, written):
    understood = [one for one in written if judged(one.text, one.code) == one.meant]
    understood = [one for one in understood if not is_meant_with_and_without_a_zero(one)]
    got = read([(one.code, one.text) for one in understood])
    missed = [(one, number) for one, number in zip(understood, got, strict=True) if number != one.meant]
    assert len(understood) > 10_000
    assert not missed, f"{len(missed)} of {len(understood)}: {missed[:20]}"


def test_a_zero_in_brackets_is_left_out_where_the_number_has_none(read, written):
    possible = [one for one in written if "+" in one.text and judged(one.meant, one.code) == one.meant]
    with_zero = [one for one in possible if "(0)" in one.text and not is_meant_with_and_without_a_zero(one)]
    got = read([(one.code, one.text) for one in with_zero])
    missed = [(one, number) for one, number in zip(with_zero, got, strict=True) if number != one.meant]
    assert len(with_zero) > 2_000
    assert not missed, f"{len(missed)} of {len(with_zero)}: {missed[:20]}"


@pytest.mark.parametrize("extension", [" (12)", "/22", " / 7", "\n12"])
def test_an_extension_behind_a_number_of_any_region_is_never_dialled(read, extension):
    numbers = [number for number in examples() if judged(e164(number), number.country_code)]
    at_home = [(number.country_code, f"{text}{extension}") for number in numbers for text in as_written_at_home(number)]
    dialled = [pair for pair in zip(at_home, read(at_home), strict=True) if pair[1]]
    assert len(at_home) > 2_000
    assert not dialled, f"{len(dialled)} of {len(at_home)}: {dialled[:20]}"


def test_double_zero_is_an_exit_code_everywhere(read, written):
    abroad = [one for one in written if one.text == f"00{one.meant[1:]}" and judged(one.meant, one.code) == one.meant]
    got = read([(one.code, one.text) for one in abroad])
    missed = [(one, number) for one, number in zip(abroad, got, strict=True) if number != one.meant]
    assert len(abroad) > 2_000
    assert {one.code for one, _ in missed} <= CARRIERS_BY_00, missed[:20]
    assert {number for _, number in missed} == {None}
    assert len(missed) < len(abroad) / 20, f"{len(missed)} of {len(abroad)} refused"


def test_noise_changes_no_number(read, written):
    chosen = random.Random(SEED)
    plain = read([(one.code, one.text) for one in written])
    noisy = [(one.code, with_noise(one.text, chosen)) for one in written]
    got = read(noisy)
    changed = [pair for pair in zip(noisy, plain, got, strict=True) if pair[1] != pair[2]]
    assert not changed, f"{len(changed)} of {len(written)}: {changed[:20]}"


def reads_as_itself(number: str | None, code: int) -> bool:
    return number is None or judged(number, code) == number


def test_any_digits_are_read_as_the_package_reads_them(read):
    cases = [case for case in random_digits(SEED, 50_000) if not case[1].startswith(READ_OTHERWISE)]
    expected = [judged(text, code) for code, text in cases]
    got = read(cases)
    # What the package itself reads as another number the second time (`+43 00…` loses a 0 each time) is refused here.
    expected = [
        number if reads_as_itself(number, code) else None for (code, _), number in zip(cases, expected, strict=True)
    ]
    different = [found for found in zip(cases, expected, got, strict=True) if found[1] != found[2]]
    assert sum(number is not None for number in expected) > 10_000
    assert not different, f"{len(different)} of {len(cases)}: {different[:20]}"


def test_the_table_is_what_the_package_has(generator):
    assert TABLE.read_text(encoding="utf-8") == generator.table(), "make number-plans writes it anew"


def test_what_the_table_calls_assigned_is_what_the_package_calls_valid(generator):
    chosen = random.Random(SEED)
    different, valid = [], 0
    for example in examples():
        assigned = re.compile(generator.assigned(example.country_code))
        for _ in range(20):
            digits = list(phonenumbers.national_significant_number(example))
            for _ in range(chosen.randint(0, 3)):
                digits[chosen.randrange(len(digits))] = chosen.choice("0123456789")
            try:
                number = phonenumbers.parse(f"+{example.country_code}{''.join(digits)}")
            except phonenumbers.NumberParseException:
                continue
            national = phonenumbers.national_significant_number(number)
            is_valid = phonenumbers.is_valid_number(number)
            valid += is_valid
            if is_valid != bool(assigned.fullmatch(national)):
                different.append((example.country_code, national))
    assert valid > 5_000
    assert not different, different[:20]
