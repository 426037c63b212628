import django.utils.timezone
from django.db import migrations, models

import kernel.refs


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="FeedbackTotal",
            fields=[
                ("name", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("value", models.BigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "feedback total",
                "verbose_name_plural": "feedback totals",
            },
        ),
        migrations.CreateModel(
            name="StaffFeedback",
            fields=[
                ("text", models.TextField(blank=True)),
                ("reply", models.TextField(blank=True, default="")),
                ("replied_at", models.DateTimeField(blank=True, null=True)),
                ("replied_by", kernel.refs.ModuleRef("users.User", blank=True, null=True, reaction="keep")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("staff_id", kernel.refs.ModuleRef("users.StaffProfile", reaction="block")),
            ],
            options={
                "verbose_name": "staff feedback",
                "verbose_name_plural": "feedback by staff",
                "indexes": [
                    models.Index(condition=models.Q(("reply", "")), fields=["-id"], name="feedback_staff_unanswered")
                ],
            },
        ),
        migrations.CreateModel(
            name="StudentFeedback",
            fields=[
                ("text", models.TextField(blank=True)),
                ("reply", models.TextField(blank=True, default="")),
                ("replied_at", models.DateTimeField(blank=True, null=True)),
                ("replied_by", kernel.refs.ModuleRef("users.User", blank=True, null=True, reaction="keep")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("student_id", kernel.refs.ModuleRef("users.StudentProfile", reaction="block")),
            ],
            options={
                "verbose_name": "student feedback",
                "verbose_name_plural": "feedback by students",
                "indexes": [
                    models.Index(condition=models.Q(("reply", "")), fields=["-id"], name="feedback_student_unanswered")
                ],
            },
        ),
    ]
