"""What schools made of the legacy: each deviation as it is brought about in the database of an ordinary school."""

from dataclasses import dataclass

from migrations_legacy.legacy_schema import TABLES
from tests.legacy.school import HASH_3_2, full_name


@dataclass(frozen=True)
class Variant:
    """A deviation. Table names in braces are written in full: `{students}`."""

    name: str
    statements: tuple[str, ...]
    said: tuple[tuple[str, str, str], ...] = ()
    """What the operator's map says about it: table, column and field."""


def sql(statement: str) -> str:
    """A statement with the tables' names in full."""
    tables = {word[1:].partition("}")[0] for word in statement.split("{")[1:] for word in ["{" + word]}
    for table in tables:
        statement = statement.replace("{" + table + "}", f'"{full_name(table)}"')
    return statement


def rename_table(table: str, name: str) -> str:
    return f'ALTER TABLE {{{table}}} RENAME TO "{name}"'


def rename(table: str, column: str, name: str) -> str:
    return f'ALTER TABLE {{{table}}} RENAME COLUMN "{column}" TO "{name}"'


def drop(table: str, column: str) -> str:
    return f'ALTER TABLE {{{table}}} DROP COLUMN "{column}"'


def add(table: str, column: str) -> str:
    return f"ALTER TABLE {{{table}}} ADD COLUMN {column}"


def rebuilt(table: str, select: str, columns: str = "") -> tuple[str, ...]:
    """The table made anew from a SELECT over `old`, with these columns; without them, nothing is declared."""
    copied = (f"CREATE TABLE {{{table}}} AS {select}",)
    declared = (f"CREATE TABLE {{{table}}} ({columns})", f"INSERT INTO {{{table}}} {select}")
    return (f'ALTER TABLE {{{table}}} RENAME TO "old"', *(declared if columns else copied), 'DROP TABLE "old"')


def without_constraints(*tables: str) -> tuple[str, ...]:
    """The same tables with nothing declared."""
    return tuple(statement for table in tables for statement in rebuilt(table, 'SELECT * FROM "old"'))


def redeclared(table: str, *, integer: str) -> tuple[str, ...]:
    """The table with another type for its key and its references."""
    facts = TABLES[table]
    columns = [
        f"{name} {integer} NOT NULL{' PRIMARY KEY' if name == facts.key else ''}"
        if name == facts.key or name in facts.references
        else f"{name} {'bool' if name == 'status' else 'datetime' if name.endswith('_at') else 'text'} NOT NULL"
        for name in facts.columns
    ]
    return rebuilt(table, f'SELECT {", ".join(facts.columns)} FROM "old"', ", ".join(columns))


RENAMED = (
    Variant("a misspelt reference", (rename("notificationstaffs", "staff_id_id", "stafff_id"),)),
    Variant(
        "references without the second _id",
        tuple(
            rename(table, f"{column}_id_id", f"{column}_id")
            for table, column in (
                ("students", "course"),
                ("subjects", "course"),
                ("subjects", "staff"),
                ("attendancereport", "student"),
            )
        ),
    ),
    Variant(
        "references called as what they refer to",
        (
            rename("students", "course_id_id", "course"),
            rename("attendancereport", "attendance_id_id", "attendance"),
        ),
    ),
    Variant(
        "references in other words",
        (
            rename("subjects", "staff_id_id", "teacher_id"),
            rename("staffs", "admin_id", "user_id"),
            rename("students", "session_year_id_id", "session_id"),
        ),
    ),
    Variant(
        "columns in other words",
        (
            rename("courses", "course_name", "name"),
            rename("students", "profile_pic", "photo"),
            rename("customuser", "email", "email_address"),
            rename("subjects", "subject_name", "title"),
        ),
    ),
    Variant(
        "columns with slips of the pen",
        (
            rename("leavereportstudent", "leave_message", "leave_mesage"),
            rename("students", "gender", "gendre"),
            rename("feedbackstudent", "feedback_reply", "feedback_repley"),
        ),
    ),
    Variant("columns in another case", (rename("customuser", "first_name", "First_Name"),)),
    Variant(
        "tables in singular and in another case",
        (
            rename_table("students", "student_management_app_Student"),
            rename_table("courses", "student_management_app_course"),
            rename_table("staffs", "student_management_app_staff"),
        ),
    ),
    Variant(
        "tables with slips of the pen",
        (
            rename_table("attendance", "student_management_app_attendence"),
            rename_table("attendancereport", "student_management_app_attendencereport"),
        ),
    ),
    Variant(
        "another app",
        tuple(
            rename_table(table, f"main_{table}")
            for table in (
                "customuser",
                "adminhod",
                "staffs",
                "courses",
                "sessionyearmodel",
                "subjects",
                "students",
                "attendance",
                "attendancereport",
                "studentresult",
                "fine",
                "finepayment",
                "assignment",
                "assignmentsubmission",
            )
        ),
    ),
)

RESHAPED = (
    Variant(
        "user types outside 1 to 3, in words and with blanks",
        (
            "UPDATE {customuser} SET user_type = '7' WHERE id = 36",
            "UPDATE {customuser} SET user_type = 'student' WHERE id = 35",
            "UPDATE {customuser} SET user_type = '2' || char(13) WHERE id = 12",
            "UPDATE {customuser} SET user_type = '' WHERE id = 13",
        ),
    ),
    Variant("no user types", (drop("customuser", "user_type"),)),
    Variant(
        "accounts without profile and profiles without account",
        (
            "DELETE FROM {staffs} WHERE id = 502",
            "DELETE FROM {customuser} WHERE id = 37",
        ),
    ),
    Variant(
        "names that differ by case",
        (
            "UPDATE {customuser} SET username = 'USER31' WHERE id = 32",
            "UPDATE {customuser} SET email = 'HEAD@school.example' WHERE id = 1",
        ),
    ),
    Variant(
        "names used twice",
        (
            *without_constraints("customuser"),
            "UPDATE {customuser} SET username = 'user31' WHERE id IN (32, 33)",
        ),
    ),
    Variant(
        "days for times and times for days",
        (
            "UPDATE {courses} SET created_at = '2024-02-03'",
            "UPDATE {attendance} SET attendance_date = attendance_date || ' 09:30:00' WHERE id = 3",
            "UPDATE {fine} SET due_date = '2025-05-01 00:00:00+00:00'",
            "UPDATE {assignment} SET due_date = '2025-05-01'",
        ),
    ),
    Variant(
        "NULL where the legacy has none",
        (
            *without_constraints("customuser", "courses", "studentresult"),
            *(
                f"UPDATE {{customuser}} SET {column} = NULL"
                for column in (
                    "password",
                    "is_superuser",
                    "first_name",
                    "last_name",
                    "is_staff",
                    "is_active",
                    "date_joined",
                )
            ),
            "UPDATE {customuser} SET username = NULL, email = NULL WHERE id = 33",
            "UPDATE {courses} SET created_at = NULL, updated_at = NULL, course_name = NULLIF(course_name, 'Physics')",
            "UPDATE {studentresult} SET subject_exam_marks = NULL, created_at = NULL",
        ),
    ),
    Variant(
        "line ends and blanks around values",
        (
            "UPDATE {customuser} SET username = username || char(13), email = email || ' '",
            "UPDATE {customuser} SET password = password || char(13)",
            "UPDATE {students} SET profile_pic = profile_pic || char(13) WHERE id = 703",
        ),
    ),
    Variant("passwords in clear", ("UPDATE {customuser} SET password = 'Open#2025' WHERE id IN (31, 32)",)),
    Variant(
        "years for days of a session",
        ("UPDATE {sessionyearmodel} SET session_start_year = 2023, session_end_year = '2024' WHERE id = 1",),
    ),
    Variant(
        "several registers for a class and day",
        (
            "INSERT INTO {attendance} (id, attendance_date, created_at, updated_at, subject_id_id, session_year_id_id) "
            "SELECT id + 50, attendance_date, created_at, updated_at, subject_id_id, session_year_id_id "
            "FROM {attendance}",
        ),
    ),
    Variant(
        "references to rows that are gone",
        ("DELETE FROM {subjects} WHERE id = 1", "DELETE FROM {students} WHERE id = 702"),
    ),
    Variant("empty tables", ("DELETE FROM {fine}", "DELETE FROM {attendancereport}", "DELETE FROM {courses}")),
)

MISSING = (
    Variant(
        "tables that are missing",
        (
            "DROP TABLE {finepayment}",
            "DROP TABLE {fine}",
            "DROP TABLE {assignmentsubmission}",
            "DROP TABLE {assignment}",
            "DROP TABLE {notificationstudent}",
            "DROP TABLE {adminhod}",
            "DROP TABLE django_session",
        ),
    ),
    Variant(
        "columns that are missing",
        (
            drop("students", "gender"),
            drop("students", "profile_pic"),
            drop("attendancereport", "created_at"),
            drop("fine", "due_date"),
            drop("customuser", "is_active"),
            drop("leavereportstaff", "leave_status"),
            drop("assignmentsubmission", "submitted_at"),
            drop("customuser", "date_joined"),
        ),
    ),
    Variant("no teacher of a subject", (drop("subjects", "staff_id_id"),)),
    Variant(
        "no session years",
        (
            "DROP TABLE {sessionyearmodel}",
            drop("students", "session_year_id_id"),
            drop("attendance", "session_year_id_id"),
        ),
    ),
    Variant("registers without a session year", (drop("attendance", "session_year_id_id"),)),
)

EXTRA = (
    Variant(
        "tables that the legacy does not have",
        (
            "CREATE TABLE library_book (isbn text PRIMARY KEY, title text, price real, cover blob)",
            "INSERT INTO library_book VALUES ('1', 'Optics', 0.1, x'00ff'), ('2', NULL, 1e300, NULL)",
            "CREATE TABLE visits (who text, at text)",
            "INSERT INTO visits VALUES ('a', 'b'), ('a', 'b'), (NULL, char(0))",
            "CREATE TABLE authtoken_token (key varchar(40) PRIMARY KEY, user_id integer)",
            "INSERT INTO authtoken_token VALUES ('9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b', 10)",
        ),
    ),
    Variant(
        "columns that the legacy does not have",
        (
            add("students", "phone varchar(20)"),
            add("students", "roll integer NOT NULL DEFAULT 0"),
            add("courses", "fee decimal"),
            "UPDATE {students} SET phone = '555', roll = id WHERE id < 704",
            "UPDATE {courses} SET fee = 12.5",
        ),
    ),
    Variant(
        "secrets where none are expected",
        (
            add("staffs", "bank_password text"),
            add("students", "remark text"),
            "UPDATE {staffs} SET bank_password = 'sesame'",
            f"UPDATE {{students}} SET remark = 'was {HASH_3_2}' WHERE id = 701",
        ),
    ),
)

MAPPED = (
    Variant(
        "columns that a map says the meaning of",
        (
            add("students", "date_of_birth text"),
            add("staffs", "mobile integer"),
            "UPDATE {students} SET date_of_birth = CASE WHEN id = 702 THEN 'soon' ELSE '2004-05-06' END",
            "UPDATE {staffs} SET mobile = 5550000 + id",
        ),
        said=(
            ("students", "date_of_birth", "users.StudentProfile.birth_date"),
            ("staffs", "mobile", "users.StaffProfile.phone"),
        ),
    ),
)

OTHER_KEYS = (
    Variant(
        "big integers for keys",
        (
            *redeclared("attendancereport", integer="bigint"),
            "UPDATE {attendancereport} SET id = id + 5000000000",
        ),
    ),
    Variant(
        "text for keys",
        (
            *redeclared("courses", integer="varchar(10)"),
            "UPDATE {courses} SET id = 'C-' || id",
            *(
                statement
                for table in ("students", "subjects")
                for statement in (
                    add(table, "course_code text REFERENCES {courses}"),
                    f"UPDATE {{{table}}} SET course_code = 'C-' || course_id_id",
                    drop(table, "course_id_id"),
                )
            ),
        ),
    ),
    Variant("numbers in columns of text for keys", redeclared("subjects", integer="text")),
    Variant(
        "no declared keys",
        (
            *without_constraints("fine"),
            "INSERT INTO {fine} SELECT * FROM {fine} WHERE id = 3",
            "UPDATE {fine} SET id = NULL WHERE id = 6",
        ),
    ),
)

OTHER_SHAPES = (
    Variant(
        "pairs instead of a reference",
        (
            "CREATE TABLE student_management_app_students_courses (id integer PRIMARY KEY, "
            "students_id integer REFERENCES {students}, courses_id integer REFERENCES {courses})",
            "INSERT INTO student_management_app_students_courses (students_id, courses_id) "
            "SELECT id, course_id_id FROM {students}",
            "INSERT INTO student_management_app_students_courses (students_id, courses_id) "
            "SELECT id, 3 FROM {students} WHERE id < 704",
            drop("students", "course_id_id"),
        ),
    ),
    Variant(
        "another hierarchy",
        (
            "CREATE TABLE student_management_app_section "
            "(id integer PRIMARY KEY, label text, course_id integer REFERENCES {courses})",
            "INSERT INTO student_management_app_section SELECT id * 10, 'Section ' || id, id FROM {courses}",
            add("students", "section_id integer REFERENCES student_management_app_section"),
            "UPDATE {students} SET section_id = course_id_id * 10",
            drop("students", "course_id_id"),
        ),
    ),
    Variant(
        "teachers by profile and notices by account",
        (
            add("subjects", "teacher_id integer REFERENCES {staffs}"),
            "UPDATE {subjects} SET teacher_id = (SELECT id FROM {staffs} WHERE admin_id = staff_id_id)",
            drop("subjects", "staff_id_id"),
            add("notificationstaffs", "stafff_id integer REFERENCES {customuser}"),
            "UPDATE {notificationstaffs} SET stafff_id = (SELECT admin_id FROM {staffs} s WHERE s.id = staff_id_id)",
            drop("notificationstaffs", "staff_id_id"),
        ),
    ),
    Variant(
        "session years inside students",
        (
            add("students", "session_start_year date"),
            add("students", "session_end_year date"),
            "UPDATE {students} SET "
            "session_start_year = (SELECT session_start_year FROM {sessionyearmodel} y WHERE y.id = session_year_id_id)"
            ", session_end_year = (SELECT session_end_year FROM {sessionyearmodel} y WHERE y.id = session_year_id_id)",
            drop("students", "session_year_id_id"),
            drop("attendance", "session_year_id_id"),
            "DROP TABLE {sessionyearmodel}",
        ),
    ),
    Variant(
        "people without accounts",
        (
            *(
                statement
                for table in ("adminhod", "staffs", "students")
                for statement in (
                    add(table, "name text"),
                    add(table, "email text"),
                    add(table, "password text"),
                    f"UPDATE {{{table}}} SET name = 'Person ' || id || ' of old', "
                    f"email = '{table}' || id || '@school.example', password = 'clear'",
                    drop(table, "admin_id"),
                )
            ),
            "UPDATE {subjects} SET staff_id_id = 501",
            "DROP TABLE {customuser_groups}",
            "DROP TABLE {customuser_user_permissions}",
            "DROP TABLE django_admin_log",
            "DROP TABLE {customuser}",
        ),
    ),
    Variant(
        "some people without accounts",
        (
            *rebuilt(
                "staffs",
                "SELECT id, address, created_at, updated_at, CASE WHEN id < 503 THEN admin_id END AS admin_id, "
                "'staff' || id || '@school.example' AS email, 'clear' AS password FROM \"old\"",
            ),
        ),
    ),
)

VARIANTS = (*RENAMED, *RESHAPED, *MISSING, *EXTRA, *MAPPED, *OTHER_KEYS, *OTHER_SHAPES)
