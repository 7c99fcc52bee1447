//! The interactive form. ISO 32000-2, 12.7.3.

use super::field_tree::{FieldTree, Fields};
use super::{Catalog, Field};
use crate::error::Result;
use crate::file::{File, IndirectObject};
use crate::report::{Warning, WarningCode};
use crate::syntax::Value;

/// Where the form dictionary stands.
pub(crate) enum Place {
    Absent,
    /// In the catalog itself.
    Direct,
    Indirect,
}

/// The form and its fields.
pub(crate) struct Form {
    pub(crate) place: Place,
    /// The form dictionary; `None` when it is absent, or no dictionary.
    pub(crate) loaded: Option<IndirectObject>,
    pub(crate) fields: Fields,
    /// `/NeedAppearances true`: a viewer is asked to draw the fields anew (table 224).
    pub(crate) need_appearances: bool,
    xfa: bool,
}

impl Form {
    /// Reads the form and walks its fields.
    ///
    /// Errors: `ERR_LIMIT`, and what loading an object gives.
    pub(crate) async fn open(file: &File, catalog: &Catalog) -> Result<Form> {
        let held = catalog.dictionary().object("AcroForm");
        let loaded = match held {
            Some(object) => file.resolve(object, &catalog.loaded).await?.filter(|loaded| loaded.dictionary().is_some()),
            None => None,
        };
        let place = match (held.map(|object| &object.value), &loaded) {
            (Some(Value::Reference(_)), Some(_)) => Place::Indirect,
            (Some(Value::Dictionary(_)), Some(_)) => Place::Direct,
            _ => Place::Absent,
        };
        let mut form = Form { place, loaded: loaded.clone(), fields: Fields::default(), xfa: false, need_appearances: false };
        let Some(loaded) = loaded else { return Ok(form) };
        let Some(dictionary) = loaded.dictionary() else { return Ok(form) };
        form.xfa = dictionary.get("XFA").is_some();
        let need_appearances = file.entry(dictionary, "NeedAppearances", &loaded).await?;
        form.need_appearances = need_appearances.is_some_and(|flag| flag.object.value == Value::Boolean(true));
        form.fields = FieldTree::new(file).walk(&loaded).await?;
        Ok(form)
    }

    /// What a signer should know of the form.
    /// `cleared`: whether `/NeedAppearances` will be false.
    pub(crate) fn warn(&self, cleared: bool, warnings: &mut Vec<Warning>) {
        if self.need_appearances && !cleared {
            warnings.push(WarningCode::NeedAppearances.plain());
        }
        if self.xfa {
            warnings.push(WarningCode::Xfa.plain());
        }
    }

    /// The terminal fields of this full name.
    pub(crate) fn named(&self, name: &str) -> Vec<&Field> {
        self.fields.terminal.iter().filter(|field| field.name == name).collect()
    }
}
