pub use transitive_lib::get_42;
