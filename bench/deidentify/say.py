"""Values for the slots of bench.deidentify.generate, as people say them."""

from __future__ import annotations

import random

from bench.deidentify.said_values import (
    AREAS,
    COMPANIES,
    COUNTRIES,
    HOSPITALS,
    JOBS,
    LOCALES,
    MAORI_AND_MORE,
    MONTHS,
    MORE_SURNAMES,
    NATIONALITIES,
    ORDINALS,
    PRACTICES,
    RARE_JOBS,
    SCHOOLS,
    STREET_ENDS,
    STREET_STEMS,
    SUBURBS,
    TEAMS,
    TENS,
    TOWNS,
    UNITS,
    WARDS,
)

# slot: (method of Maker, type, tier)
SAY = {
    "first": ("first", "PERSON", "direct"), "surname": ("surname", "PERSON", "direct"), "full": ("full", "PERSON", "direct"), "possfirst": ("poss", "PERSON", "direct"),
    "lastfirst": ("full", "PERSON", "direct"), "spelled": ("spelled", "PERSON", "direct"), "date": ("date", "DATE", "direct"), "dateshort": ("date_short", "DATE", "direct"),
    "daymonth": ("day_month", "DATE", "direct"), "address": ("address", "LOCATION", "direct"), "number": ("house", "LOCATION", "direct"), "streetname": ("street", "LOCATION", "direct"),
    "postcode": ("postcode", "LOCATION", "direct"), "town": ("town", "LOCATION", "direct"), "suburb": ("suburb", "LOCATION", "direct"), "country": ("country", "LOCATION", "quasi"),
    "ward": ("ward", "LOCATION", "direct"), "phone": ("phone", "ID", "direct"), "email": ("email", "ID", "direct"), "handle": ("handle", "ID", "direct"), "nhs": ("nhs", "ID", "direct"),
    "nhi": ("nhi", "ID", "direct"), "passport": ("passport", "ID", "direct"), "account": ("account", "ID", "direct"), "plate": ("plate", "ID", "direct"), "age": ("age", "AGE", "quasi"),
    "oldage": ("old_age", "AGE", "quasi"), "job": ("job", "PROFESSION", "quasi"), "rarejob": ("rare_job", "PROFESSION", "quasi"), "nationality": ("nationality", "NRP", "quasi"),
    "practice": ("practice", "ORG", "direct"), "hospital": ("hospital", "ORG", "direct"), "school": ("school", "ORG", "direct"), "company": ("company", "ORG", "direct"), "team": ("team", "ORG", "direct"),
}  # fmt: skip


def number(n: int) -> str:
    """A number below a hundred in words."""
    if n < 20:
        return UNITS[n]
    return TENS[n // 10] + (" " + UNITS[n % 10] if n % 10 else "")


class Maker:
    """Makes values; every choice comes from the given random source."""

    def __init__(self, rng: random.Random) -> None:
        from faker import Faker

        self.rng = rng
        self._fakers = [Faker(locale) for locale in ("en_GB", rng.choice(LOCALES), rng.choice(LOCALES))]
        for fake in self._fakers:
            fake.seed_instance(rng.randrange(10**9))

    def make(self, slot: str) -> str:
        """A value for a slot of SAY; trailing digits of the slot's name do not matter."""
        return str(getattr(self, SAY[slot.rstrip("0123456789")][0])())

    def _um(self, text: str) -> str:
        """Now and then a filler after the first word or a comma."""
        words = text.split()
        if len(words) > 2 and self.rng.random() < 0.3:
            at = self.rng.randrange(1, len(words))
            words[at - 1] = words[at - 1].rstrip(",") + ","
            words.insert(at, self.rng.choice(["um,", "uh,", "er,"]))
        return " ".join(words)

    def first(self) -> str:
        return (
            self.rng.choice(MAORI_AND_MORE)
            if self.rng.random() < 0.4
            else self.rng.choice(self._fakers).first_name().split()[0]
        )

    def surname(self) -> str:
        return (
            self.rng.choice(MORE_SURNAMES)
            if self.rng.random() < 0.5
            else self.rng.choice(self._fakers).last_name().split()[-1]
        )

    def full(self) -> str:
        return f"{self.first()} {self.surname()}"

    def poss(self) -> str:
        return self.first()

    def spelled(self) -> str:
        letters = [c for c in self.surname().upper() if c.isalpha()]
        return self.rng.choice([", ", " ", ", "]).join(letters)

    def year(self) -> str:
        n = self.rng.randrange(30, 99)
        return self.rng.choice([f"nineteen {number(n)}", number(n), f"19{n}", f"nineteen, {number(n)}"])

    def date(self) -> str:
        day, month = self.rng.choice(ORDINALS), self.rng.choice(MONTHS)
        said = self.rng.choice(
            [
                f"{day} of {month}",
                f"{day} {month}",
                f"{month} {day}",
                f"{month} the {day}",
                f"{self.rng.randrange(1, 29)}th of {month}",
            ]
        )
        return self._um(f"{said}{self.rng.choice([',', ''])} {self.year()}")

    def date_short(self) -> str:
        day, month = self.rng.randrange(1, 29), self.rng.randrange(1, 13)
        ordinals = f"{ORDINALS[day - 1]} of the {ORDINALS[month - 1]}"
        figures = f"{number(day)}, {number(month)}"
        return self.rng.choice(
            [
                self.date(),
                self._um(f"{ordinals}, {self.year()}"),
                self._um(f"{figures}, {self.year()}"),
                f"{day} {month} {self.rng.randrange(1930, 2010)}",
            ]
        )

    def day_month(self) -> str:
        return f"{self.rng.choice(ORDINALS)} of {self.rng.choice(MONTHS)}"

    def house(self) -> str:
        n = self.rng.randrange(2, 199)
        said = (
            number(n)
            if n < 100
            else self.rng.choice(
                [f"one {number(n % 100)}" if n % 100 > 9 else f"one oh {UNITS[n % 10]}", str(n)]
            )
        )
        return self.rng.choice(
            [said, said, said, f"flat {number(self.rng.randrange(1, 30))}, {said}"]
        ).capitalize()

    def street(self) -> str:
        return f"{self.rng.choice(STREET_STEMS)} {self.rng.choice(STREET_ENDS)}"

    def address(self) -> str:
        return self._um(f"{self.house().lower()} {self.street()}")

    def postcode(self) -> str:
        area, out, inner = self.rng.choice(AREAS), self.rng.randrange(1, 25), self.rng.randrange(1, 10)
        letters = "".join(self.rng.choice("ABDEFGHJLNPQRSTUWXYZ") for _ in "ab")
        spoken = f"{' '.join(area)} {number(out)} {UNITS[inner]} {' '.join(letters)}"
        return self.rng.choice(
            [
                spoken,
                spoken,
                f"{area} {number(out)}, {UNITS[inner]} {letters}",
                f"{area}{out} {inner}{letters}",
                f"{area} {number(out)}",
            ]
        )

    def phone(self) -> str:
        digits = [self.rng.randrange(10) for _ in range(self.rng.choice([7, 8]))]
        start = self.rng.choice(
            ["oh two one", "oh two seven", "oh seven seven", "zero two two", "oh seven nine double four"]
        )
        said: list[str] = []
        while digits:
            d = digits.pop(0)
            if digits and digits[0] == d:
                digits.pop(0)
                said.append(f"double {UNITS[d]}")
            else:
                said.append(self.rng.choice(["oh", "zero"]) if d == 0 else UNITS[d])
        groups = " ".join(w + ("," if i % 3 == 2 and i + 1 < len(said) else "") for i, w in enumerate(said))
        return self._um(f"{start}, {groups}")

    def email(self) -> str:
        name = f"{self.rng.choice(MAORI_AND_MORE).lower()} {self.rng.choice(['dot', 'underscore'])} {self.rng.choice(['ngata', 'smith', 'okafor', 'tupou'])}"
        return f"{name} at {self.rng.choice(['gmail dot com', 'outlook dot com', 'xtra dot co dot nz', 'yahoo dot co dot uk'])}"

    def handle(self) -> str:
        return f"at {self.rng.choice(MAORI_AND_MORE).lower()} underscore {self.rng.choice(['flies', 'nz', 'bakes', 'runs'])}"

    def nhs(self) -> str:
        return " ".join(self.rng.choice(UNITS[:10]) + ("," if i in (2, 5) else "") for i in range(10))

    def nhi(self) -> str:
        return (
            " ".join(self.rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in "abc")
            + " "
            + " ".join(self.rng.choice(UNITS[1:10]) for _ in "abcd")
        )

    def passport(self) -> str:
        return f"{self.rng.choice('LMNE')} {self.rng.choice('ABCF')} {' '.join(self.rng.choice(UNITS[1:10]) for _ in range(6))}"

    def account(self) -> str:
        return " ".join(self.rng.choice(UNITS[:10]) for _ in range(8))

    def plate(self) -> str:
        return f"{' '.join(self.rng.choice('ABCDEFGHJKLMNPQRSTUVWXYZ') for _ in 'abc')} {' '.join(self.rng.choice(UNITS[1:10]) for _ in 'abc')}"

    def age(self) -> str:
        return number(self.rng.randrange(13, 89))

    def old_age(self) -> str:
        return number(self.rng.randrange(90, 100))

    def town(self) -> str:
        return self.rng.choice(TOWNS)

    def suburb(self) -> str:
        return self.rng.choice(SUBURBS)

    def country(self) -> str:
        return self.rng.choice(COUNTRIES)

    def ward(self) -> str:
        return self.rng.choice(WARDS)

    def job(self) -> str:
        return self.rng.choice(JOBS)

    def rare_job(self) -> str:
        return self.rng.choice(RARE_JOBS)

    def nationality(self) -> str:
        return self.rng.choice(NATIONALITIES)

    def practice(self) -> str:
        return self.rng.choice(PRACTICES)

    def hospital(self) -> str:
        return self.rng.choice(HOSPITALS)

    def school(self) -> str:
        return self.rng.choice(SCHOOLS)

    def company(self) -> str:
        return self.rng.choice(COMPANIES)

    def team(self) -> str:
        return self.rng.choice(TEAMS)
