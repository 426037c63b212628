"""Thirty days of a legacy in use: people come, change and go, and so do columns. The same seed gives the same days."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.legacy.school import DELETING_A_STUDENT, insert, user

APP = "student_management_app_"
DAYS = 30


class Days:
    """What happens to the school in a file, day by day."""

    def __init__(self, path: Path, seed: int) -> None:
        self._path, self._random = path, Random(seed)
        self._happenings: tuple[Callable[[sqlite3.Connection], None], ...] = (
            self._admit,
            self._admit,
            self._correct_a_person,
            self._correct_a_person,
            self._take_attendance,
            self._take_attendance,
            self._correct_marks,
            self._leave,
            self._decide,
            self._feedback,
            self._reply,
            self._fine,
            self._settle_fines,
            self._result,
            self._withdraw,
            self._withdraw_badly,
            self._come_back,
            self._delete_register,
            self._rename_subject,
            self._leave_it_out,
        )
        self._schema = {
            7: f"ALTER TABLE {APP}students ADD COLUMN blood_group text",
            12: "CREATE TABLE library_book (id integer PRIMARY KEY, title text)",
            17: f"ALTER TABLE {APP}notificationstaffs RENAME COLUMN staff_id_id TO stafff_id_id",
            22: f"CREATE INDEX by_day ON {APP}attendance (attendance_date)",
        }

    def pass_one(self, day: int) -> None:
        """Let a day pass."""
        legacy = sqlite3.connect(self._path)
        with legacy:
            if change := self._schema.get(day):
                legacy.execute(change)
            for _ in range(6):
                self._random.choice(self._happenings)(legacy)
        legacy.close()

    def _any(self, legacy: sqlite3.Connection, table: str, where: str = "1") -> int | None:
        """The key of some row."""
        found = [key for (key,) in legacy.execute(f"SELECT id FROM {APP}{table} WHERE {where} ORDER BY id")]
        return self._random.choice(found) if found else None

    def _next(self, legacy: sqlite3.Connection, table: str) -> int:
        """The legacy never gives an id away twice."""
        given = legacy.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (APP + table,)).fetchone()
        return int(given[0]) + 1

    def _admit(self, legacy: sqlite3.Connection) -> None:
        account, profile = self._next(legacy, "customuser"), self._next(legacy, "students")
        user(legacy, account, "3", username=f"pupil{self._random.randint(0, 40)}-{account % 3}x{account}")
        insert(
            legacy,
            "students",
            id=profile,
            admin_id=account,
            gender="",
            address="New Street",
            course_id_id=self._any(legacy, "courses"),
            session_year_id_id=self._any(legacy, "sessionyearmodel"),
        )

    def _correct_a_person(self, legacy: sqlite3.Connection) -> None:
        name = f"Name{self._random.randint(0, 99)}"
        key = self._any(legacy, "customuser")
        legacy.execute(f"UPDATE {APP}customuser SET first_name = ? WHERE id = ?", (name, key))
        legacy.execute(f"UPDATE {APP}students SET address = ? WHERE admin_id = ?", (name, key))

    def _take_attendance(self, legacy: sqlite3.Connection) -> None:
        register = self._next(legacy, "attendance")
        insert(
            legacy,
            "attendance",
            id=register,
            attendance_date=f"2024-02-{self._random.randint(1, 9):02}",
            subject_id_id=self._random.choice([1, 1, 2]),
            session_year_id_id=1,
        )
        for (student,) in legacy.execute(f"SELECT id FROM {APP}students ORDER BY id").fetchall():
            insert(
                legacy,
                "attendancereport",
                id=self._next(legacy, "attendancereport"),
                status=self._random.randint(0, 1),
                student_id_id=student,
                attendance_id_id=register,
            )

    def _correct_marks(self, legacy: sqlite3.Connection) -> None:
        register = self._any(legacy, "attendance")
        legacy.execute(f"UPDATE {APP}attendancereport SET status = 1 - status WHERE attendance_id_id = ?", (register,))

    def _delete_register(self, legacy: sqlite3.Connection) -> None:
        register = self._any(legacy, "attendance")
        legacy.execute(f"DELETE FROM {APP}attendancereport WHERE attendance_id_id = ?", (register,))
        legacy.execute(f"DELETE FROM {APP}attendance WHERE id = ?", (register,))

    def _leave(self, legacy: sqlite3.Connection) -> None:
        insert(
            legacy,
            "leavereportstudent",
            id=self._next(legacy, "leavereportstudent"),
            student_id_id=self._any(legacy, "students"),
            leave_date=self._random.choice(["2025-03-10", "tomorrow", ""]),
        )

    def _decide(self, legacy: sqlite3.Connection) -> None:
        key, decision = self._any(legacy, "leavereportstudent"), self._random.randint(0, 3)
        legacy.execute(f"UPDATE {APP}leavereportstudent SET leave_status = ? WHERE id = ?", (decision, key))

    def _feedback(self, legacy: sqlite3.Connection) -> None:
        insert(
            legacy,
            "feedbackstudent",
            id=self._next(legacy, "feedbackstudent"),
            student_id_id=self._any(legacy, "students"),
            feedback="More light",
        )

    def _reply(self, legacy: sqlite3.Connection) -> None:
        key = self._any(legacy, "feedbackstudent")
        legacy.execute(f"UPDATE {APP}feedbackstudent SET feedback_reply = 'Soon' WHERE id = ?", (key,))

    def _fine(self, legacy: sqlite3.Connection) -> None:
        insert(
            legacy,
            "fine",
            id=self._next(legacy, "fine"),
            student_id_id=self._any(legacy, "students"),
            amount=self._random.choice([5, 0.1, "NaN"]),
            due_date="2025-05-01",
        )

    def _settle_fines(self, legacy: sqlite3.Connection) -> None:
        legacy.execute(f"UPDATE {APP}fine SET amount = 7 WHERE amount = 'NaN'")
        legacy.execute(f"UPDATE {APP}fine SET paid = 1 WHERE id = ?", (self._any(legacy, "fine"),))
        fine = self._any(legacy, "fine", "paid = 0")
        legacy.execute(f"DELETE FROM {APP}finepayment WHERE fine_id = ?", (fine,))
        legacy.execute(f"DELETE FROM {APP}fine WHERE id = ?", (fine,))

    def _result(self, legacy: sqlite3.Connection) -> None:
        insert(
            legacy,
            "studentresult",
            id=self._next(legacy, "studentresult"),
            student_id_id=self._any(legacy, "students"),
            subject_id_id=self._any(legacy, "subjects"),
            subject_exam_marks=self._random.randint(0, 100),
        )

    def _withdraw(self, legacy: sqlite3.Connection) -> None:
        student = self._any(legacy, "students")
        for statement in DELETING_A_STUDENT:
            legacy.execute(statement, (student,))

    def _withdraw_badly(self, legacy: sqlite3.Connection) -> None:
        """With a tool that leaves everything of the student's behind."""
        legacy.execute(f"DELETE FROM {APP}students WHERE id = ?", (self._any(legacy, "students", "id > 703"),))

    def _come_back(self, legacy: sqlite3.Connection) -> None:
        """A new profile for an account that has lost its own, or the account is deleted and its name given away."""
        account = self._any(legacy, "customuser", f"user_type = '3' AND id NOT IN (SELECT admin_id FROM {APP}students)")
        if account is None:
            return
        if self._random.random() < 0.5:
            name = legacy.execute(f"SELECT username FROM {APP}customuser WHERE id = ?", (account,)).fetchone()[0]
            legacy.execute(f"DELETE FROM {APP}customuser_groups WHERE customuser_id = ?", (account,))
            legacy.execute(f"DELETE FROM {APP}customuser WHERE id = ?", (account,))
            account = self._next(legacy, "customuser")
            user(legacy, account, "3", username=name)
        insert(
            legacy,
            "students",
            id=self._next(legacy, "students"),
            admin_id=account,
            gender="",
            course_id_id=1,
            session_year_id_id=1,
        )

    def _rename_subject(self, legacy: sqlite3.Connection) -> None:
        name = f"Optics {self._random.randint(2, 9)}"
        legacy.execute(f"UPDATE {APP}subjects SET subject_name = ? WHERE id = ?", (name, self._any(legacy, "subjects")))

    def _leave_it_out(self, legacy: sqlite3.Connection) -> None:
        legacy.execute(f"DELETE FROM {APP}notificationstudent")
