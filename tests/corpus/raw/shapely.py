from shapely import Point, from_wkt

disc = Point(0, 0).buffer(1.0, quad_segs=64)
assert 3.14 < disc.area < 3.15
assert disc.intersects(from_wkt("LINESTRING (-2 0, 2 0)"))
