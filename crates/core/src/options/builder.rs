//! Setters of the options.

use super::{
    Appearance, AppearancePdf, BoxCorner, BoxPosition, Certification, CommitmentType, DigestAlgorithm, Drawing, EmptyField,
    ExtensionOptions, FieldLock, LengthUnit, Password, RevocationSource, SignatureAlgorithm, SignaturePolicy, SigningOptions,
    TimestampOptions, ValidationOptions,
};
use crate::points::Points;
use crate::report::Level;

/// Makes a setter for each option.
macro_rules! setters {
    ($options:ident: $($option:ident($kind:ty) = $value:expr;)*) => {
        /// Setters. Each takes the options and returns them changed.
        impl $options {$(
            #[doc = concat!("Sets [`", stringify!($option), "`](#structfield.", stringify!($option), ").")]
            #[must_use]
            pub fn $option(mut self, $option: $kind) -> Self {
                self.$option = $value;
                self
            }
        )*}

        // Fails to compile if an option has no setter.
        const _: fn(&$options) = |$options { $($option: _),* }| {};
    };
}

impl SigningOptions {
    /// Default options.
    ///
    /// ```
    /// use rustpdf_core::{Certification, SigningOptions};
    ///
    /// let options = SigningOptions::new().reason("Approved").certify(Certification::FormFilling);
    /// assert_eq!(options.reason.as_deref(), Some("Approved"));
    /// ```
    pub fn new() -> Self {
        SigningOptions::default()
    }
}

impl ExtensionOptions {
    /// Default options: raise all signatures to B-LTA.
    pub fn new() -> Self {
        ExtensionOptions::default()
    }
}

impl TimestampOptions {
    /// Default options.
    pub fn new() -> Self {
        TimestampOptions::default()
    }
}

impl ValidationOptions {
    /// Default options.
    ///
    /// ```
    /// use rustpdf_core::ValidationOptions;
    ///
    /// let validation = ValidationOptions::new().trust([b"root".to_vec()]).online(false);
    /// assert_eq!(validation.trust.len(), 1);
    /// ```
    pub fn new() -> Self {
        ValidationOptions::default()
    }
}

impl Appearance {
    /// The default appearance, at the lower right corner.
    ///
    /// ```
    /// use rustpdf_core::{Appearance, BoxCorner, BoxPosition, SigningOptions};
    ///
    /// let place = BoxPosition::new().corner(BoxCorner::BottomLeft).width(180).height(50);
    /// let options = SigningOptions::new().appearance(Appearance::new().page(-1).position(place));
    /// assert!(options.appearance.is_some());
    /// ```
    pub fn new() -> Self {
        Appearance::default()
    }
}

impl BoxPosition {
    /// The lower right corner.
    pub fn new() -> Self {
        BoxPosition::default()
    }
}

impl AppearancePdf {
    /// The first page of a PDF.
    pub fn new(data: impl Into<Vec<u8>>) -> Self {
        AppearancePdf { data: data.into(), page: None }
    }
}

impl EmptyField {
    /// A field of this name, at the lower right corner.
    pub fn new(name: impl Into<String>) -> Self {
        EmptyField { name: name.into(), ..EmptyField::default() }
    }
}

setters! {
    Appearance:
    page(i32) = Some(page);
    rect([impl Into<Points>; 4]) = Some(rect.map(Into::into));
    position(BoxPosition) = Some(position);
    unit(LengthUnit) = unit;
    tooltip(impl Into<String>) = Some(tooltip.into());
    pdf(AppearancePdf) = Some(pdf);
    drawing(Drawing) = drawing;
}

setters! {
    BoxPosition:
    corner(BoxCorner) = corner;
    width(impl Into<Points>) = Some(width.into());
    height(impl Into<Points>) = Some(height.into());
    margin(impl Into<Points>) = Some(margin.into());
}

setters! {
    AppearancePdf:
    data(Vec<u8>) = data;
    page(i32) = Some(page);
}

setters! {
    EmptyField:
    name(impl Into<String>) = name.into();
    page(i32) = Some(page);
    rect([impl Into<Points>; 4]) = Some(rect.map(Into::into));
    position(BoxPosition) = Some(position);
    unit(LengthUnit) = unit;
    tooltip(impl Into<String>) = Some(tooltip.into());
}

setters! {
    ExtensionOptions:
    level(Level) = level;
    minimum_level(Level) = Some(minimum_level);
    fields(impl IntoIterator<Item: Into<String>>) = fields.into_iter().map(Into::into).collect();
    field_name(impl Into<String>) = Some(field_name.into());
    timestamp(TimestampOptions) = Some(timestamp);
    validation(ValidationOptions) = Some(validation);
    strict(bool) = strict;
    password(impl Into<Password>) = Some(password.into());
}

setters! {
    ValidationOptions:
    trust(impl IntoIterator<Item: Into<Vec<u8>>>) = trust.into_iter().map(Into::into).collect();
    certificates(impl IntoIterator<Item: Into<Vec<u8>>>) = certificates.into_iter().map(Into::into).collect();
    ocsps(impl IntoIterator<Item: Into<Vec<u8>>>) = ocsps.into_iter().map(Into::into).collect();
    crls(impl IntoIterator<Item: Into<Vec<u8>>>) = crls.into_iter().map(Into::into).collect();
    prefer(RevocationSource) = prefer;
    online(bool) = online;
    revocation_age(u32) = Some(revocation_age);
    max_crl(u32) = max_crl;
    ocsp_nonce(bool) = ocsp_nonce;
}

setters! {
    SigningOptions:
    pades(bool) = pades;
    digest_algorithm(DigestAlgorithm) = Some(digest_algorithm);
    signature_algorithm(SignatureAlgorithm) = Some(signature_algorithm);
    field_name(impl Into<String>) = Some(field_name.into());
    existing_field(bool) = existing_field;
    page(i32) = page;
    appearance(Appearance) = Some(appearance);
    empty_fields(impl IntoIterator<Item = EmptyField>) = empty_fields.into_iter().collect();
    name(impl Into<String>) = Some(name.into());
    reason(impl Into<String>) = Some(reason.into());
    location(impl Into<String>) = Some(location.into());
    contact_info(impl Into<String>) = Some(contact_info.into());
    certify(Certification) = Some(certify);
    lock(FieldLock) = Some(lock);
    policy(SignaturePolicy) = Some(policy);
    commitment_type(CommitmentType) = Some(commitment_type);
    signer_roles(impl IntoIterator<Item: Into<String>>) = signer_roles.into_iter().map(Into::into).collect();
    utc_offset_minutes(i32) = utc_offset_minutes;
    signing_time_attribute(bool) = signing_time_attribute;
    container_size(usize) = Some(container_size);
    clear_need_appearances(bool) = clear_need_appearances;
    strict(bool) = strict;
    password(impl Into<Password>) = Some(password.into());
    level(Level) = level;
    minimum_level(Level) = Some(minimum_level);
    timestamp(TimestampOptions) = Some(timestamp);
    validation(ValidationOptions) = Some(validation);
    complete_chain(bool) = complete_chain;
    check_signature(bool) = check_signature;
}
