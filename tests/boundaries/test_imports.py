"""import-linter's rules hold, ignore nothing, and catch what they are there for."""

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("config", "migrations_legacy", "src/contracts", "src/kernel", "src/modules", "src/portal")

pytestmark = pytest.mark.sqlite_only


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    lint_imports = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [lint_imports, "--config", "importlinter.ini", "--no-cache"],
        cwd=root,
        env={"PYTHONPATH": f"{root / 'src'}:{root}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_nothing_is_ignored_and_every_rule_says_what_to_do_instead() -> None:
    rules = configparser.ConfigParser()
    rules.read(ROOT / "importlinter.ini")
    contracts = [name for name in rules.sections() if name.startswith("importlinter:contract:")]
    assert contracts
    for name in contracts:
        assert "ignore_imports" not in rules[name]
        assert rules[name]["broken_contract_guidance"].strip()


@pytest.fixture(scope="module")
def copy_of_the_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__", "*.html", "static")
        )
    shutil.copy(ROOT / "importlinter.ini", root)
    return root


def test_the_house_keeps_all_rules(copy_of_the_house: Path) -> None:
    result = lint(copy_of_the_house)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("file", "line", "guidance"),
    [
        ("src/modules/leaves/rules.py", "from modules.users import models", "Use kernel.refs.ModuleRef"),
        ("src/portal/access.py", "from modules.leaves import service", "services.get(LeavesService)"),
        ("src/kernel/audit.py", "import modules.users.models", "A lower layer never imports a higher one"),
        ("src/contracts/leaves.py", "import django", "without Django or any other library"),
        ("src/modules/leaves/rules.py", "import config.settings", "A lower layer never imports a higher one"),
        ("src/kernel/audit.py", "import contracts.finance", "The kernel offers mechanisms"),
    ],
)
def test_a_planted_import_is_caught_with_advice(copy_of_the_house: Path, file: str, line: str, guidance: str) -> None:
    path = copy_of_the_house / file
    before = path.read_text()
    path.write_text(f"{before}\n{line}\n")
    try:
        result = lint(copy_of_the_house)
    finally:
        path.write_text(before)
    assert result.returncode != 0
    assert guidance in " ".join(result.stdout.split())
