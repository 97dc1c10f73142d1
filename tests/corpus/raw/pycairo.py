import io

import cairo

surface = cairo.ImageSurface(cairo.FORMAT_ARGB32, 16, 16)
context = cairo.Context(surface)
context.set_source_rgb(1, 0, 0)
context.rectangle(4, 4, 8, 8)
context.fill()
png = io.BytesIO()
surface.write_to_png(png)
assert png.getvalue().startswith(b"\x89PNG")
assert bytes(surface.get_data())[8 * 64 + 32 : 8 * 64 + 36] == b"\x00\x00\xff\xff"
