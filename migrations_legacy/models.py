"""The engine's memory: which rows were placed with which content, and which could not be placed."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class PlacedBlock(models.Model):
    """What a mapping placed, for up to 1,000 neighbouring keys: packed pairs of key and digest of the content.

    One row per thousand keeps this memory small and quick: two million reports need two thousand rows.
    """

    id = models.BigAutoField(primary_key=True)
    source = models.CharField(max_length=100)
    target = models.CharField(max_length=100)
    block = models.BigIntegerField()
    entries = models.BinaryField()
    columns = models.BinaryField(default=b"")
    """For mappings that are merged by column: a short digest of each column, in the order of the keys."""
    seal = models.BinaryField(default=b"")
    """Fingerprint of both sides' rows, when every row of the block was placed and the same on both; else empty."""

    class Meta:
        verbose_name = _("block of placed rows")
        verbose_name_plural = _("blocks of placed rows")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "target", "block"], name="migrations_legacy_one_block"),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target} {self.block}"


class OriginalValues(models.Model):
    """How the legacy wrote a row, where what is stored here would not give it back: NULL for an empty text, the old
    spelling of a picture's address, or a whole row of a table that is left out. Read when a legacy is written again.
    """

    id = models.BigAutoField(primary_key=True)
    source = models.CharField(max_length=100)
    target = models.CharField(max_length=100, blank=True)
    """Empty for tables that are left out."""
    key = models.BigIntegerField()
    columns = models.TextField()
    """JSON of Python's own kind, which unlike a database's knows infinite numbers and NUL characters."""

    class Meta:
        verbose_name = _("original values")
        verbose_name_plural = _("original values")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "target", "key"], name="migrations_legacy_one_original"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.key}"


class MoveRun(models.Model):
    """One run. One that has no end was killed: what it had placed counts, and its running totals are counted anew."""

    id = models.BigAutoField(primary_key=True)
    source = models.TextField(_("source"))
    began = models.DateTimeField(_("began"), auto_now_add=True)
    ended = models.DateTimeField(_("ended"), null=True)
    verdict = models.TextField(_("verdict"), blank=True)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")

    def __str__(self) -> str:
        return f"{self.began:%Y-%m-%d %H:%M} {self.verdict}"


class QuarantinedRow(models.Model):
    """A legacy row that has no place, with the reason. Secrets are not kept in clear."""

    id = models.BigAutoField(primary_key=True)
    source = models.CharField(_("legacy table"), max_length=100)
    target = models.CharField(_("meant for"), max_length=100)
    key = models.CharField(_("legacy key"), max_length=100)
    code = models.CharField(_("kind of reason"), max_length=40, db_index=True)
    reason = models.TextField(_("reason"))
    row = models.JSONField(_("row"))
    run = models.CharField(_("last run that met it"), max_length=32)
    since = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("quarantined row")
        verbose_name_plural = _("quarantined rows")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "target", "key"], name="migrations_legacy_quarantined_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.key}: {self.reason}"


class ArchivedTable(models.Model):
    """A table of the source of which something has no place among the modules' tables, and is kept here as JSON."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(_("legacy table"), max_length=200, unique=True)
    rows = models.BigIntegerField(_("rows"))
    values = models.JSONField(_("values by column"))
    checksum = models.CharField(_("checksum"), max_length=16)
    since = models.DateTimeField(_("as of"), auto_now=True)

    class Meta:
        verbose_name = _("archived table")
        verbose_name_plural = _("archived tables")

    def __str__(self) -> str:
        return self.name


class ArchivedRow(models.Model):
    """What is kept of one row: the whole row, or those of its columns that came over nowhere else. Secrets are sealed
    with SECRET_KEY.
    """

    id = models.BigAutoField(primary_key=True)
    table = models.ForeignKey(ArchivedTable, on_delete=models.CASCADE, related_name="archived_rows")
    number = models.BigIntegerField(_("place in the table"))
    key = models.CharField(_("legacy key"), max_length=200, db_index=True)
    rule = models.CharField(_("why"), max_length=100)
    row = models.JSONField(_("content"))

    class Meta:
        verbose_name = _("archived row")
        verbose_name_plural = _("archived rows")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["table", "number"], name="migrations_legacy_archived_once"),
        ]

    def __str__(self) -> str:
        return f"{self.table_id} {self.key}"
