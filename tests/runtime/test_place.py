"""Whose the servers' files are."""

import os
from pathlib import Path

import pytest

from runtime.embedded._place import runner
from runtime.process import ProcessFailed

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")


@needs_root
def test_root_runs_the_servers_of_an_ordinary_user_as_that_user(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    data = tmp_path / "postgres"
    data.mkdir(mode=0o700)
    os.chown(data, 4321, 4321)
    assert (runner(tmp_path).uid, runner(tmp_path).gid) == (4321, 4321)


@needs_root
def test_root_runs_new_servers_as_somebody_without_rights(tmp_path: Path) -> None:
    assert runner(tmp_path).uid not in {None, 0}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may use anybody's folder")
def test_an_ordinary_user_is_told_whose_data_these_are() -> None:
    with pytest.raises(ProcessFailed, match="FEIKONG_DATA_DIR"):
        runner(Path("/"))
