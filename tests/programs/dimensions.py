"""Fields of one to five dimensions, named out of alphabetical order."""

import gt4py.next as gtx
from gt4py.next import Field, float64

Time = gtx.Dimension("Time")
Member = gtx.Dimension("Member")
Lat = gtx.Dimension("Lat")
Lon = gtx.Dimension("Lon")
Level = gtx.Dimension("Level", kind=gtx.DimensionKind.VERTICAL)


@gtx.field_operator
def five(
    a: Field[[Lat, Lon, Member, Time, Level], float64], b: Field[[Lon, Level], float64]
) -> Field[[Lat, Lon, Member, Time, Level], float64]:
    return a(Time + 1) * b(Lon - 1) + a(Level + 1, Lat + 1)


@gtx.field_operator
def four(a: Field[[Lat, Time], float64], b: Field[[Member, Level], float64]) -> Field[[Lat, Member, Time, Level], float64]:
    return a * b


@gtx.field_operator
def vertical_only(a: Field[[Level], float64]) -> Field[[Level], float64]:
    return a(Level + 1) - a


# ---- run five
# domain: Time 0..3, Member 0..2, Lat 0..5, Lon 0..4, Level 0..7
# a: Time 0..4, Lat 0..6, Level 0..8
# b: Lon -1..3
# expect out: a(Time + 1) * b(Lon - 1) + a(Level + 1, Lat + 1)

# ---- run four
# domain: Time 0..3, Member 0..2, Lat 0..5, Level 0..7
# expect out: a * b

# ---- run vertical_only
# domain: Level 0..70
# a: Level 0..71
# expect out: a(Level + 1) - a
