"""Phone numbers as people write them, made by the published `phonenumbers` package, which also says what they mean.

It is Google's libphonenumber in Python, and knows nothing of the library that the product reads numbers with.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType, ValidationResult

# Where the numbers are read: with trunk 0 and without, with one exit code and several, with lengths that vary.
DEFAULT_CODES = [1, 7, 30, 33, 34, 36, 39, 43, 44, 49, 52, 54, 55, 61, 62, 65, 81, 82, 91, 972]
TYPES = [
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.MOBILE,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.VOIP,
    PhoneNumberType.UAN,
]
SPACES = [" ", "\u00a0", "\u2007", "\u202f", "\u3000", "  ", ".", "-", "\u2011", "\u2013", "\u2212"]
WRAPPINGS = [
    "{}",
    " {}\t",
    "\u202a{}\u202c",
    "\u202d{}\u202c\u200e",
    "\u200b{}\ufe0d",
    "\ufeff{}",
    "tel:{}",
    "Tel: {}",
    "p:{}",
    "{}\r\n",
]
FULL_WIDTH = {ord(c): ord(c) + 0xFEE0 for c in "0123456789+()-./"}


@dataclass(frozen=True)
class Written:
    code: int
    text: str
    meant: str


def e164(number) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def judged(text: str, code: int) -> str | None:
    """What the package reads in a plain text; None for what is no complete number of up to 15 digits."""
    try:
        number = phonenumbers.parse(text, phonenumbers.region_code_for_country_code(code))
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return None
    read = e164(number)
    return read if 7 <= len(read) - 1 <= 15 else None


def examples() -> Iterator:
    """One number of each kind of each region, and of what belongs to no region."""
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in TYPES:
            if number := phonenumbers.example_number_for_type(region, kind):
                yield number
    for code in sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS):
        yield phonenumbers.example_number_for_non_geo_entity(code)


def as_written_abroad(number, code: int) -> Iterator[str]:
    region = phonenumbers.region_code_for_country_code(code)
    for how in (PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.RFC3966):
        yield phonenumbers.format_number(number, how)
    yield phonenumbers.format_out_of_country_calling_number(number, region)
    digits = e164(number)[1:]
    yield f"00{digits}"
    yield f"011{digits}"
    national = phonenumbers.national_significant_number(number)
    # Written in every country, also where nobody dials a 0 or where it is the number's own.
    yield f"+{number.country_code} (0){national.removeprefix('0')}"
    yield f"00{number.country_code} (0) {national.removeprefix('0')}"


def as_written_at_home(number) -> Iterator[str]:
    yield phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    yield phonenumbers.national_significant_number(number)
    yield e164(number)[1:]


def written_numbers() -> Iterator[Written]:
    """Every example in every form, each form of abroad under all of the country codes."""
    for number in examples():
        for code in DEFAULT_CODES:
            for text in as_written_abroad(number, code):
                yield Written(code, text, e164(number))
        for text in as_written_at_home(number):
            yield Written(number.country_code, text, e164(number))


def with_noise(text: str, chosen: random.Random) -> str:
    """The same number with marks and separators that mean nothing."""
    space = chosen.choice(SPACES)
    noisy = chosen.choice(WRAPPINGS).format(text.removeprefix("tel:").replace(" ", space))
    return noisy.translate(FULL_WIDTH) if chosen.random() < 0.2 else noisy


def random_digits(seed: int, count: int) -> Iterator[tuple[int, str]]:
    """Digits under any country's code: some of nobody's choice, some an example with digits changed; some behind a plus
    sign or a prefix that means something."""
    chosen = random.Random(seed)
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    codes = sorted(code for code in regions if code not in phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS)
    known = [phonenumbers.national_significant_number(number) for number in examples()]
    for _ in range(count):
        code = chosen.choice(codes)
        prefixes = ["", "", "0", "1", "8", "9", "15", "90", "+", f"+{code}", f"{code}", f"+{code}0", f"+{code}{code}"]
        prefix = chosen.choice(prefixes)
        if chosen.random() < 0.5:
            digits = chosen.choices("0123456789", k=chosen.randint(4, 14))
        else:
            digits = list(chosen.choice(known))
            digits[chosen.randrange(len(digits))] = chosen.choice("0123456789")
        yield code, prefix + "".join(digits)
