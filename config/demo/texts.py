"""What the demo school teaches, and what its people write."""

from contracts.finance import FineKind

COURSES = {
    "Computer Science": ("Programming", "Databases", "Computer Networks", "Discrete Mathematics"),
    "Business Administration": ("Accounting", "Marketing", "Business Law", "Economics"),
    "Environmental Science": ("Ecology", "Chemistry", "Statistics", "Geography"),
}

UPCOMING = {
    "Programming": ("Sorting machine", "Write a program that sorts a list of names without the built-in sort."),
    "Databases": ("Library catalogue", "Draw the tables of a small library and give five queries."),
    "Computer Networks": ("Follow a packet", "Describe how a page travels from a server to your screen."),
    "Discrete Mathematics": ("Graphs and bridges", "Prove which of the six drawings can be traced in one line."),
    "Accounting": ("A month of a bakery", "Keep the books of a bakery for one month from the given receipts."),
    "Marketing": ("Launch plan", "Plan the launch of a product of your choice on two pages."),
    "Business Law": ("Contract or not?", "Decide for eight short cases whether a contract was made, and say why."),
    "Economics": ("Price of bread", "Explain the price of bread over ten years with supply and demand."),
    "Ecology": ("Pond diary", "Observe a pond for a week and draw its food web."),
    "Chemistry": ("Water hardness", "Measure the hardness of three samples and discuss the errors."),
    "Statistics": ("Survey of the class", "Collect 30 answers to a question and describe them with three figures."),
    "Geography": ("Map of a walk", "Draw a map of a walk near your home, with scale and legend."),
}
"""Subject → title and task of the assignment that is open now."""

PAST_TITLE = "Reading report"
PAST_TASK = "Two pages on the first chapter. Handed in on paper, in class."
CLASS_TITLE = "Exercise in class"
CLASS_TASK = "Worked on and handed in during the lesson."

STUDENT_LEAVE_REASONS = (
    *("Flu, with a note from the doctor", "My sister's wedding", "Appointment at the dentist", "Family matter"),
    *("Regional swimming contest", "Moving house", "Religious holiday", "Hospital check-up"),
)
STAFF_LEAVE_REASONS = ("Conference on teaching", "Medical appointment", "Family matter", "Jury duty")
REJECTION_NOTES = ("Exams are on these days.", "Please hand in a doctor's note first.", "Too many are away that week.")

FINES = (
    ("Library book returned late", "25.00", FineKind.LIBRARY),
    ("Lost identity card", "150.00", FineKind.OTHER),
    ("Broken beaker in the laboratory", "320.50", FineKind.DAMAGE),
    ("Parking in the fire lane", "200.00", FineKind.CONDUCT),
    ("Lost library book", "480.00", FineKind.LIBRARY),
    ("Damaged desk", "750.00", FineKind.DAMAGE),
)

STUDENT_FEEDBACK = (
    ("The library closes before my last lesson ends. Could it stay open until six?", "From next month it will."),
    ("Thank you for the new computers in room 12!", "Glad that they are of use."),
    ("The timetable has two lessons at the same time on Thursday.", "Corrected, thank you for telling us."),
    ("The water dispenser on the second floor has been broken for a week.", "It was repaired today."),
    ("Could slides be shared before the lesson and not after it?", ""),
    ("I would like a course on machine learning.", ""),
    ("The bus arrives at 8:10, but lessons start at 8:00.", "We have written to the bus company."),
    ("More vegetarian food in the canteen, please.", ""),
    ("The group work in Marketing was great fun.", "Your teacher will be happy to read that."),
    ("It is very cold in the big lecture hall.", ""),
)
STAFF_FEEDBACK = (
    ("The projector in room 7 needs a new lamp.", "Ordered, it comes next week."),
    ("Could we have a second set of laboratory glasses?", ""),
    ("The new registers save me ten minutes a day.", "Good to hear!"),
    ("Two of my subjects are examined on the same day.", ""),
)

WELCOME = "Welcome to the new term! Timetables are on the board, and questions are welcome at the office."
