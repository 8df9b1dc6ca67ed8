"""shared/domain/src/values/number_plans.rs: every country's exit codes, trunk prefixes, lengths and numbers.

    number_plans.py      writes it from the PyPI package phonenumbers

The package is Google's libphonenumber in Python, with its metadata. What reads the table is number_plan.rs beside it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

CHECKOUT = Path(__file__).resolve().parents[1]
TABLE = CHECKOUT / "shared" / "domain" / "src" / "values" / "number_plans.rs"
KINDS = (
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
)
HEAD = """\
//! Made by `make number-plans` from the metadata of phonenumbers {version}, which is Google's libphonenumber, under the
//! Apache License 2.0. Edits are lost.

use super::number_plan::{{Lengths, NumberPlan, Pattern}};

/// Every country calling code's plan, in the order of the codes.
pub(super) static NUMBER_PLANS: [NumberPlan; {count}] = [
"""


def metadata(code: int, region: str) -> PhoneMetadata:
    return PhoneMetadata.metadata_for_region_or_calling_code(code, region)


def assigned(code: int) -> str:
    """A pattern of the numbers that are given out in any of the code's regions."""
    patterns: dict[str, None] = {}
    for region in COUNTRY_CODE_TO_REGION_CODE[code]:
        of_region = metadata(code, region)
        kinds = (getattr(of_region, kind) for kind in KINDS)
        patterns |= dict.fromkeys(
            kind.national_number_pattern for kind in kinds if kind and kind.national_number_pattern
        )
    return "|".join(patterns)


def pattern(kind: str, text: str | None) -> str:
    return f'Pattern::{kind}(r"{text}")' if text and "\\" in text else f'Pattern::{kind}("{text or ""}")'


def lengths(of: tuple[int, ...]) -> str:
    return f"Lengths::of(&[{', '.join(map(str, of))}])"


def lines() -> Iterator[str]:
    yield HEAD.format(version=phonenumbers.__version__, count=len(COUNTRY_CODE_TO_REGION_CODE))
    for code, regions in sorted(COUNTRY_CODE_TO_REGION_CODE.items()):
        # The first region's rules are read for the whole code; the others differ in who has which numbers.
        plan = metadata(code, regions[0])
        # `\1` of Python is `$1` of Rust.
        rule = re.sub(r"\\(\d)", r"${\1}", plan.national_prefix_transform_rule or "")
        general = plan.general_desc
        yield "    NumberPlan {\n"
        yield f"        code: {code},\n"
        yield f"        international_prefix: {pattern('prefix', plan.international_prefix)},\n"
        yield f"        national_prefix: {pattern('prefix', plan.national_prefix_for_parsing)},\n"
        yield f'        national_prefix_rule: "{rule}",\n'
        yield f"        national_number: {pattern('whole', general.national_number_pattern)},\n"
        yield f"        possible_lengths: {lengths(general.possible_length)},\n"
        yield f"        assigned: {pattern('whole', assigned(code))},\n"
        yield "    },\n"
    yield "];\n"


def table() -> str:
    return "".join(lines())


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
