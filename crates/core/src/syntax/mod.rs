//! ISO 32000-2, 7.2 to 7.5.8: bytes and what they mean, without knowledge of where they came from.

pub(crate) mod filter;
mod lexer;
mod object;
mod parse;
mod predictor;
pub(crate) mod splice;
pub(crate) mod write;

pub(crate) use lexer::{Fault, Lexer, Token, is_space};
pub(crate) use object::{Dictionary, Object, ObjectId, Value};
pub(crate) use parse::{parse_indirect_header, parse_object};
