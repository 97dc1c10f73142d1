pub use child::add_number;
