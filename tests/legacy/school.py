"""Makes a small legacy school in a SQLite file: the legacy's tables, and every oddity of old data at least once."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from migrations_legacy.legacy_schema import APP_PREFIX, TABLES

STAMP = "2024-09-02 08:30:15.123456"
LATER = "2024-09-02 09:00:00"
HASH_3_0 = "pbkdf2_sha256$180000$aGVscCBtZSBvdXQ$" + "A" * 43 + "="
HASH_3_2 = "pbkdf2_sha256$260000$c2FsdHkgc2FsdA$" + "B" * 43 + "="
HASH_5_1 = "pbkdf2_sha256$870000$bW9yZSBzYWx0eQ$" + "C" * 43 + "="
HASH_SHA1 = "pbkdf2_sha1$260000$c2hhMXNhbHQ$" + "D" * 27 + "="
UNUSABLE = "!" + "k" * 40

_TYPES = {
    "id": "integer NOT NULL PRIMARY KEY AUTOINCREMENT",
    "session_key": "varchar(40) NOT NULL PRIMARY KEY",
    "last_login": "datetime NULL",
    "profile_pic": "varchar(100) NULL",
    "payment_id": "varchar(100) NULL",
    "payment_date": "datetime NULL",
    "transaction_id": "varchar(100) NULL",
    "payment_method": "varchar(50) NULL",
    "content_type_id": "integer NULL",
    "object_id": "text NULL",
    "action_flag": "smallint unsigned NOT NULL",
    "amount": "decimal NOT NULL",
    "amount_paid": "decimal NOT NULL",
    "marks": "real NULL",
    "subject_exam_marks": "real NOT NULL",
    "subject_assignment_marks": "real NOT NULL",
    "leave_status": "integer NOT NULL",
    "attendance_date": "date NOT NULL",
    "session_start_year": "date NOT NULL",
    "session_end_year": "date NOT NULL",
}
_BOOLEANS = frozenset({"is_superuser", "is_staff", "is_active", "paid"})
_TIMES = frozenset({"created_at", "updated_at", "date_joined", "submitted_at", "expire_date", "action_time", "applied"})


def _type(table: str, column: str) -> str:
    if column in _TYPES:
        return _TYPES[column]
    if column in TABLES[table].references:
        return "integer NOT NULL"
    if column in _BOOLEANS or (table, column) == ("attendancereport", "status"):
        return "bool NOT NULL"
    if column == "due_date":
        return "date NOT NULL" if table == "fine" else "datetime NOT NULL"
    return "datetime NOT NULL" if column in _TIMES else "text NOT NULL"


OF_A_STUDENT = (
    *("attendancereport", "leavereportstudent", "feedbackstudent", "notificationstudent"),
    *("studentresult", "assignmentsubmission", "fine"),
)
DELETING_A_STUDENT = (
    f"DELETE FROM {APP_PREFIX}finepayment WHERE fine_id IN (SELECT id FROM {APP_PREFIX}fine WHERE student_id_id = ?)",
    *(f"DELETE FROM {APP_PREFIX}{table} WHERE student_id_id = ?" for table in OF_A_STUDENT),
    f"DELETE FROM {APP_PREFIX}students WHERE id = ?",
)
"""What the legacy does, with the student's id each time: everything of theirs goes, the account stays."""


def full_name(table: str) -> str:
    """The table's name in the database."""
    return table if table.startswith(("auth_", "django_")) else APP_PREFIX + table


def insert(connection: sqlite3.Connection, table: str, **values: object) -> None:
    """One row; columns that are not given are empty, 0, or a fixed time, whatever their type asks for."""
    row: dict[str, object] = {}
    for column in TABLES[table].columns:
        kind = _type(table, column)
        if column in values:
            row[column] = values[column]
        elif "NULL" in kind.replace("NOT NULL", "") or column == "id":
            continue
        elif kind.startswith("datetime"):
            row[column] = STAMP
        elif kind.startswith(("bool", "real", "decimal", "integer")):
            row[column] = 0
        else:
            row[column] = ""
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join("?" * len(row))
    connection.execute(f'INSERT INTO "{full_name(table)}" ({names}) VALUES ({marks})', tuple(row.values()))


def user(connection: sqlite3.Connection, number: int, kind: str, **values: object) -> None:
    """One account; `kind` is the legacy's user_type."""
    defaults = {
        "password": HASH_3_2,
        "username": f"user{number}",
        "email": f"user{number}@school.example",
        "first_name": f"First{number}",
        "last_name": f"Last{number}",
        "is_active": 1,
        "date_joined": STAMP,
        "user_type": kind,
    }
    insert(connection, "customuser", id=number, **(defaults | values))


def make_school(path: Path) -> Path:
    """Write the school to `path` and give that back."""
    connection = sqlite3.connect(path)
    with connection:
        for table, facts in TABLES.items():
            columns = ", ".join(f'"{column}" {_type(table, column)}' for column in facts.columns)
            connection.execute(f'CREATE TABLE "{full_name(table)}" ({columns})')
        _people(connection)
        _teaching(connection)
        _attendance(connection)
        _work_and_money(connection)
        _messages(connection)
        _django(connection)
    connection.close()
    return path


def _people(c: sqlite3.Connection) -> None:
    user(c, 1, "1", is_superuser=1, is_staff=1, first_name="", last_name="", password=HASH_5_1)
    user(c, 2, "1", email="head@school.example", last_login=LATER)
    user(c, 3, "9", username="odd-type")
    user(c, 10, "2", email="twin@school.example")
    user(c, 11, "2", email="twin@school.example", password=HASH_3_0)
    user(c, 12, "2", email="", first_name="李", last_name="老师")
    user(c, 13, "2", username="no-profile")
    user(c, 14, "2", is_active=0, password=UNUSABLE)
    user(c, 31, "3", email="Case@school.example", first_name="Zoe\u0308", password=HASH_SHA1)
    user(c, 32, "3", email="case@school.example", first_name="Zo\u00eb")
    user(c, 33, "3", last_name="O'Neill <b>&amp;</b>")
    user(c, 34, "3", first_name="שלום", last_name="🎓")
    user(c, 35, "3")
    user(c, 36, "3")
    user(c, 37, "3")
    user(c, 38, "3", username="student-without-profile")
    user(c, 39, "3", username="student-of-no-course")
    insert(c, "adminhod", id=1, admin_id=1)
    for profile, account in ((501, 10), (502, 11), (503, 12), (504, 14)):
        insert(c, "staffs", id=profile, admin_id=account, address=f"{account} College Road\nBlock A")
    insert(c, "staffs", id=505, admin_id=999, address="a teacher whose account is gone")
    pictures = (
        None,
        "",
        "profile_pics/s3.png",
        "root.png",
        "/media/pic%20url.png",
        "profile_pics/gone.png",
        "../../etc/x",
    )
    for place, picture in enumerate(pictures):
        insert(
            c,
            "students",
            id=701 + place,
            admin_id=31 + place,
            gender=("Female", "Male", "Other", "", "Male", "Female", "Male")[place],
            address="1 River Street",
            profile_pic=picture,
            course_id_id=1 if place < 5 else 2,
            session_year_id_id=1,
        )
    insert(c, "students", id=709, admin_id=39, gender="Male", course_id_id=9001, session_year_id_id=1)


def _teaching(c: sqlite3.Connection) -> None:
    for number, name in enumerate(("Physics", "Physics", "  ", "Économie\u0301"), start=1):
        insert(c, "courses", id=number, course_name=name)
    for number, years in enumerate(
        (("2023-07-01", "2024-06-30"), ("2023-09-01", "2024-08-31"), ("2027-01-01", "2026-01-01")), start=1
    ):
        insert(c, "sessionyearmodel", id=number, session_start_year=years[0], session_end_year=years[1])
    insert(c, "subjects", id=1, subject_name="Optics", course_id_id=1, staff_id_id=10)
    insert(c, "subjects", id=2, subject_name="Optics", course_id_id=1, staff_id_id=13)
    insert(c, "subjects", id=3, subject_name="Owned by a head", course_id_id=2, staff_id_id=2)


def _attendance(c: sqlite3.Connection) -> None:
    days = {1: "2024-01-15", 2: "2024-01-15", 3: "2024-01-16", 4: "2999-12-31", 5: "2024-01-17"}
    for number, date in days.items():
        subject = 9101 if number == 5 else 1
        insert(c, "attendance", id=number, attendance_date=date, subject_id_id=subject, session_year_id_id=1)
    report = 0
    for register in (1, 2, 3, 5):
        for student in (701, 702, 703):
            report += 1
            insert(
                c, "attendancereport", id=report, status=report % 2, student_id_id=student, attendance_id_id=register
            )
    insert(c, "attendancereport", id=20, status=1, student_id_id=701, attendance_id_id=1)
    insert(c, "attendancereport", id=21, status=1, student_id_id=9201, attendance_id_id=1)


LEAVE_DATES = (
    "2025-03-10",
    "  2025-03-14 ",
    "10/03/2025",
    "March 10, 2025",
    "10-03-2025 to 12-03-2025",
    "2025-03-10,2025-03-11",
    "",
    "tomorrow",
    "2025-02-30",
    "from 2025-10-01 on",
)


def _messages(c: sqlite3.Connection) -> None:
    for number, written in enumerate(LEAVE_DATES, start=1):
        common = {"leave_date": written, "leave_message": f"reason {number}\nsecond line", "leave_status": number % 4}
        insert(c, "leavereportstudent", id=number, student_id_id=701, **common)
        insert(c, "leavereportstaff", id=number, staff_id_id=501, **common)
    insert(c, "leavereportstaff", id=99, staff_id_id=9999, leave_date="2025-01-01")
    insert(c, "feedbackstudent", id=1, student_id_id=701, feedback="Open <i>earlier</i>?", feedback_reply="")
    insert(c, "feedbackstudent", id=2, student_id_id=702, feedback="", feedback_reply="Thanks")
    insert(c, "feedbackstaffs", id=1, staff_id_id=501, feedback="More chalk", feedback_reply="Ordered")
    insert(c, "notificationstudent", id=1, student_id_id=701, message="Exam on Monday")
    insert(c, "notificationstaffs", id=1, staff_id_id=501, message="Meeting")


def _work_and_money(c: sqlite3.Connection) -> None:
    marks = ((78.5, 18.0), (55.0, 12.0), (61.0, 14.0), (150.0, 0.0), (-5.0, -1.0), (float("inf"), 1.0))
    pairs = ((701, 1), (702, 1), (702, 1), (703, 1), (704, 2), (705, 2))
    for number, ((student, subject), (exam, work)) in enumerate(zip(pairs, marks, strict=True), start=1):
        insert(
            c,
            "studentresult",
            id=number,
            student_id_id=student,
            subject_id_id=subject,
            subject_exam_marks=exam,
            subject_assignment_marks=work,
        )
    insert(c, "assignment", id=1, title="<i>Essay</i>", description="Two\npages", due_date=LATER, subject_id_id=1)
    files = ("701_1_essay.pdf", "702_1_essay (final).pdf", "703_1_é.pdf", "704_1_gone.pdf")
    for number, name in enumerate(files, start=1):
        insert(
            c,
            "assignmentsubmission",
            id=number,
            submission_file=f"assignments/submissions/{name}",
            marks=(8.5, None, 0.0, 11.0)[number - 1],
            status="submitted" if number == 2 else "graded",
            submitted_at=STAMP,
            student_id_id=700 + number,
            assignment_id_id=1,
        )
    amounts: tuple[object, ...] = (500, 0.1, 250.5, 99999999.99, 0, -25, "NaN", 15)
    for number, amount in enumerate(amounts, start=1):
        insert(
            c,
            "fine",
            id=number,
            amount=amount,
            reason="x" * 300 if number == 8 else "Late return",
            due_date="2025-05-01",
            paid=int(number in (3, 4)),
            payment_id="pay_1" if number == 3 else None,
            payment_date=LATER if number == 3 else None,
            student_id_id=701,
        )
    payments = (
        (1, "success", "txn_1", "card", 3),
        (2, "failed", None, None, 1),
        (3, "success", None, None, 3),
        (4, "success", None, None, 7),
    )
    for number, status, transaction, method, fine in payments:
        insert(
            c,
            "finepayment",
            id=number,
            payment_id=f"pay_{number}",
            amount_paid=250.5,
            payment_date=LATER,
            payment_status=status,
            transaction_id=transaction,
            payment_method=method,
            fine_id=fine,
        )


def _django(c: sqlite3.Connection) -> None:
    insert(c, "django_content_type", id=1, app_label="student_management_app", model="courses")
    insert(c, "auth_permission", id=1, content_type_id=1, codename="add_courses", name="Can add courses")
    insert(c, "auth_group", id=1, name="Examiners")
    insert(c, "auth_group_permissions", id=1, group_id=1, permission_id=1)
    insert(c, "customuser_groups", id=1, customuser_id=10, group_id=1)
    insert(c, "customuser_user_permissions", id=1, customuser_id=10, permission_id=1)
    insert(c, "django_admin_log", id=1, user_id=1, object_repr="Physics", change_message="", action_flag=1)
    insert(c, "django_session", session_key="a" * 32, session_data="live:secret", expire_date="2999-01-01 00:00:00")
    insert(c, "django_session", session_key="b" * 32, session_data="old:secret", expire_date="2020-01-01 00:00:00")
    insert(c, "django_migrations", id=1, app="student_management_app", name="0010_auto", applied=STAMP)


_DUMP_MODELS = {
    "django_content_type": "contenttypes.contenttype",
    "auth_permission": "auth.permission",
    "auth_group": "auth.group",
    "django_admin_log": "admin.logentry",
    "django_session": "sessions.session",
}


def dump_objects(path: Path) -> Iterator[dict[str, object]]:
    """The rows of a school's database as `dumpdata` writes them."""
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    for table, facts in TABLES.items():
        if facts.many_to_many or table == "django_migrations":
            continue
        for row in connection.execute(f'SELECT * FROM "{full_name(table)}" ORDER BY "{facts.key}"').fetchall():
            fields: dict[str, object] = {}
            for column in facts.columns:
                if column != facts.key:
                    name = column.removesuffix("_id") if column in facts.references else column
                    fields[name] = _dumped(table, column, row[column])
            if table == "customuser":
                fields["groups"] = _linked(connection, "customuser_groups", "group_id", "customuser_id", row["id"])
                fields["user_permissions"] = _linked(
                    connection, "customuser_user_permissions", "permission_id", "customuser_id", row["id"]
                )
            if table == "auth_group":
                fields["permissions"] = _linked(
                    connection, "auth_group_permissions", "permission_id", "group_id", row["id"]
                )
            yield {
                "model": _DUMP_MODELS.get(table, f"student_management_app.{table}"),
                "pk": row[facts.key],
                "fields": fields,
            }
    connection.close()


def make_dump(school: Path, path: Path) -> Path:
    """Write a school's database as one JSON file."""
    path.write_text(json.dumps(list(dump_objects(school)), indent=1), encoding="utf-8")
    return path


def _dumped(table: str, column: str, value: object) -> object:
    kind = _type(table, column)
    if value is None:
        return None
    if kind.startswith("bool"):
        return bool(value)
    if kind.startswith("datetime"):
        return str(value).replace(" ", "T") + "Z"
    if kind.startswith("decimal"):
        return value if isinstance(value, str) else f"{value:.2f}"
    return value


def _linked(connection: sqlite3.Connection, table: str, wanted: str, owner: str, key: int) -> list[int]:
    rows = connection.execute(f'SELECT "{wanted}" FROM "{full_name(table)}" WHERE "{owner}" = ?', (key,))
    return [row[0] for row in rows]


MEDIA = {
    "profile_pics/s3.png": b"third",
    "root.png": b"root",
    "pic url.png": b"decoded",
    "assignments/submissions/701_1_essay.pdf": b"%PDF one",
    "assignments/submissions/702_1_essay (final).pdf": b"%PDF two",
    "assignments/submissions/703_1_é.pdf": b"%PDF three",
}


def make_media(folder: Path) -> Path:
    """Write the files that most of the school's rows refer to; two are missing."""
    for name, content in MEDIA.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder
