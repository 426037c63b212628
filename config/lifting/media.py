"""The files of a module's uploads."""

import shutil
from pathlib import Path

from django.apps import apps
from django.conf import settings

from config.lifting.tables import UPLOADS


def files_of(module: str, alias: str) -> dict[str, int]:
    """Path below MEDIA_ROOT → bytes, of the module's files that are there."""
    if module not in UPLOADS:
        return {}
    model, field = UPLOADS[module]
    paths = (
        apps.get_model(module, model)._base_manager.using(alias).exclude(**{field: ""}).values_list(field, flat=True)
    )
    root = Path(settings.MEDIA_ROOT)
    found = {}
    for path in set(paths):
        file = (root / path).resolve()
        if file.is_relative_to(root) and file.is_file():
            found[path] = file.stat().st_size
    return found


def copy(files: dict[str, int], folder: Path) -> int:
    """Copy the files that are not there yet; returns how many. A file of the house never changes under its name, and is
    whole once it has its name.
    """
    copied = 0
    for path, size in files.items():
        kept = folder / path
        if kept.is_file() and kept.stat().st_size == size:
            continue
        kept.parent.mkdir(parents=True, exist_ok=True)
        being_written = kept.with_name(f".{kept.name}.part")
        shutil.copyfile(Path(settings.MEDIA_ROOT) / path, being_written)
        being_written.replace(kept)
        copied += 1
    return copied
