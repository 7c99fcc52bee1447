//! Empty signature fields for later signers.
//!
//! They are made with the first signature: after it, a new field is a change that some validators reject, and its filling in is not.

use super::existing::ExistingSignature;
use super::pages::Pages;
use super::plan::Planning;
use super::visible::Site;
use super::widget::NewField;
use crate::document::{Catalog, Form};
use crate::error::{Code, Result};
use crate::options::{Certification, EmptyField, SigningOptions};

/// Checks the fields against the document and against each other. `name` is that of the field to sign.
///
/// Errors: `ERR_OPTION_VALUE`, `ERR_FIELD_NAME`.
pub(super) fn check<'o>(
    form: &Form,
    existing: &[ExistingSignature],
    options: &SigningOptions,
    name: &str,
    fields: &'o [EmptyField],
) -> Result<&'o [EmptyField]> {
    if fields.is_empty() {
        return Ok(fields);
    }
    if !existing.is_empty() {
        return Err(Code::OptionValue
            .because("`emptyFields` makes fields with the first signature, and the document is signed already")
            .with_remedy("leave `emptyFields` out"));
    }
    if options.certify == Some(Certification::NoChanges) {
        return Err(Code::OptionValue
            .because("`emptyFields` is for later signatures, which `certify` with level 1 forbids")
            .with_remedy("leave one of the two out, or certify with level 2"));
    }
    for (at, field) in fields.iter().enumerate() {
        let (before, _) = fields.split_at(at);
        if field.name.is_empty() || field.name.contains('.') {
            return Err(Code::FieldName.because("a name in `emptyFields` is empty or holds a dot"));
        }
        if field.name == name || form.fields.names.contains(&field.name) || before.iter().any(|other| other.name == field.name) {
            return Err(Code::FieldName
                .because("a name in `emptyFields` is that of another field")
                .with_remedy("give each field in `emptyFields` a name of its own"));
        }
    }
    Ok(fields)
}

/// The page and the box of each field.
///
/// Errors: `ERR_PAGE_NUMBER`, `ERR_PAGE_TREE`, `ERR_APPEARANCE_BOX`.
pub(super) async fn sites(
    pages: &mut Pages<'_>,
    catalog: &Catalog,
    default_page: i32,
    fields: &[EmptyField],
) -> Result<Vec<(Option<usize>, Site)>> {
    let mut sites = Vec::with_capacity(fields.len());
    for field in fields {
        let place = field.placement(default_page);
        let page = pages.find(catalog, place.page).await?;
        sites.push((page, Site::of(pages, page, &place).await?));
    }
    Ok(sites)
}

impl Planning<'_> {
    /// Adds the fields, each with an empty appearance.
    pub(super) async fn add_empty_fields(
        &mut self,
        pages: &Pages<'_>,
        fields: &[EmptyField],
        sites: &[(Option<usize>, Site)],
    ) -> Result<()> {
        for (field, (page, site)) in fields.iter().zip(sites) {
            if let Some(page) = page {
                self.warn_of_overlap(pages, *page, site.rect).await?;
            }
            let tooltip = field.tooltip.as_deref();
            let new = NewField { name: &field.name, page: *page, value: None, site: Some(site), stream: None, tooltip };
            self.add_field(pages, &new);
        }
        Ok(())
    }
}
