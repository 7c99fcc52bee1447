//! Setters of the options.

use super::{Certification, CommitmentType, DigestAlgorithm, FieldLock, Password, SignatureAlgorithm, SignaturePolicy, SigningOptions};

/// Makes a setter for each option.
macro_rules! setters {
    ($($option:ident($kind:ty) = $value:expr;)*) => {
        /// Setters. Each takes the options and returns them changed.
        impl SigningOptions {$(
            #[doc = concat!("Sets [`", stringify!($option), "`](#structfield.", stringify!($option), ").")]
            #[must_use]
            pub fn $option(mut self, $option: $kind) -> Self {
                self.$option = $value;
                self
            }
        )*}

        // Fails to compile if an option has no setter.
        const _: fn(&SigningOptions) = |SigningOptions { $($option: _),* }| {};
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

setters! {
    pades(bool) = pades;
    digest_algorithm(DigestAlgorithm) = Some(digest_algorithm);
    signature_algorithm(SignatureAlgorithm) = Some(signature_algorithm);
    field_name(impl Into<String>) = Some(field_name.into());
    existing_field(bool) = existing_field;
    page(u32) = page;
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
    check_signature(bool) = check_signature;
}
