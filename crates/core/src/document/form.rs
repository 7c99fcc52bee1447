//! The interactive form. ISO 32000-2, 12.7.3.

use std::collections::BTreeSet;

use super::{Catalog, Field, FieldKind};
use crate::error::Result;
use crate::file::{File, Loaded};
use crate::limits;
use crate::report::{Warning, WarningCode};
use crate::syntax::{ObjectId, Value, write};

/// Where the form dictionary stands.
pub(crate) enum Place {
    Absent,
    /// In the catalog itself.
    Direct,
    Indirect,
}

/// The form and all its terminal fields.
pub(crate) struct Form {
    pub(crate) place: Place,
    /// The form dictionary; `None` when it is absent, or no dictionary.
    pub(crate) loaded: Option<Loaded>,
    pub(crate) fields: Vec<Field>,
    /// All names that stand in the tree, of inner nodes too: none of them may be taken by a new field.
    pub(crate) names: BTreeSet<String>,
    xfa: bool,
    need_appearances: bool,
    /// The length of all names together, which is bounded: names grow with the depth of the tree.
    name_bytes: usize,
}

/// A node that is still to be visited, with what it inherits.
#[derive(Clone)]
struct Node {
    id: ObjectId,
    prefix: String,
    kind: FieldKind,
    has_value: bool,
    depth: usize,
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
        let mut form = Form {
            place,
            loaded: loaded.clone(),
            fields: Vec::new(),
            names: BTreeSet::new(),
            xfa: false,
            need_appearances: false,
            name_bytes: 0,
        };
        let Some(loaded) = loaded else { return Ok(form) };
        let Some(dictionary) = loaded.dictionary() else { return Ok(form) };
        form.xfa = dictionary.get("XFA").is_some();
        form.need_appearances = dictionary.get("NeedAppearances") == Some(&Value::Boolean(true));
        if let Some(fields) = file.entry(dictionary, "Fields", &loaded).await? {
            let ids = fields.object.value.as_array().unwrap_or_default().iter().filter_map(|item| item.value.as_reference());
            let roots = ids.map(|id| Node { id, prefix: String::new(), kind: FieldKind::Unknown, has_value: false, depth: 0 }).collect();
            form.walk(file, roots).await?;
        }
        Ok(form)
    }

    /// Visits the tree level by level, so that a level is read by few questions.
    async fn walk(&mut self, file: &File, mut level: Vec<Node>) -> Result<()> {
        let mut visited = BTreeSet::new();
        while !level.is_empty() {
            let mut next = Vec::new();
            for batch in level.chunks(64) {
                file.prefetch(batch.iter().map(|node| node.id)).await?;
                for node in batch {
                    if !visited.insert(node.id) {
                        continue; // listed twice, or a circle: it was visited once, and that is enough
                    }
                    if visited.len() > limits::FIELD_NODES || node.depth > limits::TREE_DEPTH {
                        return Err(limits::exceeded("fields or levels in its form", limits::FIELD_NODES));
                    }
                    self.visit(file, node, &mut next).await?;
                }
            }
            level = next;
        }
        Ok(())
    }

    async fn visit(&mut self, file: &File, node: &Node, next: &mut Vec<Node>) -> Result<()> {
        let Some(loaded) = file.load(node.id).await? else { return Ok(()) };
        let Some(dictionary) = loaded.dictionary() else { return Ok(()) };
        let partial = file.entry(dictionary, "T", &loaded).await?;
        let partial = partial.as_ref().and_then(|loaded| loaded.object.value.as_string()).map(write::decode_text_string);
        let name = match (node.prefix.is_empty(), &partial) {
            (true, Some(partial)) => partial.clone(),
            (false, Some(partial)) => format!("{}.{partial}", node.prefix),
            (_, None) => node.prefix.clone(),
        };
        self.name_bytes += name.len();
        if name.len() > limits::TEXT || self.name_bytes > limits::FIELD_NAMES {
            return Err(
                limits::exceeded("bytes in the names of its fields", limits::FIELD_NAMES).within(node.id.number, node.id.generation)
            );
        }
        let kind = match file.entry(dictionary, "FT", &loaded).await? {
            Some(kind) => kind.object.value.as_name().map_or(FieldKind::Unknown, FieldKind::parse),
            None => node.kind,
        };
        let has_value = node.has_value || dictionary.get("V").is_some();
        self.names.insert(name.clone());
        let mut kids = Vec::new();
        if let Some(array) = file.entry(dictionary, "Kids", &loaded).await? {
            for kid in array.object.value.as_array().unwrap_or_default().iter().filter_map(|item| item.value.as_reference()) {
                kids.push(kid);
            }
        }
        // Kids with a name are fields, those without are the widgets of this one (12.7.4.1).
        file.prefetch(kids.iter().copied()).await?;
        let mut inner = false;
        for kid in kids.into_iter().take(limits::FIELD_NODES) {
            let Some(widget) = file.load(kid).await? else { continue };
            if widget.dictionary().is_some_and(|dictionary| dictionary.get("T").is_some()) {
                inner = true;
                next.push(Node { id: kid, prefix: name.clone(), kind, has_value, depth: node.depth + 1 });
            }
        }
        if !inner {
            self.fields.push(Field { name, kind, has_value, loaded });
        }
        Ok(())
    }

    /// What a signer should know of the form.
    pub(crate) fn warn(&self, warnings: &mut Vec<Warning>) {
        if self.need_appearances {
            warnings.push(WarningCode::NeedAppearances.plain());
        }
        if self.xfa {
            warnings.push(WarningCode::Xfa.plain());
        }
    }

    /// The terminal field of this full name.
    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}
