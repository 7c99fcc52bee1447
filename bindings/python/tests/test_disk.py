"""Each operation on files that the core asks for."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from rustpdf._disk import kind_of

from .conftest import Folder
from .support.probe import store


def wire(path: str | bytes) -> str:
    return os.fsencode(path).hex()


def on(op: str, path: str, **more: Any) -> dict[str, Any]:
    return {"op": op, "path": wire(path), **more}


def opened(path: str, access: str = "read") -> dict[str, Any]:
    return on("open", path, handle=16, access=access)


def identity(path: str) -> str:
    [found], _ = store(on("stat", path))
    return str(found["stat"]["identity"])


class TestResolve:
    def resolve(self, path: str) -> str:
        [result], _ = store(on("resolve", path))
        return os.fsdecode(bytes.fromhex(result["path"])) if "path" in result else result["failed"]

    def test_follows_every_link_before_it_goes_up(self, folder: Folder) -> None:
        folder.path.joinpath("real/below").mkdir(parents=True)
        folder.write("real/file", b"")
        os.symlink("real/below", folder.at("link"))
        os.symlink("link/../file", folder.at("other"))
        assert self.resolve(folder.at("link/../file")) == folder.at("real/file")
        assert self.resolve(folder.at("other")) == folder.at("real/file")

    def test_of_what_does_not_exist_its_folder(self, folder: Folder) -> None:
        folder.path.joinpath("real").mkdir()
        os.symlink("real", folder.at("link"))
        assert self.resolve(folder.at("link/new")) == folder.at("real/new")
        assert self.resolve(folder.at("none/new")) == "missing"
        folder.write("file", b"")
        assert self.resolve(folder.at("file/new")) == "missing"

    def test_a_relative_path_and_bytes_that_are_no_text(self, folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(folder.path)
        assert self.resolve(os.fsdecode(b"\xff")) == folder.at(os.fsdecode(b"\xff"))


class TestOpen:
    def test_an_existing_file(self, folder: Folder) -> None:
        path = folder.write("file", b"content")
        [result, read], content = store(opened(path), {"op": "read", "handle": 16, "offset": 3, "length": 100})
        found = os.stat(path)
        assert result["stat"] == {
            "type": "file",
            "identity": f"{found.st_dev}:{found.st_ino}",
            "size": 7,
            "mode": found.st_mode & 0o777,
            "owner": found.st_uid,
            "group": found.st_gid,
            "links": 1,
            "modified": str(found.st_mtime_ns),
            "changed": str(found.st_ctime_ns),
        }
        assert (read, content) == ({"length": 4}, b"tent")

    def test_to_write_and_read_it(self, folder: Folder) -> None:
        path = folder.write("file", b"content")
        write, read = ({"op": op, "handle": 16, "offset": 0, "length": 2} for op in ("write", "read"))
        results, content = store(opened(path, "write"), write, read, payload=b"CO")
        assert ("failed" in results[-1], content) == (False, b"CO")
        assert folder.read("file") == b"COntent"

    def test_what_is_not_there_is_a_link_or_a_pipe(self, folder: Folder) -> None:
        folder.write("file", b"")
        os.symlink("file", folder.at("link"))
        os.mkfifo(folder.at("pipe"))
        assert store(opened(folder.at("none")))[0] == [{"failed": "missing"}]
        assert store(opened(folder.at("link")))[0] == [{"failed": "other"}]
        [result], _ = store(opened(folder.at("pipe")))  # it does not wait
        assert result["stat"]["type"] == "other"


class TestCreate:
    def test_a_file_with_the_mode_less_the_umask(self, folder: Folder) -> None:
        before = os.umask(0o027)
        try:
            create = on("create", folder.at("file"), handle=16, mode=0o464)
            [result, *rest], _ = store(create, {"op": "write", "handle": 16, "offset": 2, "length": 3}, payload=b"abc")
        finally:
            os.umask(before)
        facts = result["stat"]
        assert (facts["type"], facts["mode"], facts["size"], rest) == ("file", 0o440, 0, [{}])
        assert folder.read("file") == b"\0\0abc"

    def test_not_where_there_is_anything(self, folder: Folder) -> None:
        folder.write("file", b"precious")
        os.symlink("nowhere", folder.at("link"))
        for name in ("file", "link"):
            assert store(on("create", folder.at(name), handle=16, mode=0o600))[0] == [{"failed": "exists"}]
        assert folder.names() == ["file", "link"]


class TestStat:
    def test_of_every_type(self, folder: Folder) -> None:
        folder.write("file", b"")
        os.symlink("file", folder.at("link"))
        os.mkfifo(folder.at("pipe"))
        names = {"file": "file", "link": "link", "pipe": "other", "none": "missing", "file/below": "missing", "n" * 256: "missing"}
        for name, kind in names.items():
            [result], _ = store(on("stat", folder.at(name)))
            assert result["stat"]["type"] == kind, name
        [result], _ = store(on("stat", str(folder.path)))
        assert result["stat"]["type"] == "folder"

    def test_of_a_handle_tells_the_file_that_is_open(self, folder: Folder) -> None:
        path = folder.write("file", b"content")
        rename = {"op": "rename", "from": wire(path), "to": wire(folder.at("new"))}
        [first, _, second], _ = store(opened(path), rename, {"op": "stat", "handle": 16})
        assert second["stat"]["identity"] == first["stat"]["identity"] == identity(folder.at("new"))


class TestAbsent:
    def test_fails_where_anything_has_the_name(self, folder: Folder) -> None:
        folder.write("file", b"")
        os.symlink("nowhere", folder.at("link"))
        assert store(on("absent", folder.at("none")))[0] == [{}]
        for name in ("file", "link"):
            assert store(on("absent", folder.at(name)))[0] == [{"failed": "exists"}]
        assert store(on("absent", folder.at("n" * 256)))[0] == [{"failed": "other"}]


class TestWriting:
    def test_append_writes_at_the_end(self, folder: Folder) -> None:
        path = folder.write("file", b"one")
        results, _ = store(
            opened(path, "append"),
            {"op": "append", "handle": 16, "length": 3},
            {"op": "append", "handle": 16, "length": 5},
            payload=b"twothree",
        )
        assert results[1:] == [{}, {}]
        assert folder.read("file") == b"onetwothree"

    def test_truncate_and_sync(self, folder: Folder) -> None:
        path = folder.write("file", b"content")
        cut = {"op": "truncate", "handle": 16, "length": 4}
        assert store(opened(path, "write"), cut, {"op": "sync", "handle": 16})[0][1:] == [{}, {}]
        assert folder.read("file") == b"cont"

    def test_a_handle_that_is_open_for_reading_is_not_written(self, folder: Folder) -> None:
        path = folder.write("file", b"content")
        cut = {"op": "truncate", "handle": 16, "length": 4}
        assert store(opened(path), cut, {"op": "sync", "handle": 16})[0][1:] == [{"failed": "unsupported"}]
        assert folder.read("file") == b"content"

    def test_close(self, folder: Folder) -> None:
        path = folder.write("file", b"content")
        assert store(opened(path), {"op": "close", "handle": 16}, opened(path))[0][1:2] == [{}]

    def test_more_than_the_disk_takes(self, folder: Folder) -> None:
        program = f"""
import resource, sys
from tests.support.probe import store
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
create = {on("create", folder.at("file"), handle=16, mode=0o600)!r}
for write in ({{"op": "write", "handle": 16, "offset": 0, "length": 200}}, {{"op": "append", "handle": 16, "length": 200}}):
    print(store(create, write, payload=bytes(200))[0][-1]["failed"])
    import os; os.unlink({folder.at("file")!r})
"""
        root = Path(__file__).parents[1]
        ended = subprocess.run([sys.executable, "-c", program], cwd=root, check=True, capture_output=True, text=True)
        assert ended.stdout == "noSpace\nnoSpace\n"


class TestPermit:
    def test_the_mode(self, folder: Folder) -> None:
        path = folder.write("file", b"")
        for mode in (0o640, 0o401):
            permit = {"op": "permit", "handle": 16, "owner": None, "group": None, "mode": mode}
            [_, result, found], _ = store(opened(path), permit, {"op": "stat", "handle": 16})
            assert (result, found["stat"]["mode"]) == ({}, mode)
        permit = {"op": "permit", "handle": 16, "owner": None, "group": None, "mode": None}
        [_, result, found], _ = store(opened(path), permit, {"op": "stat", "handle": 16})
        assert (result, found["stat"]["mode"]) == ({}, 0o401)

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
    def test_owner_and_group(self, folder: Folder) -> None:
        path = folder.write("file", b"")
        for owner, group, expected in ((54321, None, (54321, os.getegid())), (None, 4321, (54321, 4321)), (0, 0, (0, 0))):
            permit = {"op": "permit", "handle": 16, "owner": owner, "group": group, "mode": 0o600}
            assert store(opened(path), permit)[0][1] == {}
            found = os.stat(path)
            assert (found.st_uid, found.st_gid) == expected


class TestNames:
    def test_link_gives_a_second_name_once(self, folder: Folder) -> None:
        folder.write("file", b"content")
        os.symlink("file", folder.at("link"))
        link = {"op": "link", "from": wire(folder.at("file")), "to": wire(folder.at("second"))}
        assert store(link, link)[0] == [{}, {"failed": "exists"}]
        assert identity(folder.at("file")) == identity(folder.at("second"))
        store({"op": "link", "from": wire(folder.at("link")), "to": wire(folder.at("third"))})
        assert os.path.islink(folder.at("third"))

    def test_rename_replaces(self, folder: Folder) -> None:
        folder.write("old", b"new content")
        folder.write("file", b"content")
        rename = {"op": "rename", "from": wire(folder.at("old")), "to": wire(folder.at("file"))}
        assert store(rename, rename)[0] == [{}, {"failed": "missing"}]
        assert (folder.names(), folder.read("file")) == (["file"], b"new content")

    def test_remove_a_name_of_this_file_only(self, folder: Folder) -> None:
        path, other = folder.write("file", b""), folder.write("other", b"")
        os.symlink("other", folder.at("link"))
        assert store(on("remove", path, identity=identity(other)))[0] == [{"removed": False}]
        assert store(on("remove", folder.at("link"), identity=identity(other)))[0] == [{"removed": False}]
        assert store(on("remove", path, identity=identity(path)))[0] == [{"removed": True}]
        assert store(on("remove", path, identity=None))[0] == [{"removed": False}]
        assert store(on("remove", folder.at("link"), identity=None))[0] == [{"removed": True}]
        assert folder.names() == ["other"]

    def test_list_names_by_their_beginning(self, folder: Folder) -> None:
        for name in (b".in.pdf-1", b".in.pdf-\xff", b".in", b"in.pdf-1"):
            folder.path.joinpath(os.fsdecode(name)).write_bytes(b"")
        [result], _ = store(on("list", str(folder.path), prefix=b".in.pdf-".hex()))
        assert sorted(result["names"]) == [b".in.pdf-1".hex(), b".in.pdf-\xff".hex()]
        assert store(on("list", folder.at("none"), prefix=""))[0] == [{"failed": "missing"}]

    def test_sync_a_folder(self, folder: Folder) -> None:
        assert store(on("syncFolder", str(folder.path)))[0] == [{}]
        assert store(on("syncFolder", folder.write("file", b"")))[0] == [{"failed": "missing"}]


class TestProcess:
    def facts(self, pid: int | None) -> dict[str, Any]:
        [result], _ = store({"op": "process", "pid": pid})
        facts: dict[str, Any] = result["process"]
        return facts

    def test_this_one(self) -> None:
        own = self.facts(None)
        assert (own["pid"], own["user"], own["host"]) == (os.getpid(), os.geteuid(), socket.gethostname())
        assert own["boot"] == Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        assert own["namespace"] == os.readlink("/proc/self/ns/pid")
        again = self.facts(os.getpid())
        assert (again["lives"], again["start"]) == (True, own["start"])

    def test_another_one_which_ends(self) -> None:
        with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
            found = self.facts(other.pid)
            assert found["lives"]
            assert int(found["start"]) > 0
            other.communicate(b"\n")
        found = self.facts(other.pid)
        assert (found["lives"], found["start"]) == (False, "")

    def test_one_that_there_cannot_be(self) -> None:
        assert self.facts(2**40)["lives"] is False


def test_wait() -> None:
    begin = time.monotonic()
    assert store({"op": "wait", "milliseconds": 20})[0] == [{}]
    assert time.monotonic() - begin >= 0.02


def test_nothing_follows_a_failure(folder: Folder) -> None:
    results, _ = store(opened(folder.at("none")), on("create", folder.at("file"), handle=17, mode=0o600))
    assert results == [{"failed": "missing"}]
    assert folder.names() == []


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.EEXIST, "exists"),
        (errno.ENOENT, "missing"),
        (errno.ENOTDIR, "missing"),
        (errno.EACCES, "denied"),
        (errno.EROFS, "denied"),
        (errno.ENOSYS, "unsupported"),
        (errno.EXDEV, "unsupported"),
        (errno.EMLINK, "unsupported"),
        (errno.ENOSPC, "noSpace"),
        (errno.EDQUOT, "noSpace"),
        (errno.EFBIG, "noSpace"),
        (errno.ETXTBSY, "busy"),
        (errno.EIO, "other"),
        (None, "other"),
    ],
)
def test_the_kind_of_a_failure(number: int | None, kind: str) -> None:
    assert kind_of(OSError("no number") if number is None else OSError(number, "")) == kind
