import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import kernel.refs


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AssessmentTotal",
            fields=[
                ("name", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("value", models.BigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "assessment total",
                "verbose_name_plural": "assessment totals",
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("subject_id", kernel.refs.ModuleRef("academics.Subject", reaction="block")),
                ("title", models.TextField()),
                ("description", models.TextField(blank=True)),
                ("due_at", models.DateTimeField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "assignment",
                "verbose_name_plural": "assignments",
                "indexes": [models.Index(fields=["subject_id", "-id"], name="assessments_subject_4ca968_idx")],
            },
        ),
        migrations.CreateModel(
            name="MarkChange",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=[("result", "result"), ("submission", "submission")], max_length=10)),
                ("row_id", models.BigIntegerField()),
                ("student_id", kernel.refs.ModuleRef("users.StudentProfile", reaction="keep")),
                ("subject_id", kernel.refs.ModuleRef("academics.Subject", reaction="keep")),
                ("field", models.CharField(max_length=20)),
                ("old", models.FloatField(blank=True, null=True)),
                ("new", models.FloatField()),
                ("changed_by", kernel.refs.ModuleRef("users.User", blank=True, null=True, reaction="keep")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "change of a mark",
                "verbose_name_plural": "changes of marks",
                "indexes": [models.Index(fields=["kind", "row_id", "id"], name="assessments_kind_461bf4_idx")],
            },
        ),
        migrations.CreateModel(
            name="StudentResult",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("student_id", kernel.refs.ModuleRef("users.StudentProfile", reaction="block")),
                ("subject_id", kernel.refs.ModuleRef("academics.Subject", reaction="block")),
                ("exam_marks", models.FloatField(default=0)),
                ("assignment_marks", models.FloatField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("duplicate", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "verbose_name": "result",
                "verbose_name_plural": "results",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("student_id", "subject_id", "duplicate"), name="assessments_one_result"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AssignmentSubmission",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("student_id", kernel.refs.ModuleRef("users.StudentProfile", reaction="block")),
                ("submission_file", models.TextField(blank=True)),
                ("original_name", models.TextField(blank=True, default="")),
                ("marks", models.FloatField(blank=True, null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[("submitted", "submitted"), ("graded", "graded")], default="submitted", max_length=20
                    ),
                ),
                ("submitted_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="submissions",
                        to="assessments.assignment",
                    ),
                ),
            ],
            options={
                "verbose_name": "submission",
                "verbose_name_plural": "submissions",
                "indexes": [models.Index(fields=["assignment", "submitted_at"], name="assessments_assignm_87bd37_idx")],
                "constraints": [
                    models.UniqueConstraint(fields=("student_id", "assignment"), name="assessments_submitted_once")
                ],
            },
        ),
    ]
