"""Invented figures, rows and forms for the gallery."""

from dataclasses import dataclass
from datetime import date

from django import forms

from contracts.base import Page
from portal.charts import (
    Bar,
    BarChart,
    GroupedBars,
    Histogram,
    LineChart,
    Series,
    ShareBar,
    Sparkline,
    StackedBars,
)
from portal.components import Change, Figure, Meaning, Waiting
from portal.tables import Column, Empty, Filter, ListState, Table

NAMES = (
    "Aarav Sharma",
    "Zoë Müller",
    "Nguyễn Thị Minh Khai",
    "Fatima Al-Zahra",
    "Olumide Adeyemi-Okonkwo",
    "李小龍",
    "Maria da Conceição Oliveira",
    "Jón Þór Birgisson",
    "Priya Raghunathan",
    "Tom Ash",
    "Xóchitl Hernández",
    "Иван Петров",
)

FIGURES = (
    Figure("Students", "20,418", url="#", change=Change("+312", "since last year", Meaning.GOOD, rising=True)),
    Figure("Attendance this week", "91.4", unit="%", change=Change("−1.8", "points", Meaning.BAD, rising=False)),
    Figure("Fines due", "₹ 48,250", url="#", note="in 37 fines"),
    Figure("Staff", "214", change=Change("same", "as last year")),
)

WAITING = (
    Waiting("Leave requests of students", 12, "#", "calendar-days", "the oldest since 3 days", Meaning.WARNING),
    Waiting("Registers not taken today", 3, "#", "clipboard-document-check", "Physics, Algebra, History", Meaning.BAD),
    Waiting("Submissions to grade", 48, "#", "document-text"),
    Waiting("Nothing of this", 0, "#"),
)

DAYS = ("1 Sep", "8 Sep", "15 Sep", "22 Sep", "29 Sep", "6 Oct", "13 Oct", "20 Oct", "27 Oct", "3 Nov")

CHARTS = (
    BarChart(
        "Lowest attendance",
        "%",
        tuple(
            Bar(label, value, "bad" if value < 75 else "accent", "#")
            for label, value in (
                ("Quantum field theory for those who were told that it would be easy", 58.25),
                ("Organic chemistry", 69),
                ("Čeština & <b>literatura</b>", 74.5),
                ("Statistics", 81),
                ("歴史", 84),
            )
        ),
        top=100,
    ),
    Histogram.of(
        "Attendance of students",
        "students",
        "attendance, %",
        values=[(i * i * 37) % 101 if i % 5 else 60 + i % 40 for i in range(2000)],
        edges=tuple(range(0, 101, 10)),
        bad_below=70,
    ),
    LineChart(
        "Attendance by week",
        "%",
        DAYS,
        (
            Series("This year", (94, 93, 92.5, 90, None, 91, 88, 90, 91.5, 92)),
            Series("Last year", (92, 92, 91, 91, 90, 86, 84, 87, 88, 88), "neutral"),
        ),
        top=100,
        bottom=50,
        limit=Bar("Threshold", 75),
    ),
    ShareBar(
        "Leave requests",
        "requests",
        (Bar("Approved", 64, "good"), Bar("Rejected", 9, "bad"), Bar("Pending", 12, "warning")),
    ),
    StackedBars(
        "Registers of the week",
        "students",
        ("Mathematics", "Physics", "History of ideas"),
        (
            Series("Present", (110, 84, 40), "good"),
            Series("Late", (6, 2, 0), "warning"),
            Series("Absent", (4, 14, 3), "bad"),
            Series("Excused", (0, 4, 2), "info"),
        ),
    ),
    GroupedBars(
        "Leave and attendance",
        "days",
        ("First term", "Second term"),
        (Series("Attendance taken", (182, 164)), Series("Leave approved", (11, 19), "neutral")),
    ),
    BarChart("Students per course", "students", ()),
)

SPARKLINE = Sparkline("Attendance, last ten weeks", "%", (94, 93, 92, 90, 89, 91, 88, 90, 91, 92))


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    name: str
    email: str
    course: str
    joined: date
    attendance: float
    state: str

    @property
    def initials(self) -> str:
        return self.name[0]


STATES = (("good", "Complete"), ("warning", "Incomplete"), ("neutral", "Withdrawn"))

COURSES = (("1", "Computer science"), ("2", "Mathematics and its applications"), ("3", "History"))

COLUMNS = (
    Column("name", "Name", sortable=True),
    Column("email", "E-mail", sortable=True),
    Column("course", "Course"),
    Column("joined", "Joined", sortable=True),
    Column("attendance", "Attendance", sortable=True, numeric=True),
    Column("state", "State"),
)


def people(count: int = 25) -> tuple[Person, ...]:
    return tuple(
        Person(
            id=index,
            name=NAMES[index % len(NAMES)],
            email=f"person{index}@school.example",
            course=COURSES[index % 3][1],
            joined=date(2025, 1 + index % 12, 1 + index),
            attendance=97.5 - index * 1.7,
            state=STATES[index % 7 % 3][0],
        )
        for index in range(count)
    )


def table(query: dict[str, str]) -> Table:
    state = ListState.from_query(
        query,
        sortable=("name", "email", "joined", "attendance"),
        default_sort="name",
        filters=(Filter("course", "Course", COURSES), Filter("since", "Joined since", kind="date")),
    )
    items = () if state.search == "nobody" or "empty" in query else people()
    return Table(
        columns=COLUMNS,
        state=state,
        page=Page(items=items, total=998 if items else 0, number=state.number, size=state.size),
        caption="Students",
        empty=Empty(
            "No students yet", "Students are the people who are taught here.", "Add the first student", "#", "users"
        ),
        search_label="Name or e-mail",
        exports=True,
        has_actions=True,
        bulk_action_url="#" if "bulk" in query else "",
    )


class SampleForm(forms.Form):
    first_name = forms.CharField(label="First name", max_length=50)
    email = forms.EmailField(label="E-mail", help_text="Used to log in. It must not be in use yet.")
    course = forms.ChoiceField(label="Course", choices=(("", "Choose a course"), *COURSES))
    start = forms.DateField(label="First day")
    amount = forms.DecimalField(label="Amount in ₹", decimal_places=2, required=False)
    gender = forms.ChoiceField(
        label="Gender",
        choices=(("Male", "Male"), ("Female", "Female")),
        widget=forms.RadioSelect,
        help_text="As in the passport.",
    )
    address = forms.CharField(label="Address", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    photo = forms.FileField(label="Picture", required=False, help_text="JPEG or PNG, at most 10 MiB.")
    agree = forms.BooleanField(label="The guardian agreed", help_text="Keep the signed form.")


class LoginForm(forms.Form):
    email = forms.EmailField(label="E-mail")
    password = forms.CharField(label="Password", widget=forms.PasswordInput)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Reason", widget=forms.Textarea(attrs={"rows": 3}), help_text="The student reads this."
    )
