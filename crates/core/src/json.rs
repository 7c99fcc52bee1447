//! Reading of JSON values into types. `serde` writes JSON; what it derives for reading would be an eighth of the WebAssembly module.

use serde_json::{Map, Value};

use crate::hex::{self, Hex};

/// A type that can be read from a JSON value.
pub(crate) trait FromJson: Sized {
    /// The value, or the name of the field that has no valid value, empty for the value itself.
    fn from_json(value: &Value) -> Result<Self, &'static str>;

    /// The value of a field that is absent or null, if it may be.
    fn absent() -> Option<Self> {
        None
    }
}

/// Reads a field of an object; the error is the name of a field without a valid value.
pub(crate) fn field<T: FromJson>(object: &Map<String, Value>, name: &'static str) -> Result<T, &'static str> {
    match object.get(name).filter(|value| !value.is_null()) {
        Some(value) => T::from_json(value).map_err(|inner| if inner.is_empty() { name } else { inner }),
        None => T::absent().ok_or(name),
    }
}

/// Has a struct read from an object, each field from the entry of this name. Other entries are passed over.
macro_rules! from_object {
    ($type:ident { $($field:ident $name:literal),* $(,)? }) => {
        impl $crate::json::FromJson for $type {
            fn from_json(value: &serde_json::Value) -> std::result::Result<Self, &'static str> {
                let object = value.as_object().ok_or("")?;
                Ok($type { $($field: $crate::json::field(object, $name)?),* })
            }
        }

        #[cfg(all(test, feature = "schema"))]
        impl $type {
            /// Names that are read. A test compares those of frames with the schema.
            #[allow(dead_code)]
            pub(crate) const FIELDS: &'static [&'static str] = &[$($name),*];
        }
    };
}

/// Has an enumeration read from the text of a variant.
macro_rules! from_text {
    ($type:ident { $($variant:ident $name:literal),* $(,)? }) => {
        impl $crate::json::FromJson for $type {
            fn from_json(value: &serde_json::Value) -> std::result::Result<Self, &'static str> {
                match value.as_str() {
                    $(Some($name) => Ok($type::$variant),)*
                    _ => Err(""),
                }
            }
        }
    };
}

pub(crate) use {from_object, from_text};

impl FromJson for bool {
    fn from_json(value: &Value) -> Result<Self, &'static str> {
        value.as_bool().ok_or("")
    }

    fn absent() -> Option<Self> {
        Some(false)
    }
}

impl FromJson for u64 {
    fn from_json(value: &Value) -> Result<Self, &'static str> {
        value.as_u64().ok_or("")
    }
}

impl FromJson for i64 {
    fn from_json(value: &Value) -> Result<Self, &'static str> {
        value.as_i64().ok_or("")
    }
}

impl FromJson for u32 {
    fn from_json(value: &Value) -> Result<Self, &'static str> {
        value.as_u64().and_then(|number| number.try_into().ok()).ok_or("")
    }
}

impl FromJson for u16 {
    fn from_json(value: &Value) -> Result<Self, &'static str> {
        value.as_u64().and_then(|number| number.try_into().ok()).ok_or("")
    }
}

impl FromJson for u8 {
    fn from_json(value: &Value) -> Result<Self, &'static str> {
        value.as_u64().and_then(|number| number.try_into().ok()).ok_or("")
    }
}

impl FromJson for usize {
    fn from_json(value: &Value) -> Result<Self, &'static str> {
        value.as_u64().and_then(|number| number.try_into().ok()).ok_or("")
    }
}

impl FromJson for String {
    fn from_json(value: &Value) -> Result<Self, &'static str> {
        value.as_str().map(str::to_owned).ok_or("")
    }
}

impl FromJson for Hex {
    fn from_json(value: &Value) -> Result<Self, &'static str> {
        value.as_str().and_then(hex::decode).map(Hex).ok_or("")
    }
}

impl FromJson for Value {
    fn from_json(value: &Value) -> Result<Self, &'static str> {
        Ok(value.clone())
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(value: &Value) -> Result<Self, &'static str> {
        match value {
            Value::Null => Ok(None),
            value => T::from_json(value).map(Some),
        }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(value: &Value) -> Result<Self, &'static str> {
        value.as_array().ok_or("")?.iter().map(T::from_json).collect()
    }

    fn absent() -> Option<Self> {
        Some(Vec::new())
    }
}

impl<T: FromJson, const N: usize> FromJson for [T; N] {
    fn from_json(value: &Value) -> Result<Self, &'static str> {
        Vec::from_json(value)?.try_into().map_err(|_| "")
    }
}
