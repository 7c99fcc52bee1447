//! Levels above B-B, and the client for HTTP, against real services that break their answers on request (tests/services).

mod client;
mod levels;
mod services;
