"""The environment after a move."""

from pathlib import Path


def lifted(module: str, url: str, at: str, media: Path | None) -> dict[str, dict[str, str]]:
    """Name of the process → its variables: one house, or with `at` the house and the module by itself."""
    name = module.upper()
    if not at:
        return {"": {f"{name}_DATABASE_URL": url}}
    folder = {"MEDIA_ROOT": str(media.resolve())} if media else {}
    return {"": {f"{name}_URL": at}, module: {"MODULES": module, f"{name}_DATABASE_URL": url} | folder}


def landed(module: str) -> dict[str, dict[str, str]]:
    """Empty is the same as not set."""
    return {"": {f"{module.upper()}_DATABASE_URL": "", f"{module.upper()}_URL": ""}}


def write(out: Path, processes: dict[str, dict[str, str]]) -> list[Path]:
    """`out`, and for a process of its own a file beside it, as in `lifted.attendance.env`. For the owner's eyes only:
    the addresses hold passwords.
    """
    written = []
    for process, variables in processes.items():
        file = out.with_name(f"{out.stem}.{process}{out.suffix}") if process else out
        file.touch(mode=0o600)
        file.chmod(0o600)  # also one that was there before
        file.write_text("".join(f"{name}={value}\n" for name, value in variables.items()), encoding="utf-8")
        written.append(file)
    return written
