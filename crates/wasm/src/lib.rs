//! The face of the core for JavaScript.
