"""Machine code is kept, and loaded, only where nobody but the user can write."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="owners and modes of files")

#: Calls an operator; says from where its machine code came, and what was warned of.
CALL = """
import sys, warnings
sys.path.insert(0, sys.argv[1])
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    import model
for warning in told:
    assert warning.category is RuntimeWarning
    print(warning.message)
"""

MODEL = """
import numpy as np
import bise as gtx

I = gtx.Dimension("I")

@gtx.field_operator
def twice(a: gtx.Field[[I], gtx.float64]) -> gtx.Field[[I], gtx.float64]:
    return a + a

a, out = np.arange(5.0), np.zeros(5)
twice(a, out=out)
twice(a, out=out)
assert out.tolist() == [0.0, 2.0, 4.0, 6.0, 8.0]
"""


@pytest.fixture
def call(tmp_path):
    """Runs the model with a cache; gives what was warned of."""
    (tmp_path / "model.py").write_text(MODEL)

    def call(cache, **environment):
        environment = dict(os.environ, BISE_CACHE_DIR=str(cache), **environment)
        command = [sys.executable, "-c", CALL, str(tmp_path)]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return call


@pytest.fixture
def cache(tmp_path):
    cache = tmp_path / "cache"
    cache.mkdir()
    cache.chmod(0o700)
    return cache


def entries(cache):
    return sorted(path for path in cache.iterdir() if path.suffix == ".o")


def test_what_is_the_users_alone_is_used(call, cache):
    assert call(cache) == ""
    (entry,) = entries(cache)
    assert entry.stat().st_mode & 0o022 == 0
    before = entry.stat().st_ino
    assert call(cache) == ""
    assert entries(cache) == [entry]
    assert entry.stat().st_ino == before, "it was loaded, not made anew"


def test_a_cache_that_is_not_there_yet(call, tmp_path):
    cache = tmp_path / "a" / "b"
    assert call(cache) == ""
    assert len(entries(cache)) == 1
    assert cache.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o770, 0o702], ids=oct)
def test_a_directory_that_others_can_write_to(call, cache, mode):
    cache.chmod(mode)
    told = call(cache)
    assert told.count("other users can write to") == 1
    assert str(cache) in told
    assert "BISE_CACHE_SHARED=1" in told
    assert entries(cache) == []


def test_a_directory_below_one_that_others_can_write_to(call, tmp_path):
    above = tmp_path / "above"
    above.mkdir()
    above.chmod(0o777)
    assert f"other users can write to `{above}`" in call(above / "cache")
    assert not (above / "cache").exists() or entries(above / "cache") == []


def test_the_real_place_of_a_link_counts(call, tmp_path, cache):
    open_to_all = tmp_path / "all"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    link = tmp_path / "link"
    link.symlink_to(open_to_all)
    assert str(open_to_all) in call(link)
    link.unlink()
    link.symlink_to(cache)
    assert call(link) == ""
    assert len(entries(cache)) == 1


@pytest.mark.parametrize("mode", [0o666, 0o620, 0o602], ids=oct)
def test_a_file_that_others_can_write_to_is_made_anew(call, cache, mode):
    call(cache)
    (entry,) = entries(cache)
    entry.chmod(mode)
    assert call(cache) == ""
    assert entries(cache) == [entry]
    assert entry.stat().st_mode & 0o022 == 0


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="gives files to another user")
@pytest.mark.parametrize("what", ["directory", "file"])
def test_what_belongs_to_another_user(call, cache, what):
    call(cache)
    (entry,) = entries(cache)
    os.chown(entry if what == "file" else cache, 12345, 12345)
    told = call(cache)
    if what == "file":
        assert told == ""
        assert entry.stat().st_uid != 12345, "it was made anew"
    else:
        assert f"`{cache}` belongs to another user" in told


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o770], ids=oct)
def test_a_cache_that_is_shared_on_purpose(call, cache, mode):
    cache.chmod(mode)
    assert call(cache, BISE_CACHE_SHARED="1") == ""
    (entry,) = entries(cache)
    entry.chmod(0o666)
    before = entry.stat().st_ino
    assert call(cache, BISE_CACHE_SHARED="yes") == ""
    assert entry.stat().st_ino == before, "it was loaded, not made anew"


def test_no_cache_says_nothing(call, tmp_path):
    assert call("") == ""


def test_the_shell_tool_says_it_too(cache, tmp_path):
    bise = os.path.join(os.path.dirname(sys.executable), "bise")
    if not os.path.exists(bise):
        pytest.skip("the shell tool is not built")
    (tmp_path / "model.py").write_text(MODEL)
    cache.chmod(0o777)
    command = [bise, "run", f"{tmp_path / 'model.py'}::twice", "--size", "I=8"]
    done = subprocess.run(
        command,
        env=dict(os.environ, BISE_CACHE_DIR=str(cache)),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("other users can write to") == 1
    assert entries(cache) == []
