"""What else tables and columns of the legacy are called in its variants."""

import re
from functools import cache

TABLE_SYNONYMS: dict[str, str] = {
    "customuser": "user account",
    "adminhod": "hod admin head",
    "staffs": "teacher faculty lecturer staffprofile teacherprofile",
    "students": "studentprofile pupil",
    "sessionyearmodel": "session academicyear year academicsession",
    "leavereportstudent": "studentleave leavestudent studentleavereport leaverequeststudent",
    "leavereportstaff": "staffleave leavestaff staffleavereport leaverequeststaff",
    "feedbackstudent": "studentfeedback",
    "feedbackstaffs": "stafffeedback",
    "notificationstudent": "studentnotification",
    "notificationstaffs": "staffnotification",
    "studentresult": "result mark studentmark",
    "assignmentsubmission": "submission",
    "finepayment": "payment",
}
"""Looked for only among the tables of the app that the other tables are in."""

COLUMN_SYNONYMS: dict[str, str] = {
    "password": "passwd pwd",
    "username": "login loginname",
    "email": "mail emailid emailaddress",
    "first_name": "fname firstname",
    "last_name": "lname surname",
    "name": "fullname studentname staffname teachername",
    "user_type": "type role userrole",
    "date_joined": "joined joinedat joindate",
    "is_active": "active",
    "gender": "sex",
    "address": "addr",
    "profile_pic": "profilepicture photo image avatar picture profileimage",
    "course_name": "name title",
    "subject_name": "name title",
    "session_start_year": "start startyear startdate sessionstart startson",
    "session_end_year": "end endyear enddate sessionend endson",
    "attendance_date": "date day",
    "leave_date": "date",
    "leave_message": "message reason",
    "leave_status": "status approved",
    "feedback": "message text feedbackmessage",
    "feedback_reply": "reply response",
    "message": "text notification content",
    "subject_exam_marks": "exam exammark exammarks exams",
    "subject_assignment_marks": "assignment assignmentmark assignmentmarks test",
    "title": "name",
    "description": "details body",
    "due_date": "deadline due lastdate",
    "submission_file": "file document upload",
    "marks": "grade score",
    "submitted_at": "submittedon submissiondate createdat",
    "amount": "fineamount",
    "paid": "ispaid",
    "reason": "description",
    "amount_paid": "amount",
    "payment_status": "status",
    "status": "present ispresent attendancestatus",
    "created_at": "created createdon",
    "updated_at": "updated updatedon modified modifiedat",
}

REFERENCE_SYNONYMS: dict[str, str] = {
    "admin": "user customuser account",
    "course": "courses program",
    "session_year": "session year academicyear sessionyearmodel",
    "staff": "teacher staffs faculty lecturer",
    "student": "students pupil",
    "subject": "subjects",
    "attendance": "attendances attendancerecord",
    "assignment": "assignments",
    "fine": "fines",
}


@cache
def plain(name: str) -> str:
    """A name without case, separators and doubled letters, in which many misspellings lie: `stafff_id` → `stafid`."""
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[\W_]+", "", name.lower()))


@cache
def stem(name: str) -> str:
    """A table's plain name without what tells singular from plural: `Courses`, `coursemodel` → `course`."""
    bare = plain(name).removesuffix("model")
    return bare[:-1] if bare.endswith("s") and len(bare) > 3 else bare


def reference_stem(column: str) -> str:
    """What a column refers to by its name: `course_id_id`, `courseId`, `course` → `course`."""
    bare = column.lower()
    while (shorter := re.sub(r"(?<=.)_?id$", "", bare)) != bare:
        bare = shorter
    return plain(bare)


def close(one: str, other: str) -> bool:
    """Whether two plain names differ by one letter: one more, one less, another, or two that changed places."""
    if min(len(one), len(other)) < 6 or abs(len(one) - len(other)) > 1:
        return False
    if len(one) > len(other):
        one, other = other, one
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    swapped = one[start : start + 2] == other[start : start + 2][::-1] and one[start + 2 :] == other[start + 2 :]
    return swapped or one[start + 1 :] == other[start + 1 :]


@cache
def table_synonyms(table: str) -> frozenset[str]:
    """Stems of other words for a table."""
    return frozenset(stem(word) for word in TABLE_SYNONYMS.get(table, "").split())


@cache
def column_synonyms(column: str) -> frozenset[str]:
    """Plain forms of other words for a column."""
    return frozenset(plain(word) for word in COLUMN_SYNONYMS.get(column, "").split())


@cache
def reference_synonyms(column: str) -> frozenset[str]:
    """Plain forms of other words for what a foreign key refers to."""
    own = reference_stem(column)
    words = {reference_stem(name): other for name, other in REFERENCE_SYNONYMS.items()}.get(own, "")
    return frozenset(plain(word) for word in words.split())
