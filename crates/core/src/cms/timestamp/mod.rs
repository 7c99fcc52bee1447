//! Timestamps (RFC 3161, RFC 5816): request, response, token, and the token as an attribute of a signature (EN 319 122-1, 5.3).

mod attribute;
mod request;
mod response;
mod token;

pub(crate) use attribute::{signature_value, timestamp_room, with_timestamp};
pub(crate) use request::TimestampRequest;
pub(crate) use response::{Refused, read_response};
pub(crate) use token::TimestampToken;
