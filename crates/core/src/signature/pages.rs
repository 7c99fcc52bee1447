//! The pages that get new fields. Each is changed once.

use crate::document::{Catalog, Page};
use crate::error::Result;
use crate::file::File;

/// Pages by their numbers.
pub(super) struct Pages<'f> {
    pub(super) file: &'f File,
    found: Vec<(u32, Option<Page>)>,
}

impl<'f> Pages<'f> {
    pub(super) fn new(file: &'f File) -> Self {
        Pages { file, found: Vec::new() }
    }

    /// The place of a page in this list; none where no annotation can be listed on it.
    ///
    /// Errors: `ERR_PAGE_NUMBER`, `ERR_PAGE_TREE`, `ERR_LIMIT`.
    pub(super) async fn find(&mut self, catalog: &Catalog, number: i32) -> Result<Option<usize>> {
        let number = Page::number(self.file, catalog, number).await?;
        let at = match self.found.iter().position(|(known, _)| *known == number) {
            Some(at) => at,
            None => {
                self.found.push((number, Page::find(self.file, catalog, number).await?));
                self.found.len() - 1
            }
        };
        Ok(self.get(at).map(|_| at))
    }

    pub(super) fn get(&self, at: usize) -> Option<&Page> {
        self.found.get(at)?.1.as_ref()
    }

    /// The number of a page, counted from 1.
    pub(super) fn number(&self, at: usize) -> Option<u32> {
        self.found.get(at).map(|(number, _)| *number)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &Page)> {
        self.found.iter().enumerate().filter_map(|(at, (_, page))| Some((at, page.as_ref()?)))
    }
}
