//! New fields in the structure of a tagged document. ISO 32000-2, 14.7.2, 14.7.5 and 14.8.4.8.3.

use crate::document::Catalog;
use crate::error::{Code, Result};
use crate::file::{File, IndirectObject};
use crate::limits;
use crate::revision::UpdateBuilder;
use crate::syntax::splice::Splice;
use crate::syntax::write::{DictionaryWriter, Name, Source};
use crate::syntax::{Dictionary, ObjectId, Value, write};

/// The parts of the structure that a new field changes.
pub(super) struct Structure {
    root: IndirectObject,
    /// The first element below the root, which gets the new ones; none where the root itself does.
    parent: Option<IndirectObject>,
    /// The array of its children, if it is an object of its own.
    children: Option<IndirectObject>,
    /// Nodes of `/ParentTree` from its root to the last leaf; empty where there is none.
    parent_tree: Vec<Node>,
    /// The array of the leaf, if it is an object of its own.
    numbers: Option<IndirectObject>,
    /// The next key of `/ParentTree`.
    next_key: i64,
    /// Fields that were added: widget, page, key.
    added: Vec<(ObjectId, ObjectId, i64)>,
}

/// A node of a number tree (7.9.7).
struct Node {
    loaded: IndirectObject,
    /// The smallest key of `/Limits`, if the node has them.
    least: Option<i64>,
}

impl Structure {
    /// Reads the way to the places that change. None where there is no structure, or one that cannot be continued.
    ///
    /// Errors: what loading an object gives.
    pub(super) async fn read(file: &File, catalog: &Catalog) -> Result<Option<Structure>> {
        let Some(root) = file.entry(catalog.dictionary(), "StructTreeRoot", &catalog.loaded).await? else { return Ok(None) };
        let Some(entries) = root.dictionary().filter(|_| root.id != catalog.loaded.id) else { return Ok(None) };
        let parent = first_element(file, entries, &root).await?;
        let holder = parent.as_ref().unwrap_or(&root);
        let children = own_array(file, holder, "K").await?;
        let mut structure =
            Structure { children, parent, parent_tree: Vec::new(), numbers: None, next_key: 0, added: Vec::new(), root: root.clone() };
        let Some(last) = structure.descend(file, entries).await? else { return Ok(None) };
        structure.next_key = entries.integer("ParentTreeNextKey").unwrap_or(0).max(last.saturating_add(1)).max(0);
        Ok(Some(structure))
    }

    /// Goes down `/ParentTree` to its last leaf. Returns the largest key, -1 of an empty tree; none where the tree cannot be continued.
    async fn descend(&mut self, file: &File, root: &Dictionary) -> Result<Option<i64>> {
        let mut node = file.entry(root, "ParentTree", &self.root).await?;
        let mut last = -1;
        while let Some(loaded) = node.take() {
            let Some(entries) = loaded.dictionary() else { return Ok(None) };
            let known = self.parent_tree.iter().any(|node| node.loaded.id == loaded.id);
            if known || self.parent_tree.len() > limits::REFERENCES {
                return Ok(None);
            }
            let edges = keys(file, entries, "Limits", &loaded).await?;
            last = edges.last().copied().unwrap_or(last).max(last);
            let kids = file.entry(entries, "Kids", &loaded).await?;
            let numbers = file.entry(entries, "Nums", &loaded).await?;
            if kids.is_none() {
                let items = numbers.as_ref().and_then(|held| held.object.value.as_array()).unwrap_or_default();
                let largest = items.len().checked_sub(2).and_then(|at| items.get(at)).and_then(|item| item.value.as_integer());
                last = largest.unwrap_or(last).max(last);
                self.numbers = own_array(file, &loaded, "Nums").await?;
            }
            if let Some(kids) = &kids {
                // Children are indirect (table 37).
                let child = kids.object.value.as_array().and_then(|kids| kids.last()).and_then(|kid| kid.value.as_reference());
                let Some(child) = child else { return Ok(None) };
                node = file.load(child).await?;
                if node.is_none() {
                    return Ok(None);
                }
            }
            self.parent_tree.push(Node { least: edges.first().copied(), loaded });
        }
        Ok(Some(last))
    }

    /// Adds a field. Returns the value of `/StructParent` of its widget.
    pub(super) fn add(&mut self, widget: ObjectId, page: ObjectId) -> i64 {
        let key = self.next_key;
        self.next_key += 1;
        self.added.push((widget, page, key));
        key
    }

    /// Adds the elements of all fields to the update.
    ///
    /// `/Type`, `/S` names, `/P`, `/Pg`, `/NS` references, `/K` object reference dictionary (tables 355 and 358).
    pub(super) fn write(&self, update: &mut UpdateBuilder<'_>) -> Result<()> {
        if self.added.is_empty() {
            return Ok(());
        }
        let holder = self.parent.as_ref().unwrap_or(&self.root);
        let namespace = self.parent.as_ref().and_then(|parent| parent.dictionary()?.get("NS")?.as_reference());
        let (mut elements, mut numbers) = (Vec::new(), Vec::new());
        for (widget, page, key) in &self.added {
            let mut object = DictionaryWriter::of_type(Name("OBJR"));
            object.pair(Name("Obj"), *widget).pair(Name("Pg"), *page);
            let id = update.new_id();
            let mut element = DictionaryWriter::of_type(Name("StructElem"));
            element.pair(Name("S"), Name("Form")).pair(Name("P"), holder.id).pair(Name("Pg"), *page);
            element.pair(Name("K"), Source(&object.finish())).optional(Name("NS"), namespace);
            update.put(id, element.finish());
            elements.push(write::reference(id));
            numbers.push([key.to_string().into_bytes(), write::reference(id)].join(&b' '));
        }
        let Some(entries) = self.root.dictionary() else { return Err(Code::Internal.into()) };
        let mut root = Splice::new(&self.root.source, &self.root.object);
        root.set(entries, &self.root.object.span, "ParentTreeNextKey", self.next_key.to_string().as_bytes());
        self.write_numbers(update, &mut root, entries, &numbers.join(&b' '))?;
        let elements = elements.join(&b' ');
        match &self.parent {
            None => self.write_children(&mut root, &self.root, entries, &elements),
            Some(parent) => {
                let Some(entries) = parent.dictionary() else { return Err(Code::Internal.into()) };
                let mut own = Splice::new(&parent.source, &parent.object);
                self.write_children(&mut own, parent, entries, &elements);
                update.replace(parent, own)?;
            }
        }
        if let Some(array) = &self.children {
            let mut own = Splice::new(&array.source, &array.object);
            own.push(&array.object.span, &elements);
            update.replace(array, own)?;
        }
        update.replace(&self.root, root)
    }

    /// Adds elements to `/K`, which is an array, or one child by itself.
    fn write_children(&self, splice: &mut Splice<'_>, holder: &IndirectObject, entries: &Dictionary, elements: &[u8]) {
        if self.children.is_some() {
            return;
        }
        match entries.object("K") {
            Some(object) if object.value.as_array().is_some() => splice.push(&object.span, elements),
            object => {
                let first = object.and_then(|object| holder.source.get(object.span.clone())).unwrap_or_default();
                splice.set(entries, &holder.object.span, "K", &[b"[", first, b" ", elements, b"]"].concat());
            }
        }
    }

    /// Adds keys and values to the last leaf of `/ParentTree`, and corrects `/Limits` on the way to it.
    fn write_numbers<'a>(
        &'a self,
        update: &mut UpdateBuilder<'_>,
        root: &mut Splice<'a>,
        root_entries: &Dictionary,
        numbers: &[u8],
    ) -> Result<()> {
        let Some(leaf) = self.parent_tree.len().checked_sub(1) else {
            root.set(root_entries, &self.root.object.span, "ParentTree", &[b"<</Nums [", numbers, b"]>>"].concat());
            return Ok(());
        };
        for (at, node) in self.parent_tree.iter().enumerate() {
            let loaded = &node.loaded;
            let Some(entries) = loaded.dictionary() else { return Err(Code::Internal.into()) };
            // The root of the tree can be direct.
            let is_direct = loaded.id == self.root.id;
            let mut own = Splice::new(&loaded.source, &loaded.object);
            let splice = if is_direct { &mut *root } else { &mut own };
            if let Some(least) = node.least {
                splice.set(entries, &loaded.object.span, "Limits", format!("[{least} {}]", self.next_key - 1).as_bytes());
            }
            if at == leaf && self.numbers.is_none() {
                match entries.object("Nums") {
                    Some(object) if object.value.as_array().is_some() => splice.push(&object.span, numbers),
                    _ => splice.set(entries, &loaded.object.span, "Nums", &[b"[", numbers, b"]"].concat()),
                }
            }
            if !is_direct {
                update.replace(loaded, own)?;
            }
        }
        if let Some(array) = &self.numbers {
            let mut own = Splice::new(&array.source, &array.object);
            own.push(&array.object.span, numbers);
            update.replace(array, own)?;
        }
        Ok(())
    }
}

/// Types of elements that contain whole parts of a document (14.8.4.4).
const GROUPING: [&[u8]; 6] = [b"Document", b"DocumentFragment", b"Part", b"Art", b"Sect", b"Div"];

/// The first structure element below the root, if it is an object of its own that contains the document, or a part of it.
///
/// Where headings and paragraphs are children of the root, a field is none of the first heading.
async fn first_element(file: &File, root: &Dictionary, holder: &IndirectObject) -> Result<Option<IndirectObject>> {
    let Some(kids) = file.entry(root, "K", holder).await? else { return Ok(None) };
    let (element, is_alone) = match kids.object.value.as_array() {
        Some(items) => match items.first().and_then(|item| item.value.as_reference()) {
            Some(first) => (file.load(first).await?, items.len() == 1),
            None => (None, false),
        },
        None => (Some(kids), true),
    };
    Ok(element.filter(|element| {
        let Some(entries) = element.dictionary() else { return false };
        let is_part = is_alone || entries.name("S").is_some_and(|kind| GROUPING.contains(&kind));
        element.id != holder.id && element.stream.is_none() && entries.get("S").is_some() && is_part
    }))
}

/// The array of an entry, if it is an object of its own.
async fn own_array(file: &File, holder: &IndirectObject, key: &str) -> Result<Option<IndirectObject>> {
    let Some(object) = holder.dictionary().and_then(|entries| entries.object(key)) else { return Ok(None) };
    if object.value.as_reference().is_none() {
        return Ok(None);
    }
    Ok(file.resolve(object, holder).await?.filter(|held| held.object.value.as_array().is_some()))
}

/// The integers of an array.
async fn keys(file: &File, entries: &Dictionary, key: &str, holder: &IndirectObject) -> Result<Vec<i64>> {
    let array = file.entry(entries, key, holder).await?;
    let items = array.as_ref().and_then(|array| array.object.value.as_array()).unwrap_or_default();
    Ok(items.iter().take(2).filter_map(|item| item.value.as_integer()).collect())
}

/// Whether the document has a structure (14.7.2).
pub(super) fn has_structure(catalog: &Catalog) -> bool {
    catalog.dictionary().get("StructTreeRoot").is_some_and(|root| *root != Value::Null)
}
