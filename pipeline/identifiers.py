"""The classes of identifiers: what a detector's type means for a policy, a label, and HIPAA's list.

A policy and a label speak of classes, detectors of types (ours and Presidio's); `class_of` brings them together.
A type nobody listed is `other`, which every policy treats, so nothing falls between.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Tier = Literal["direct", "quasi"]

# The 18 identifiers of the Safe Harbor method, 45 CFR 164.514(b)(2)(i), letters (A) to (R).
HIPAA = MappingProxyType(
    {
        "A": "Names",
        "B": "Geographic subdivisions smaller than a state",
        "C": "Dates (except year) and ages over 89",
        "D": "Telephone numbers",
        "E": "Fax numbers",
        "F": "E-mail addresses",
        "G": "Social security numbers",
        "H": "Medical record numbers",
        "I": "Health plan beneficiary numbers",
        "J": "Account numbers",
        "K": "Certificate and licence numbers",
        "L": "Vehicle identifiers and plates",
        "M": "Device identifiers and serial numbers",
        "N": "Web addresses (URLs)",
        "O": "IP addresses",
        "P": "Biometric identifiers, including voiceprints",
        "Q": "Full-face photographs and comparable images",
        "R": "Any other unique identifying number, characteristic or code",
    }
)


@dataclass(frozen=True, slots=True)
class IdentifierClass:
    """One class: its key in a policy, its name for people, the word in its label, whether labels are
    numbered (one for each thing), and the letter of HIPAA's list it counts for ("" for none)."""

    key: str
    title: str
    label: str
    numbered: bool = False
    hipaa: str = "R"


CLASSES = MappingProxyType(
    {
        c.key: c
        for c in (
            IdentifierClass("name", "Names of people", "Person", True, "A"),
            IdentifierClass("place", "Places", "Place", True, "B"),
            IdentifierClass("address", "Addresses and postcodes", "Address", False, "B"),
            IdentifierClass("country", "Countries", "Country", True, ""),
            IdentifierClass("organisation", "Organisations", "Organisation", True, "R"),
            IdentifierClass("date", "Dates", "Date", False, "C"),
            IdentifierClass("birth_date", "Dates of birth", "Date", False, "C"),
            IdentifierClass("age", "Ages", "Age", False, ""),
            IdentifierClass("age_over_89", "Ages over 89", "Age", False, "C"),
            IdentifierClass("phone", "Telephone numbers", "Phone", False, "D"),
            IdentifierClass("fax", "Fax numbers", "Fax", False, "E"),
            IdentifierClass("email", "E-mail addresses", "Email", False, "F"),
            IdentifierClass("social_security", "Social security and tax numbers", "ID", False, "G"),
            IdentifierClass("health_record", "Medical record numbers", "ID", False, "H"),
            IdentifierClass("health_plan", "Health plan numbers", "ID", False, "I"),
            IdentifierClass("account", "Account and card numbers", "ID", False, "J"),
            IdentifierClass("licence", "Passports, licences, certificates", "ID", False, "K"),
            IdentifierClass("vehicle", "Vehicle plates", "ID", False, "L"),
            IdentifierClass("device", "Device numbers", "ID", False, "M"),
            IdentifierClass("url", "Web addresses", "URL", False, "N"),
            IdentifierClass("handle", "Handles and user names", "ID", False, "R"),
            IdentifierClass("ip", "IP addresses", "IP", False, "O"),
            IdentifierClass("other_id", "Other identifying numbers", "ID", False, "R"),
            IdentifierClass("nationality", "Nationality, ethnicity, religion", "Background", True, ""),
            IdentifierClass("occupation", "Occupations", "Occupation", True, ""),
            IdentifierClass("condition", "Rare conditions", "Condition", True, ""),
            IdentifierClass("event", "Events known to the public", "Event", True, ""),
            IdentifierClass(
                "relationship", "Relationships that single someone out", "Relationship", False, ""
            ),
            IdentifierClass("other", "Other identifying words", "Redacted", False, "R"),
        )
    }
)

_TYPES = {
    "name": "PERSON PER NAME INITIALS SPELLED_NAME",
    "place": "LOCATION GPE LOC FAC PLACE CITY SUBURB WARD",
    "address": "ADDRESS STREET STREET_ADDRESS POSTCODE ZIP UK_POSTCODE",
    "country": "COUNTRY",
    "organisation": "ORG ORGANIZATION ORGANISATION",
    "date": "DATE DATE_TIME",
    "birth_date": "DATE_OF_BIRTH DOB BIRTH_DATE",
    "age": "AGE",
    "phone": "PHONE PHONE_NUMBER",
    "fax": "FAX FAX_NUMBER",
    "email": "EMAIL EMAIL_ADDRESS",
    "social_security": "SSN US_SSN UK_NINO NINO IRD TFN AU_TFN US_ITIN NZ_IRD TAX_NUMBER NATIONAL_INSURANCE",
    "health_record": "NHI NZ_NHI NHS UK_NHS MRN MEDICAL_RECORD RECORD_NUMBER",
    "health_plan": "MEDICARE AU_MEDICARE HEALTH_PLAN MEMBER_NUMBER",
    "account": "ACCOUNT ACCOUNT_NUMBER US_BANK_NUMBER IBAN_CODE IBAN CREDIT_CARD CARD_NUMBER BANK_ACCOUNT",
    "licence": "PASSPORT US_PASSPORT UK_PASSPORT LICENCE LICENSE MEDICAL_LICENSE US_DRIVER_LICENSE DRIVER_LICENCE",
    "vehicle": "LICENCE_PLATE LICENSE_PLATE PLATE VEHICLE VIN",
    "device": "DEVICE SERIAL_NUMBER",
    "url": "URL",
    "handle": "HANDLE USERNAME USER_NAME",
    "ip": "IP IP_ADDRESS",
    "other_id": "ID ID_NUMBER NUMBER",
    "nationality": "NRP NORP NATIONALITY ETHNICITY RELIGION",
    "occupation": "PROFESSION OCCUPATION JOB TITLE",
    "condition": "CONDITION RARE_CONDITION",
    "event": "EVENT",
    "relationship": "RELATIONSHIP CHAIN",
}
_CLASS_OF_TYPE = MappingProxyType({t: key for key, types in _TYPES.items() for t in types.split()})


# Classes that identify in company rather than alone.
QUASI = frozenset({"age", "country", "nationality", "occupation", "condition", "event", "relationship"})


def class_of(type_: str, tier: str = "direct") -> IdentifierClass:
    """The class of a detector's type; an age that is a direct identifier is one over 89."""
    key = _CLASS_OF_TYPE.get(type_.upper(), "other")
    return CLASSES["age_over_89" if key == "age" and tier == "direct" else key]


def type_of(key: str) -> str:
    """The type a class's identifiers go by where nothing closer is known."""
    return _TYPES.get(key, "OTHER").split()[0]


def tier_of(type_: str) -> Tier:
    """Whether a type identifies by itself or only in company."""
    return "quasi" if class_of(type_, "quasi").key in QUASI else "direct"
