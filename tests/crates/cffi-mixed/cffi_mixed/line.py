from .cffi_mixed import ffi, lib


class Line:
    """A line from one point to another, in Rust's words."""

    def __init__(self, x1, y1, x2, y2):
        self.ends = ffi.new("Point[2]", [(x1, y1), (x2, y2)])

    def length(self):
        return lib.distance(self.ends[0], self.ends[1])
