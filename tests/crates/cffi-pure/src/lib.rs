#[repr(C)]
#[derive(Clone, Copy)]
pub struct Point {
    pub x: f32,
    pub y: f32,
}

#[repr(u32)]
pub enum Side {
    Inside = 0,
    Outside = 1,
}

#[no_mangle]
pub extern "C" fn get_origin() -> Point {
    Point { x: 0.0, y: 0.0 }
}

#[no_mangle]
pub extern "C" fn is_in_range(point: Point, range: f32) -> bool {
    (point.x * point.x + point.y * point.y).sqrt() <= range
}

#[no_mangle]
pub extern "C" fn side_of(point: Point, range: f32) -> Side {
    if is_in_range(point, range) {
        Side::Inside
    } else {
        Side::Outside
    }
}
