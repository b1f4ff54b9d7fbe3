"""Where the user's data are larger than memory: an exception, and outputs as they were."""

import sys

import children
import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are those of Linux")

#: Calls `work` with more and more megabytes of room; it succeeds, or raises MemoryError and touches no output.
LIMITED = """
import resource, sys
import numpy as np, bise, bise as gtx

I, J = gtx.Dimension("I"), gtx.Dimension("J")
V, E = gtx.Dimension("V"), gtx.Dimension("E")
L = gtx.Dimension("L", kind=gtx.DimensionKind.LOCAL)
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
V2E = gtx.FieldOffset("V2E", source=E, target=(V, L))

def used():
    return int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()

def limited(work, untouched, rooms):
    refused = 0
    for room in rooms:
        resource.setrlimit(resource.RLIMIT_AS, (used() + int(room * 2**20), -1))
        try:
            work()
        except MemoryError as error:
            refused += 1
            resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
            assert str(error)
            assert untouched()
        finally:
            resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
    print(refused)
"""

TABLE = """
@gtx.field_operator
def total(e: gtx.Field[[E], gtx.float64]) -> gtx.Field[[V], gtx.float64]:
    return gtx.neighbor_sum(e(V2E), axis=L)

rows = 1 << 20
e, out = np.ones(10), np.zeros(rows)
total(e, out=out[:10], offset_provider={"V2E": np.zeros((10, 6), np.int32)})
out[:] = 7.0
table = np.zeros((rows, 6), np.TYPE)
limited(lambda: total(e, out=out, offset_provider={"V2E": table}), lambda: (out == 7.0).all(), ROOMS)
total(e, out=out, offset_provider={"V2E": table})
assert (out == 6.0).all()
"""

#: The sum over a column is stored before it is used.
TEMPORARY = """
@gtx.scan_operator(axis=K, forward=True, init=0.0)
def total(carry: gtx.float64, a: gtx.float64) -> gtx.float64:
    return carry + a

@gtx.field_operator
def twice(a: gtx.Field[[I, K], gtx.float64]) -> gtx.Field[[I, K], gtx.float64]:
    b = total(a)
    return total(b(I + 1) + b)

small = np.ones((4, 3))
twice(small, out=np.zeros((3, 3)))
a, out = np.ones((200001, 20)), np.full((200000, 20), 7.0)
limited(lambda: twice(a, out=out), lambda: (out == 7.0).all(), ROOMS)
twice(a, out=out)
assert (out == np.cumsum(2.0 * np.cumsum(np.ones(20)))).all()
"""

#: Ten statements, each of which stores 32 MB: one after the other.
STATEMENTS = """
@gtx.scan_operator(axis=K, forward=True, init=0.0)
def total(carry: gtx.float64, a: gtx.float64) -> gtx.float64:
    return carry + a

IK = gtx.Field[[I, K], gtx.float64]

@gtx.field_operator
def twice(a: IK) -> IK:
    b = total(a)
    return total(b(I + 1) + b)

@gtx.program
def often(a: IK, out: IK, n: gtx.int32):
STATEMENTS

def call(a, out):
    often(a, out, out.shape[0], offset_provider={})

call(np.ones((31, 20)), np.zeros((30, 20)))
a, out = np.ones((200001, 20)), np.zeros((200000, 20))
resource.setrlimit(resource.RLIMIT_AS, (used() + 100 * 2**20, -1))
call(a, out)
assert (out == np.cumsum(2.0 * np.cumsum(np.ones(20)))).all()
print("done")
""".replace(
    "STATEMENTS",
    "\n".join(f"    twice(a, out=out, domain={{I: ({n}, n - {n}), K: (0, 20)}})" for n in range(10)),
)

REFERENCE = """
@gtx.field_operator(backend="reference")
def twice(a: gtx.Field[[I, J], gtx.float64]) -> gtx.Field[[I, J], gtx.float64]:
    b = a * 2.0
    return b(I + 1) + b

a, out = np.ones((101, 1000)), np.full((100, 1000), 7.0)
limited(lambda: twice(a, out=out), lambda: (out == 7.0).all(), ROOMS)
twice(a, out=out)
assert (out == 4.0).all()
"""

FIELD = """
a = np.ones((1000, 4000))
out = []
limited(lambda: out.append(gtx.as_field([I, J], a)) or out.clear(), lambda: not out, ROOMS)
limited(lambda: out.append(gtx.zeros({I: 1000, J: 4000})) or out.clear(), lambda: not out, ROOMS)
limited(lambda: out.append(gtx.full({I: 1000, J: 4000}, 2.0)) or out.clear(), lambda: not out, ROOMS)
"""

MESH = """
limited(lambda: bise.mesh.icosahedral(6), lambda: True, ROOMS)
assert bise.mesh.icosahedral(6).cells == 20 * 4**6
"""


def refused(tmp_path, program, rooms, **environment):
    text = LIMITED + program.replace("ROOMS", str(rooms))
    return [int(line) for line in children.succeed(tmp_path, text, **environment).split()]


@pytest.mark.parametrize("index", ["int32", "int64"])
def test_tables(tmp_path, index):
    (count,) = refused(tmp_path, TABLE.replace("TYPE", index), [1, 4, 10, 20])
    assert count == 4


def test_tables_of_checked_calls(tmp_path):
    (count,) = refused(
        tmp_path, TABLE.replace("TYPE", "int32"), [1, 4, 10, 20, 26, 30, 40, 60], BISE_CHECKED="1"
    )
    assert count >= 4


def test_temporaries(tmp_path):
    (count,) = refused(tmp_path, TEMPORARY, [1, 4, 10, 20, 28])
    assert count >= 4


def test_the_interpreter(tmp_path):
    (count,) = refused(tmp_path, REFERENCE, [0.5, 1, 2, 4, 8, 10, 12, 16, 20])
    assert count >= 5


def test_fields(tmp_path):
    assert refused(tmp_path, FIELD, [1, 4, 10, 20]) == [4, 4, 4]


def test_meshes(tmp_path):
    (count,) = refused(tmp_path, MESH, [0.5, 1, 4, 10, 30, 50, 58])
    assert count == 7


def test_statements_share_the_memory_of_what_they_store(tmp_path):
    assert children.succeed(tmp_path, LIMITED + STATEMENTS) == "done\n"
