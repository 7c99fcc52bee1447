//! The walk through the tree of fields. ISO 32000-2, 12.7.4.1.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Budget, Field, FieldKind};
use crate::error::Result;
use crate::file::{File, IndirectObject};
use crate::limits;
use crate::syntax::{Dictionary, Object, ObjectId, Value, write};

/// The fields found so far, and what keeps the walk from doing anything twice.
pub(super) struct FieldTree<'f> {
    file: &'f File,
    budget: Budget,
    /// Fields that are not terminal too: those below them inherit from them.
    fields: Vec<Field>,
    /// Which of `fields` have fields below them.
    inner: BTreeSet<usize>,
    names: BTreeSet<String>,
    /// The length of all names together, which is bounded: names grow with the depth of the tree.
    name_bytes: usize,
    nodes: usize,
    listed: BTreeSet<ObjectId>,
    /// Arrays of `/Kids`, and that of `/Fields`, that are objects of their own.
    arrays: BTreeSet<ObjectId>,
    kid_arrays: BTreeSet<ObjectId>,
    /// Values that are objects of their own: fields may share them.
    values: BTreeMap<ObjectId, Arc<IndirectObject>>,
}

/// The fields of a form.
#[derive(Default)]
pub(crate) struct Fields {
    pub(crate) terminal: Vec<Field>,
    /// Names of all fields, of inner nodes too: none of them may be taken by a new field.
    pub(crate) names: BTreeSet<String>,
    /// Arrays of `/Kids` that are objects of their own.
    pub(crate) kid_arrays: BTreeSet<ObjectId>,
    /// Fields and widgets that are objects of their own.
    pub(crate) listed: BTreeSet<ObjectId>,
}

/// A field or a widget that is still to be visited.
struct Node {
    id: ObjectId,
    /// The dictionary, where it does not stand by itself but in the object `id`.
    direct: Option<IndirectObject>,
    /// Its place in `FieldTree::fields`.
    parent: Option<usize>,
}

impl<'f> FieldTree<'f> {
    pub(super) fn new(file: &'f File) -> Self {
        FieldTree {
            file,
            budget: Budget::new(),
            fields: Vec::new(),
            inner: BTreeSet::new(),
            names: BTreeSet::new(),
            name_bytes: 0,
            nodes: 0,
            listed: BTreeSet::new(),
            arrays: BTreeSet::new(),
            kid_arrays: BTreeSet::new(),
            values: BTreeMap::new(),
        }
    }

    /// The fields of the form that `form` holds.
    ///
    /// Visits the tree level by level, so that a level is read by few questions. Errors: `ERR_LIMIT`, and what loading an object gives.
    pub(super) async fn walk(mut self, form: &IndirectObject) -> Result<Fields> {
        let mut level = Vec::new();
        if let Some(dictionary) = form.dictionary() {
            self.list(dictionary, "Fields", form, None, &mut level).await?;
        }
        let mut depth = 0;
        while !level.is_empty() {
            if depth > limits::TREE_DEPTH {
                return Err(limits::exceeded("levels in its form", limits::TREE_DEPTH));
            }
            let mut next = Vec::new();
            let mut nodes = level.into_iter();
            while nodes.len() > 0 {
                let ahead = self.file.prefetch(nodes.as_slice().iter().map(|node| node.id)).await?;
                for node in nodes.by_ref().take(ahead) {
                    self.visit(node, &mut next).await?;
                }
            }
            level = next;
            depth += 1;
        }
        let inner = self.inner;
        let terminal = self.fields.into_iter().enumerate().filter(|(index, _)| !inner.contains(index));
        let terminal = terminal.map(|(_, field)| field).collect();
        Ok(Fields { terminal, names: self.names, kid_arrays: self.kid_arrays, listed: self.listed })
    }

    /// Puts what the array `key` lists on the next level, save what was listed before: twice, or in a circle.
    async fn list(
        &mut self,
        dictionary: &Dictionary,
        key: &str,
        holder: &IndirectObject,
        parent: Option<usize>,
        next: &mut Vec<Node>,
    ) -> Result<()> {
        if let Some(id) = dictionary.get(key).and_then(Value::as_reference) {
            if key == "Kids" {
                self.kid_arrays.insert(id);
            }
            if !self.arrays.insert(id) {
                return Ok(());
            }
        }
        let Some(array) = self.file.entry(dictionary, key, holder).await? else { return Ok(()) };
        for item in array.object.value.as_array().unwrap_or_default() {
            next.push(match &item.value {
                Value::Reference(id) if self.listed.insert(*id) => Node { id: *id, direct: None, parent },
                // 12.7.3 asks for references. What other readers take for a field counts as one all the same.
                Value::Dictionary(_) => {
                    let direct = IndirectObject { id: array.id, source: array.source.clone(), object: item.clone(), stream: None };
                    Node { id: array.id, direct: Some(self.budget.keep(direct)?), parent }
                }
                _ => continue,
            });
            self.nodes += 1;
            if self.nodes > limits::FIELD_NODES {
                return Err(limits::exceeded("fields and widgets in its form", limits::FIELD_NODES));
            }
        }
        Ok(())
    }

    async fn visit(&mut self, node: Node, next: &mut Vec<Node>) -> Result<()> {
        let Node { id, direct, parent } = node;
        let by_itself = direct.is_none();
        let Some(loaded) = (match direct {
            Some(direct) => Some(direct),
            None => self.file.load(id).await?,
        }) else {
            return Ok(());
        };
        let Some(dictionary) = loaded.dictionary() else { return Ok(()) };
        let partial = self.file.entry(dictionary, "T", &loaded).await?;
        if let Some(parent) = parent {
            if partial.is_none() {
                return Ok(()); // kids with a name are fields, those without are the widgets of their parent (12.7.4.1)
            }
            self.inner.insert(parent);
        }
        let partial = partial.as_ref().and_then(|loaded| loaded.object.value.as_string()).map(write::decode_text_string);
        let name = self.name(parent, partial.unwrap_or_default()).map_err(|error| error.within(id))?;
        let kind = match self.file.entry(dictionary, "FT", &loaded).await? {
            Some(kind) => kind.object.value.as_name().map_or(FieldKind::Unknown, FieldKind::parse),
            None => self.above(parent).map_or(FieldKind::Unknown, |above| above.kind),
        };
        let mut value = self.above(parent).and_then(|above| above.value.clone());
        // The value of a field that is neither a signature nor above one is of no interest.
        if (kind == FieldKind::Signature || dictionary.get("Kids").is_some())
            && let Some(object) = dictionary.object("V")
            && let Some(own) = self.value(object, &loaded).await?
        {
            value = Some(own);
        }
        self.list(dictionary, "Kids", &loaded, Some(self.fields.len()), next).await?;
        let loaded = match kind == FieldKind::Signature && by_itself {
            true => self.budget.keep(loaded)?,
            false => IndirectObject { id, source: Arc::default(), object: Object { value: Value::Null, span: 0..0 }, stream: None },
        };
        self.names.insert(name.clone());
        self.fields.push(Field { name, kind, value, loaded });
        Ok(())
    }

    fn above(&self, parent: Option<usize>) -> Option<&Field> {
        self.fields.get(parent?)
    }

    /// The full name (12.7.4.2).
    fn name(&mut self, parent: Option<usize>, partial: String) -> Result<String> {
        let name = match self.above(parent) {
            Some(above) if !above.name.is_empty() && partial.is_empty() => above.name.clone(),
            Some(above) if !above.name.is_empty() => format!("{}.{partial}", above.name),
            _ => partial,
        };
        if name.len() > limits::TEXT {
            return Err(limits::exceeded("bytes in the name of a field", limits::TEXT));
        }
        self.name_bytes += name.len();
        if self.name_bytes > limits::FIELD_NAMES {
            return Err(limits::exceeded("bytes in the names of its fields", limits::FIELD_NAMES));
        }
        Ok(name)
    }

    /// The value of a field, if it is a dictionary.
    async fn value(&mut self, object: &Object, holder: &IndirectObject) -> Result<Option<Arc<IndirectObject>>> {
        let id = object.value.as_reference();
        if let Some(shared) = id.and_then(|id| self.values.get(&id)) {
            return Ok(Some(shared.clone()));
        }
        // The value of a signature field is a signature dictionary (12.7.5.5). Text above it is that of another kind of field.
        let Some(loaded) = self.file.resolve(object, holder).await?.filter(|loaded| loaded.dictionary().is_some()) else { return Ok(None) };
        let value = Arc::new(self.budget.keep(loaded)?);
        if let Some(id) = id {
            self.values.insert(id, value.clone());
        }
        Ok(Some(value))
    }
}
