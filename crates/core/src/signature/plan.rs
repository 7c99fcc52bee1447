//! Changes that a signature makes to the document: new objects and overridden ones.

use super::auth_code;
use super::dictionary::SignatureDictionary;
use super::empty_fields;
use super::existing::{ExistingSignature, certification, has_usage_rights};
use super::extensions::Uses;
use super::field::{self, Choice};
use super::pages::Pages;
use super::permissions;
use super::reference::reference_array;
use super::security_store::{Evidence, SecurityStore};
use super::seed_value::{self, SignerCertificates, Signing};
use super::structure::{Structure, has_structure};
use super::visible::Site;
use super::widget::{AddedField, NewField};
use crate::document::{Catalog, Form, unlisted_signature_fields};
use crate::error::Result;
use crate::file::File;
use crate::options::SigningOptions;
use crate::points::Points;
use crate::report::{ValidationReport, Warning, WarningCode};
use crate::revision::{NewObjects, UpdateBuilder};
use crate::syntax::ObjectId;

/// Objects of the update, and facts for the report.
pub(crate) struct SignaturePlan {
    pub(crate) objects: NewObjects,
    pub(crate) field: String,
    pub(crate) new_field: bool,
    /// The page of the new field's widget.
    pub(crate) page: Option<u32>,
    /// The box of a visible signature, as seen.
    pub(crate) rect: Option<[Points; 4]>,
    /// What the document security store has then.
    pub(crate) validation: Option<ValidationReport>,
    pub(crate) warnings: Vec<Warning>,
}

/// Facts about the signature, known before the document is read.
pub(crate) struct PlanInput<'a> {
    pub(crate) options: &'a SigningOptions,
    /// Bytes to reserve for the container.
    pub(crate) container_size: usize,
    /// `/M`, and the same in seconds since 1970, UTC.
    pub(crate) date: &'a str,
    pub(crate) now: i64,
    pub(crate) uses: Uses,
    pub(crate) digest_algorithm: &'a str,
    /// The signer; none where a service makes the container.
    pub(crate) signer: Option<SignerCertificates<'a>>,
    /// Whether it is a document timestamp (12.8.5).
    pub(crate) is_timestamp: bool,
    /// What the same update adds to the document security store.
    pub(crate) store: Option<(&'a SecurityStore, &'a Evidence)>,
}

/// A plan in the making. `field`, `widget` and `form` add their changes.
pub(super) struct Planning<'a> {
    pub(super) file: &'a File,
    pub(super) catalog: &'a Catalog,
    pub(super) form: &'a Form,
    pub(super) existing: &'a [ExistingSignature],
    pub(super) input: &'a PlanInput<'a>,
    pub(super) update: UpdateBuilder<'a>,
    pub(super) warnings: Vec<Warning>,
    pub(super) validation: Option<ValidationReport>,
    /// Whether an earlier signature permits no changes, so that there can be a document timestamp alone.
    pub(super) is_closed: bool,
    /// The structure, if new fields get a place in it.
    pub(super) structure: Option<Structure>,
    /// New fields.
    pub(super) added: Vec<AddedField>,
    /// The box of the signature, if it is visible.
    pub(super) site: Option<Site>,
}

impl SignaturePlan {
    /// Plans the signature.
    ///
    /// Errors: `ERR_CERTIFIED`, `ERR_ALREADY_CERTIFIED`, `ERR_CERTIFY_NOT_FIRST`, `ERR_FIELD_LOCKED`, `ERR_FIELD_NAME`, `ERR_FIELD_MISSING`, `ERR_FIELD_SIGNED`,
    /// `ERR_FIELD_NOT_SIGNATURE`, `ERR_SEED_VALUE`, `ERR_PAGE_NUMBER`; for a visible signature `ERR_APPEARANCE_…` and those of the module that draws; and those of
    /// loading an object.
    pub(crate) async fn make(
        file: &File,
        catalog: &Catalog,
        form: &Form,
        existing: &[ExistingSignature],
        input: &PlanInput<'_>,
    ) -> Result<SignaturePlan> {
        let options = input.options;
        let certified = certification(file, catalog).await?;
        if !input.is_timestamp {
            permissions::check_document(certified, existing, options.certify.is_some())?;
        }
        // Only a name that the form does not have makes it worth the reading.
        let unlisted = match &options.field_name {
            Some(name) if form.named(name).is_empty() => unlisted_signature_fields(file, catalog, form).await?,
            _ => Vec::new(),
        };
        let kind = if input.is_timestamp { "Timestamp" } else { "Signature" };
        let Choice { name, field, unlisted, mut warnings } = field::choose(form, &unlisted, options, kind)?;
        // ISO 32000-2, 12.8.2.2 and 12.8.5: a document timestamp is no change of the document.
        let closed = if input.is_timestamp { permissions::of_timestamp(certified, existing) } else { None };
        let is_closed = closed.is_some();
        warnings.extend(closed);
        if !input.is_timestamp {
            permissions::check_field(existing, &name)?;
        }
        if let Some(field) = field {
            let signing = Signing { options, digest_algorithm: input.digest_algorithm, signer: input.signer };
            warnings.extend(seed_value::check(file, field, &signing).await?);
        }
        // Before a number is given to a new object: the pages and the structure may refer to objects that do not exist.
        let mut pages = Pages::new(file);
        let appearance = options.appearance.as_ref().filter(|_| !input.is_timestamp);
        let page = match (field, appearance) {
            (Some(_), _) => None,
            (None, Some(appearance)) => pages.find(catalog, appearance.placement(options.page).page).await?,
            (None, None) => pages.find(catalog, options.page).await?,
        };
        let site = match (field, appearance) {
            (None, Some(appearance)) => Some(Site::of(&pages, page, &appearance.placement(options.page)).await?),
            _ => None,
        };
        let empty_fields = if input.is_timestamp { &[][..] } else { &options.empty_fields };
        let empty_fields = empty_fields::check(form, existing, options, &name, empty_fields)?;
        let empty_sites = empty_fields::sites(&mut pages, catalog, options.page, empty_fields).await?;
        let is_visible = site.is_some() || !empty_sites.is_empty();
        let structure = if is_visible && existing.is_empty() { Structure::read(file, catalog).await? } else { None };
        if is_visible && structure.is_none() && has_structure(catalog) {
            warnings.push(WarningCode::NotTagged.plain());
        }
        if site.is_some() && (certified.is_some() || existing.iter().any(|signature| signature.doc_mdp.is_some())) {
            warnings.push(WarningCode::VisibleAfterCertification.plain());
        }
        if has_usage_rights(file, catalog).await? {
            warnings.push(WarningCode::UsageRights.plain());
        }

        let update = UpdateBuilder::new(file)?;
        let (validation, added) = (None, Vec::new());
        let mut planning =
            Planning { file, catalog, form, existing, input, update, warnings, validation, is_closed, structure, added, site };
        let signature = planning.update.new_id();
        let lock = match field {
            Some(field) => planning.sign_field(field, signature).await?,
            None => options.lock.clone().map(|lock| (lock, None)),
        };
        if field.is_none() {
            let site = planning.site.clone();
            let stream = match (&site, appearance, page) {
                (Some(site), Some(appearance), Some(page)) => {
                    planning.warn_of_overlap(&pages, page, site.rect).await?;
                    Some(planning.appearance_stream(appearance, &name, site).await?)
                }
                _ => None,
            };
            let tooltip = appearance.and_then(|appearance| appearance.tooltip.as_deref());
            let new = NewField { name: &name, page, value: Some(signature), site: site.as_ref(), stream, tooltip };
            planning.add_field(&pages, &new);
        }
        let new_field = field.is_none();
        planning.add_empty_fields(&pages, empty_fields, &empty_sites).await?;
        planning.list_widgets(&pages).await?;
        if let Some(structure) = planning.structure.take() {
            structure.write(&mut planning.update)?;
        }
        let listed: Vec<ObjectId> = unlisted.into_iter().chain(planning.added.iter().map(|added| added.id)).collect();
        planning.update_form_and_catalog(&listed, signature).await?;
        planning.check_parts(&pages).await?;
        form.warn(options.clear_need_appearances, &mut planning.warnings);

        let references = reference_array(options.certify, lock.as_ref().map(|(lock, permissions)| (lock, *permissions)), catalog.loaded.id);
        let dictionary = match input.is_timestamp {
            true => SignatureDictionary::write_timestamp(input.container_size),
            false => SignatureDictionary::write(options, input.container_size, input.date, references.as_deref()),
        };
        planning.update.put_with_placeholders(signature, dictionary.body, vec![dictionary.byte_range, dictionary.contents]);
        if input.uses.mac {
            planning.update.set_in_trailer("AuthCode", auth_code::attached_to(signature));
        }
        Ok(SignaturePlan {
            objects: planning.update.finish(),
            field: name,
            new_field,
            page: page.and_then(|page| pages.number(page)),
            rect: planning.site.map(|site| site.seen),
            warnings: planning.warnings,
            validation: planning.validation,
        })
    }
}
