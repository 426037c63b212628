"""Names and particulars of invented people, the same for the same seed."""

from dataclasses import dataclass
from datetime import date
from random import Random

FEMALE = (
    *("Aaliyah", "Adaeze", "Amina", "Ananya", "Anya", "Beatriz", "Camille", "Chiara", "Daniela", "Divya", "Elif"),
    *("Esther", "Fatima", "Freya", "Grace", "Hana", "Ines", "Ingrid", "Jia", "Kavya", "Keiko", "Leila", "Lucia"),
    *("Mei", "Nadia", "Naledi", "Nia", "Noor", "Olga", "Priya", "Rosa", "Ruth", "Saanvi", "Sofia", "Tara", "Thandi"),
    *("Valentina", "Wanjiru", "Yara", "Zainab"),
)
MALE = (
    *("Adnan", "Aditya", "Andre", "Arjun", "Ben", "Bilal", "Carlos", "Chidi", "Daniel", "Dmitri", "Emeka", "Farid"),
    *("Gabriel", "Hassan", "Hugo", "Ivan", "Jamal", "Jonas", "Kabir", "Kenji", "Kofi", "Lars", "Liam", "Luca"),
    *("Mateo", "Minh", "Nikhil", "Omar", "Pavel", "Rafael", "Rohan", "Samuel", "Sipho", "Tariq", "Thiago", "Viktor"),
    *("Wei", "Yusuf", "Zahid", "Ziv"),
)
LAST = (
    *("Abebe", "Adeyemi", "Ahmed", "Almeida", "Andersson", "Banerjee", "Bauer", "Castillo", "Chaudhary", "Chen"),
    *("Costa", "Dang", "Das", "Diallo", "Dubois", "Eze", "Fernandes", "Fischer", "Garcia", "Ghosh", "Gupta", "Haddad"),
    *("Hansen", "Hossain", "Ibrahim", "Iyer", "Jansen", "Joshi", "Kamau", "Kapoor", "Khan", "Kim", "Kowalski", "Kumar"),
    *("Lindqvist", "Lopez", "Mahlangu", "Malik", "Martins", "Mbeki", "Mehta", "Mensah", "Moreau", "Mwangi", "Nair"),
    *("Nakamura", "Ndlovu", "Nguyen", "Novak", "Ochieng", "Okafor", "Oliveira", "Patel", "Petrov", "Rahman", "Rao"),
    *("Reyes", "Rossi", "Saito", "Sharma", "Silva", "Singh", "Suzuki", "Tanaka", "Tesfaye", "Tran", "Yilmaz", "Zhou"),
)
STREETS = ("Mill Lane", "Station Road", "Lake View", "Temple Street", "Orchard Road", "Harbour Walk", "Hill Rise")


@dataclass(frozen=True)
class Invented:
    """A person who does not exist. `username` is unique among all that were invented together."""

    first_name: str
    last_name: str
    gender: str
    username: str
    address: str
    phone: str
    birth_date: date

    @property
    def email(self) -> str:
        return f"{self.username}@school.example"


def invent(random: Random, count: int, *, youngest: date, oldest: date) -> list[Invented]:
    """So many people of different names, born between the days, about as many women as men."""
    names = [(first, last, "Female") for first in FEMALE for last in LAST]
    names += [(first, last, "Male") for first in MALE for last in LAST]
    days = (youngest - oldest).days
    return [
        Invented(
            first_name=first,
            last_name=last,
            gender=gender,
            username=f"{first}.{last}".lower(),
            address=f"{random.randint(1, 120)} {random.choice(STREETS)}",
            phone=f"555-{random.randint(0, 9999):04}",
            birth_date=date.fromordinal(oldest.toordinal() + random.randint(0, days)),
        )
        for first, last, gender in random.sample(names, count)
    ]
