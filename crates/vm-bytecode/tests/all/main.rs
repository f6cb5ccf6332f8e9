//! Tests of the public interface: the table, the container, the verifier, the documentation.

mod container;
mod documentation;
mod machine;
mod programs;
mod properties;
mod table;
mod verifier;
