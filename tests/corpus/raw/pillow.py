import io

from PIL import Image, ImageCms, features

for name in ("jpg", "jpg_2000", "libtiff", "webp", "freetype2", "littlecms2", "zlib"):
    assert features.check(name), name
image = Image.new("RGB", (32, 32), (200, 40, 40))
for form, options in (
    ("JPEG", {}),
    ("JPEG2000", {}),
    ("TIFF", {"compression": "tiff_lzw"}),
    ("TIFF", {"compression": "zstd"}),
    ("WEBP", {}),
    ("PNG", {}),
):
    file = io.BytesIO()
    image.save(file, form, **options)
    file.seek(0)
    red, green, blue = Image.open(file).convert("RGB").getpixel((16, 16))
    assert abs(red - 200) < 16 and abs(green - 40) < 16 and abs(blue - 40) < 16, form
profile = ImageCms.createProfile("sRGB")
assert ImageCms.profileToProfile(image, profile, profile).size == (32, 32)
