//! The page tree. ISO 32000-2, 7.7.3.

use std::collections::{BTreeSet, VecDeque};

use super::Catalog;
use crate::error::{Code, Result};
use crate::file::{File, IndirectObject};
use crate::limits;
use crate::syntax::{ObjectId, Value};

/// A page of the document.
pub(crate) struct Page {
    pub(crate) loaded: IndirectObject,
    /// Some of the pages before it and of what comes behind it.
    pub(crate) neighbours: Vec<ObjectId>,
}

impl Page {
    /// Finds the page of this number, counted from 1. None where no annotation can be listed on it: the document has no pages at all, or
    /// the page is no object of its own.
    ///
    /// Subtrees before it are passed over by their `/Count`. Errors: `ERR_PAGE_NUMBER`, `ERR_PAGE_TREE`, `ERR_LIMIT`.
    pub(crate) async fn find(file: &File, catalog: &Catalog, number: u32) -> Result<Option<Page>> {
        let Some(root) = catalog.dictionary().object("Pages").and_then(|object| object.value.as_reference()) else {
            return Err(Code::PageTree.because("the catalog has no /Pages reference"));
        };
        let mut visited = BTreeSet::new();
        // What is still to be visited, the next on top, with its depth. None stands for a page that is no object of its own, as some
        // writers leave it in `/Kids`.
        let mut open: Vec<(Option<ObjectId>, usize)> = vec![(Some(root), 0)];
        let (mut passed, mut missing) = (0_u64, false);
        let mut before = VecDeque::new();
        // How much of `open` is not in the cache yet. No more is fetched than may be pages before the one that is looked for.
        let mut fetched = usize::MAX;
        loop {
            if open.len() <= fetched {
                let ahead = u64::from(number).saturating_sub(passed).min(limits::PREFETCH as u64) as usize;
                let ahead = file.prefetch(open.iter().rev().take(ahead).filter_map(|(id, _)| *id)).await?;
                fetched = open.len().saturating_sub(ahead);
            }
            let Some((id, depth)) = open.pop() else { break };
            let Some(id) = id else {
                passed += 1;
                match passed == u64::from(number) {
                    true => return Ok(None),
                    false => continue,
                }
            };
            if !visited.insert(id) {
                return Err(Code::PageTree.because("the page tree is no tree: a node stands in it twice").within(id));
            }
            if visited.len() + open.len() > limits::PAGE_NODES {
                return Err(limits::exceeded("nodes in its page tree", limits::PAGE_NODES));
            }
            if depth > limits::TREE_DEPTH {
                return Err(limits::exceeded("levels in its page tree", limits::TREE_DEPTH));
            }
            let loaded = file.load(id).await?;
            let Some((loaded, dictionary)) = loaded.as_ref().and_then(|loaded| Some((loaded, loaded.dictionary()?))) else {
                missing = true;
                continue;
            };
            let Some(kids) = file.entry(dictionary, "Kids", loaded).await? else {
                passed += 1;
                if passed == u64::from(number) {
                    let behind = open.iter().rev().take(limits::NEIGHBOURS).filter_map(|(id, _)| *id);
                    return Ok(Some(Page { loaded: loaded.clone(), neighbours: before.into_iter().chain(behind).collect() }));
                }
                before.push_back(id);
                if before.len() > limits::NEIGHBOURS {
                    before.pop_front();
                }
                continue;
            };
            let count = dictionary.integer("Count").and_then(|count| u64::try_from(count).ok());
            if let Some(count) = count.filter(|count| *count > 0 && passed + count < u64::from(number)) {
                passed += count;
                continue;
            }
            let Some(items) = kids.object.value.as_array() else {
                return Err(Code::PageTree.because("the /Kids of a node of the page tree is not an array").within(id));
            };
            open.extend(items.iter().rev().filter_map(|item| match &item.value {
                Value::Reference(id) => Some((Some(*id), depth + 1)),
                Value::Dictionary(_) => Some((None, depth + 1)),
                _ => None,
            }));
            fetched = usize::MAX;
        }
        match passed {
            0 if missing => Err(Code::PageTree.because("the document has no pages: those that it lists are missing")),
            0 if number == 1 => Ok(None),
            passed => Err(Code::PageNumber.because(format!("page {number} was asked for and the document has {passed}"))),
        }
    }

    /// The number of a page, counted from 1. A negative one counts from the end: -1 is the last.
    ///
    /// Errors: `ERR_PAGE_NUMBER`, `ERR_LIMIT`.
    pub(crate) async fn number(file: &File, catalog: &Catalog, number: i32) -> Result<u32> {
        if let Ok(number) = u32::try_from(number) {
            return Ok(number);
        }
        let counted = match Page::count(file, catalog).await? {
            Some(counted) => counted,
            None => {
                let (mut pages, mut counted) = (Pages::new(file, catalog), 0);
                while pages.next().await?.is_some() {
                    counted += 1;
                }
                counted
            }
        };
        let found = || Code::PageNumber.because(format!("page {number} was asked for and the document has {counted}"));
        counted
            .checked_sub(u64::from(number.unsigned_abs()) - 1)
            .and_then(|page| u32::try_from(page).ok())
            .filter(|page| *page > 0)
            .ok_or_else(found)
    }

    /// How many pages the root of the tree counts; none when it does not say.
    pub(crate) async fn count(file: &File, catalog: &Catalog) -> Result<Option<u64>> {
        let pages = file.entry(catalog.dictionary(), "Pages", &catalog.loaded).await?;
        Ok(pages.and_then(|pages| match pages.dictionary()?.get("Count")? {
            Value::Integer(count) => u64::try_from(*count).ok(),
            _ => None,
        }))
    }
}

/// The page that lists a widget: that of its `/P`, else one of the first pages. None if it is on none of them.
///
/// Errors: `ERR_LIMIT`, and what loading an object gives.
pub(crate) async fn page_of_widget(file: &File, catalog: &Catalog, widget: &IndirectObject) -> Result<Option<IndirectObject>> {
    if let Some(entries) = widget.dictionary()
        && let Some(page) = file.entry(entries, "P", widget).await?.filter(|page| page.dictionary().is_some())
    {
        return Ok(Some(page));
    }
    let mut pages = Pages::new(file, catalog);
    for _ in 0..limits::SEARCHED_PAGES {
        let Some(page) = pages.next().await? else { break };
        let Some(entries) = page.dictionary() else { continue };
        let Some(array) = file.entry(entries, "Annots", &page).await? else { continue };
        let items = array.object.value.as_array().unwrap_or_default();
        if items.iter().any(|item| item.value.as_reference() == Some(widget.id)) {
            return Ok(Some(page));
        }
    }
    Ok(None)
}

/// A walk over the pages in their order.
pub(super) struct Pages<'f> {
    file: &'f File,
    /// Nodes to visit, the next on top.
    open: Vec<ObjectId>,
    visited: BTreeSet<ObjectId>,
    /// How many of `open` are not in the cache yet.
    fetched: usize,
}

impl<'f> Pages<'f> {
    pub(super) fn new(file: &'f File, catalog: &Catalog) -> Self {
        let root = catalog.dictionary().get("Pages").and_then(Value::as_reference);
        Pages { file, open: root.into_iter().collect(), visited: BTreeSet::new(), fetched: usize::MAX }
    }

    /// The next page. A node that cannot be read is passed over, and so is one that was visited.
    ///
    /// Errors: `ERR_LIMIT`.
    pub(super) async fn next(&mut self) -> Result<Option<IndirectObject>> {
        loop {
            if self.open.len() <= self.fetched {
                let ahead = self.file.prefetch(self.open.iter().rev().take(limits::SEARCHED_PAGES).copied()).await?;
                self.fetched = self.open.len().saturating_sub(ahead);
            }
            let Some(id) = self.open.pop() else { return Ok(None) };
            if !self.visited.insert(id) {
                continue;
            }
            let loaded = match self.file.load(id).await {
                Err(error) if error.is_damage() => continue,
                loaded => loaded?,
            };
            let Some(dictionary) = loaded.as_ref().and_then(IndirectObject::dictionary) else { continue };
            match dictionary.get("Kids").and_then(Value::as_array) {
                Some(kids) => {
                    self.open.extend(kids.iter().rev().filter_map(|kid| kid.value.as_reference()));
                    self.fetched = usize::MAX;
                }
                None => return Ok(loaded),
            }
        }
    }
}
