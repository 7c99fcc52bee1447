//! Options of a caller. Every option, its kind, its default and its bounds are here, and nowhere else.

mod appearance;
mod builder;
mod evidence;

pub(crate) use appearance::Placement;
pub use appearance::{Appearance, AppearancePdf, BoxCorner, BoxPosition, Drawing, EmptyField, LengthUnit};
pub use evidence::{ExtensionOptions, RevocationSource, TimestampOptions, ValidationOptions};

use std::fmt;

use serde_json::{Map, Value};

use crate::cms::{CommitmentType, SignaturePolicy};
use crate::crypto::SignatureAlgorithm;
use crate::digest::DigestAlgorithm;
use crate::error::{Code, Result};
use crate::hex;
use crate::limits;
use crate::report::Level;

/// Options of a signature. The default is a PAdES B-B approval signature in a new invisible field on the first page.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct SigningOptions {
    /// Make a PAdES signature (`ETSI.CAdES.detached`). If false, make a plain CMS signature (`adbe.pkcs7.detached`).
    #[cfg_attr(feature = "schema", schemars(default = "crate::schema::yes"))]
    pub pades: bool,
    /// Digest algorithm. Default: SHA-256 for RSA, for P-256 and without a certificate, SHA-384 for P-384, SHA-512 for P-521 and Ed25519.
    pub digest_algorithm: Option<DigestAlgorithm>,
    /// Signature algorithm. Default: that of the certificate's key, for RSA `rsa-pkcs1`. With `pades: false` and without a certificate, a session
    /// requests a raw signature of this algorithm, and the certificate comes with the signature.
    pub signature_algorithm: Option<SignatureAlgorithm>,
    /// Full name of an existing empty signature field, or name of the new one, without a dot. Default: a free name.
    #[cfg_attr(feature = "schema", schemars(extend("maxBytes" = limits::TEXT)))]
    pub field_name: Option<String>,
    /// Sign only an existing field. If `fieldName` is not the name of one, refuse, and list the empty signature fields. If false, make a new
    /// invisible field.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub existing_field: bool,
    /// Page of a new field's widget: from 1, or from the end as -1 (the last).
    #[cfg_attr(feature = "schema", schemars(default = "crate::schema::first"))]
    pub page: i32,
    /// Make the signature visible. If absent, a new field is invisible, and an existing one keeps its appearance.
    pub appearance: Option<Appearance>,
    /// Empty signature fields to make for later signers, with the first signature of the document.
    #[cfg_attr(feature = "schema", schemars(default, length(max = limits::EMPTY_FIELDS)))]
    pub empty_fields: Vec<EmptyField>,
    /// Name of the signer (`/Name`), for a certificate that does not have it.
    #[cfg_attr(feature = "schema", schemars(extend("maxBytes" = limits::TEXT)))]
    pub name: Option<String>,
    /// Reason of the signature (`/Reason`). PAdES forbids it beside a policy or a commitment type (EN 319 142-1, 6.3).
    #[cfg_attr(feature = "schema", schemars(extend("maxBytes" = limits::TEXT)))]
    pub reason: Option<String>,
    /// Place of the signature (`/Location`).
    #[cfg_attr(feature = "schema", schemars(extend("maxBytes" = limits::TEXT)))]
    pub location: Option<String>,
    /// Contact information of the signer (`/ContactInfo`).
    #[cfg_attr(feature = "schema", schemars(extend("maxBytes" = limits::TEXT)))]
    pub contact_info: Option<String>,
    /// Certify the document. Only the first signature can certify. The level (`/P` of DocMDP) names
    /// the changes that stay permitted.
    pub certify: Option<Certification>,
    /// Form fields that the signature locks (FieldMDP). The `/Lock` of an existing field takes precedence.
    pub lock: Option<FieldLock>,
    /// Signature policy (EN 319 122-1, 5.2.9).
    pub policy: Option<SignaturePolicy>,
    /// Commitment of the signer (EN 319 122-1, 5.2.3): `proof-of-origin`, `-receipt`, `-delivery`, `-sender`, `-approval` or `-creation`, or
    /// an object identifier.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub commitment_type: Option<CommitmentType>,
    /// Roles that the signer claims (EN 319 122-1, 5.2.6).
    #[cfg_attr(
        feature = "schema",
        schemars(default, length(max = limits::ROLES), extend("minBytes" = 1, "maxBytes" = limits::ATTRIBUTE_TEXT))
    )]
    pub signer_roles: Vec<String>,
    /// Offset of the time that `/M` shows from UTC, in minutes, positive to the east. The time itself stays the same.
    #[cfg_attr(feature = "schema", schemars(default, range(min = -limits::UTC_OFFSET_MINUTES, max = limits::UTC_OFFSET_MINUTES)))]
    pub utc_offset_minutes: i32,
    /// Add the signing-time attribute to a plain CMS signature (`pades: false`). The time of a PAdES
    /// signature is `/M` alone.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub signing_time_attribute: bool,
    /// Bytes to reserve for the container. Default: computed, or 32768 without a certificate.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = *limits::CONTAINER.start(), max = *limits::CONTAINER.end()))
    )]
    pub container_size: Option<usize>,
    /// Set `/NeedAppearances` of the form to false. If it stays true, Acrobat redraws the form and does not show the signature as valid.
    /// Fields without an appearance stay empty until a viewer draws them.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub clear_need_appearances: bool,
    /// Refuse a damaged or ambiguous document, and a certificate that has expired, is not valid yet, or is not meant for signing. If false, the report
    /// warns.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub strict: bool,
    /// User or owner password of an encrypted document. A document that needs no password is opened without one.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>", extend("writeOnly" = true, "maxBytes" = limits::PASSWORD)))]
    pub password: Option<Password>,
    /// Level of the signature (EN 319 142-1, 6.3). Above `B-B` it needs PAdES and `timestamp`.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub level: Level,
    /// Lowest level that is accepted if a service fails. Between it and `level` the report warns. Default: `level`.
    pub minimum_level: Option<Level>,
    /// Timestamps.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub timestamp: Option<TimestampOptions>,
    /// Certificates and revocation data.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub validation: Option<ValidationOptions>,
    /// Fetch missing issuers of the signing certificate from the addresses in certificates (RFC 5280, 4.2.2.1), before the key is asked. Those that
    /// cannot be fetched are left out with `WARN_CHAIN_INCOMPLETE`. No address is asked if `validation.online` is false, nor for
    /// a session.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub complete_chain: bool,
    /// Verify the raw signature against the certificate before embedding it. If false, embed the
    /// signature unverified, even if it is invalid.
    #[cfg_attr(feature = "schema", schemars(default = "crate::schema::yes"))]
    pub check_signature: bool,
}

impl Default for SigningOptions {
    fn default() -> Self {
        SigningOptions {
            pades: true,
            digest_algorithm: None,
            signature_algorithm: None,
            field_name: None,
            existing_field: false,
            page: 1,
            appearance: None,
            empty_fields: Vec::new(),
            name: None,
            reason: None,
            location: None,
            contact_info: None,
            certify: None,
            lock: None,
            policy: None,
            commitment_type: None,
            signer_roles: Vec::new(),
            utc_offset_minutes: 0,
            signing_time_attribute: false,
            container_size: None,
            clear_need_appearances: false,
            strict: false,
            password: None,
            level: Level::BB,
            minimum_level: None,
            timestamp: None,
            validation: None,
            complete_chain: false,
            check_signature: true,
        }
    }
}

/// Password of an encrypted document. Its debug output contains none of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Errors: `ERR_OPTION_VALUE`.
    pub(crate) fn check(&self) -> Result<()> {
        match self.0.len() <= limits::PASSWORD {
            true => Ok(()),
            false => Err(Code::OptionValue.because(format!("`password` has more than {} bytes", limits::PASSWORD))),
        }
    }
}

impl From<String> for Password {
    fn from(password: String) -> Self {
        Password(password)
    }
}

impl From<&str> for Password {
    fn from(password: &str) -> Self {
        Password(password.to_owned())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Changes that a certified document permits (ISO 32000-2, table 257).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certification {
    /// Level 1: no changes.
    NoChanges,
    /// Level 2: filling in forms and signing.
    FormFilling,
    /// Level 3: filling in forms, signing and annotations.
    Annotations,
}

impl Certification {
    /// The value of `/P`.
    pub fn level(self) -> u8 {
        match self {
            Certification::NoChanges => 1,
            Certification::FormFilling => 2,
            Certification::Annotations => 3,
        }
    }
}

/// Form fields that a signature locks (ISO 32000-2, table 236).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "camelCase"))]
pub struct FieldLock {
    /// Fields to lock: all, those listed, or all but those listed.
    pub action: LockAction,
    /// Full names of the fields to include or exclude. A name includes all fields below it.
    #[cfg_attr(feature = "schema", schemars(default, length(max = limits::OPTION_LIST), extend("maxBytes" = limits::TEXT)))]
    pub fields: Vec<String>,
}

/// Meaning of the list of a [`FieldLock`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "lowercase"))]
pub enum LockAction {
    /// All fields. The list is ignored.
    All,
    /// The fields listed.
    Include,
    /// All fields but those listed.
    Exclude,
}

impl LockAction {
    /// The name in the options and in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            LockAction::All => "all",
            LockAction::Include => "include",
            LockAction::Exclude => "exclude",
        }
    }
}

impl SigningOptions {
    /// What holds of options by themselves, whatever the document and the certificate are.
    ///
    /// Errors: `ERR_OPTION_VALUE`, `ERR_REASON_WITH_POLICY`, `ERR_CONTAINER_SIZE`, `ERR_PAGE_NUMBER`.
    pub(crate) fn check(&self) -> Result<()> {
        if self.pades && self.reason.is_some() && (self.policy.is_some() || self.commitment_type.is_some()) {
            return Err(Code::ReasonWithPolicy.into());
        }
        if self.pades && self.signing_time_attribute {
            return Err(Code::OptionValue
                .because("`signingTimeAttribute` goes with `pades: false` only: the time of a PAdES signature is /M")
                .with_remedy("leave `signingTimeAttribute` out, or set `pades` to false"));
        }
        if self.page == 0 {
            return Err(Code::PageNumber.because("page 0 was asked for and pages are counted from 1"));
        }
        if self.existing_field && self.field_name.is_none() {
            return Err(Code::OptionValue.because("`existingField` needs `fieldName`"));
        }
        if self.utc_offset_minutes.unsigned_abs() > limits::UTC_OFFSET_MINUTES.unsigned_abs() {
            return Err(Code::OptionValue.because(format!(
                "`utcOffsetMinutes` must lie between {} and {}",
                -limits::UTC_OFFSET_MINUTES,
                limits::UTC_OFFSET_MINUTES
            )));
        }
        if let Some(size) = self.container_size.filter(|size| !limits::CONTAINER.contains(size)) {
            return Err(Code::ContainerSize.because(format!(
                "`containerSize` is {size} and must lie between {} and {} bytes",
                limits::CONTAINER.start(),
                limits::CONTAINER.end()
            )));
        }
        let locked = self.lock.as_ref().map_or(0, |lock| lock.fields.len());
        if locked > limits::OPTION_LIST {
            return Err(
                Code::OptionValue.because(format!("`lock.fields` has {locked} entries, and at the most {} are taken", limits::OPTION_LIST))
            );
        }
        if self.signer_roles.len() > limits::ROLES {
            return Err(Code::OptionValue.because(format!(
                "`signerRoles` has {} entries, and at the most {} are taken",
                self.signer_roles.len(),
                limits::ROLES
            )));
        }
        if self.signer_roles.iter().any(|role| !(1..=limits::ATTRIBUTE_TEXT).contains(&role.len())) {
            return Err(Code::OptionValue.because(format!("an entry of `signerRoles` does not have 1 to {} bytes", limits::ATTRIBUTE_TEXT)));
        }
        let texts = [
            ("name", &self.name),
            ("reason", &self.reason),
            ("location", &self.location),
            ("contactInfo", &self.contact_info),
            ("fieldName", &self.field_name),
        ];
        let texts = texts.into_iter().filter_map(|(name, text)| Some((name, text.as_ref()?)));
        let locked = self.lock.iter().flat_map(|lock| &lock.fields).map(|text| ("lock.fields", text));
        if let Some((name, _)) = texts.chain(locked).find(|(_, text)| text.len() > limits::TEXT) {
            return Err(Code::OptionValue
                .because(format!("`{name}` has more than {} bytes", limits::TEXT))
                .with_remedy("give a shorter text"));
        }
        self.password.as_ref().map_or(Ok(()), Password::check)?;
        appearance::check(self)?;
        evidence::check(self)?;
        if let Some(lock) = &self.lock
            && lock.action != LockAction::All
            && lock.fields.is_empty()
        {
            return Err(Code::OptionValue
                .because("`lock.fields` is empty, and `lock.action` needs a list")
                .with_remedy("name the fields, or set `lock.action` to \"all\""));
        }
        Ok(())
    }

    /// Reads the options as every language hands them over: a JSON object.
    ///
    /// A key with `null` is as good as absent. Errors: `ERR_OPTION_UNKNOWN`, `ERR_OPTION_VALUE`, `ERR_ALGORITHM_UNKNOWN`, `ERR_POLICY_DIGEST`.
    pub fn from_json(text: &str) -> Result<SigningOptions> {
        match serde_json::from_str(text) {
            Ok(value) => SigningOptions::from_value(value, &|_| None),
            Err(_) => Err(Code::OptionValue.because("the options are not JSON")),
        }
    }

    /// Reads the options of a frame, whose `part`s are bytes beside the header.
    pub(crate) fn from_value(value: Value, part: &dyn Fn(&str) -> Option<Vec<u8>>) -> Result<SigningOptions> {
        let Value::Object(map) = value else { return Err(Code::OptionValue.because("the options are not an object")) };
        let mut entries = Entries { prefix: "", map, part };
        let default = SigningOptions::default();
        let options = SigningOptions {
            pades: entries.boolean("pades")?.unwrap_or(default.pades),
            digest_algorithm: entries.text("digestAlgorithm")?.map(|name| DigestAlgorithm::parse(&name)).transpose()?,
            signature_algorithm: entries.text("signatureAlgorithm")?.map(|name| SignatureAlgorithm::parse(&name)).transpose()?,
            field_name: entries.text("fieldName")?,
            existing_field: entries.boolean("existingField")?.unwrap_or(default.existing_field),
            page: appearance::page(&mut entries)?.unwrap_or(default.page),
            appearance: entries.nested("appearance", Appearance::read)?,
            empty_fields: entries.list("emptyFields", "emptyFields.", EmptyField::read)?,
            name: entries.text("name")?,
            reason: entries.text("reason")?,
            location: entries.text("location")?,
            contact_info: entries.text("contactInfo")?,
            certify: match entries.integer("certify")? {
                None => None,
                Some(1) => Some(Certification::NoChanges),
                Some(2) => Some(Certification::FormFilling),
                Some(3) => Some(Certification::Annotations),
                Some(level) => return Err(Code::OptionValue.because(format!("`certify` is {level} and must be 1, 2 or 3"))),
            },
            lock: entries.nested("lock", |lock| {
                let action = match lock.text("action")?.as_deref() {
                    Some("all") => LockAction::All,
                    Some("include") => LockAction::Include,
                    Some("exclude") => LockAction::Exclude,
                    _ => return Err(Code::OptionValue.because("`lock.action` must be \"all\", \"include\" or \"exclude\"")),
                };
                Ok(FieldLock { action, fields: lock.texts("fields")? })
            })?,
            policy: entries.nested("policy", |policy| {
                let oid = policy.text("oid")?.ok_or_else(|| Code::OptionValue.because("`policy.oid` is missing"))?;
                let algorithm = policy.text("digestAlgorithm")?.ok_or(Code::PolicyDigest)?;
                let digest = policy.bytes("digest")?.ok_or(Code::PolicyDigest)?;
                SignaturePolicy::new(&oid, DigestAlgorithm::parse(&algorithm)?, &digest, policy.text("uri")?.as_deref())
            })?,
            commitment_type: entries.text("commitmentType")?.map(|name| CommitmentType::parse(&name)).transpose()?,
            signer_roles: entries.texts("signerRoles")?,
            utc_offset_minutes: entries
                .integer("utcOffsetMinutes")?
                .map_or(default.utc_offset_minutes, |minutes| i32::try_from(minutes).unwrap_or(i32::MAX)),
            signing_time_attribute: entries.boolean("signingTimeAttribute")?.unwrap_or(default.signing_time_attribute),
            container_size: entries.integer("containerSize")?.map(|size| usize::try_from(size).unwrap_or(0)),
            clear_need_appearances: entries.boolean("clearNeedAppearances")?.unwrap_or(default.clear_need_appearances),
            strict: entries.boolean("strict")?.unwrap_or(default.strict),
            password: entries.text("password")?.map(Password::from),
            level: entries.text("level")?.map_or(Ok(default.level), |name| evidence::level("level", &name))?,
            minimum_level: entries.text("minimumLevel")?.map(|name| evidence::level("minimumLevel", &name)).transpose()?,
            timestamp: entries.nested("timestamp", TimestampOptions::read)?,
            validation: entries.nested("validation", ValidationOptions::read)?,
            complete_chain: entries.boolean("completeChain")?.unwrap_or(default.complete_chain),
            check_signature: entries.boolean("checkSignature")?.unwrap_or(default.check_signature),
        };
        entries.finish()?;
        Ok(options)
    }
}

/// The entries of a JSON object, each taken once; what is left over is unknown.
struct Entries<'p> {
    prefix: &'static str,
    map: Map<String, Value>,
    part: &'p dyn Fn(&str) -> Option<Vec<u8>>,
}

impl Entries<'_> {
    fn wrong<T>(&self, key: &str, kind: &str) -> Result<T> {
        Err(Code::OptionValue.because(format!("`{}{key}` is not {kind}", self.prefix)))
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        self.map.remove(key).filter(|value| !value.is_null())
    }

    fn boolean(&mut self, key: &str) -> Result<Option<bool>> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(value)),
            Some(_) => self.wrong(key, "true or false"),
        }
    }

    fn integer(&mut self, key: &str) -> Result<Option<i64>> {
        match self.take(key) {
            None => Ok(None),
            Some(value) => match value.as_i64() {
                Some(value) => Ok(Some(value)),
                None => self.wrong(key, "a whole number"),
            },
        }
    }

    /// Bytes: hexadecimal, or `{"part": NAME}` for a part of the frame.
    fn bytes(&mut self, key: &str) -> Result<Option<Vec<u8>>> {
        let Some(value) = self.take(key) else { return Ok(None) };
        match self.octets(&value) {
            Some(bytes) => Ok(Some(bytes)),
            None => self.wrong(key, "hexadecimal"),
        }
    }

    fn octets(&self, value: &Value) -> Option<Vec<u8>> {
        match value {
            Value::String(digits) => hex::decode(digits),
            Value::Object(part) => part.get("part").and_then(Value::as_str).and_then(self.part),
            _ => None,
        }
    }

    /// A list of bytes.
    fn bytes_list(&mut self, key: &str) -> Result<Vec<Vec<u8>>> {
        let Some(value) = self.take(key) else { return Ok(Vec::new()) };
        let items = value.as_array().and_then(|items| items.iter().map(|item| self.octets(item)).collect());
        items.map_or_else(|| self.wrong(key, "a list of bytes"), Ok)
    }

    fn text(&mut self, key: &str) -> Result<Option<String>> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::String(value)) => Ok(Some(value)),
            Some(_) => self.wrong(key, "a text"),
        }
    }

    fn texts(&mut self, key: &str) -> Result<Vec<String>> {
        let Some(value) = self.take(key) else { return Ok(Vec::new()) };
        let Value::Array(items) = value else { return self.wrong(key, "a list of texts") };
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            let Value::String(text) = item else { return self.wrong(key, "a list of texts") };
            texts.push(text);
        }
        Ok(texts)
    }

    fn nested<T>(&mut self, key: &'static str, read: impl FnOnce(&mut Entries) -> Result<T>) -> Result<Option<T>> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::Object(map)) => {
                let prefix = match key {
                    "appearance" => "appearance.",
                    "lock" => "lock.",
                    "pdf" => "appearance.pdf.",
                    "position" => "position.",
                    "timestamp" => "timestamp.",
                    "validation" => "validation.",
                    _ => "policy.",
                };
                self.within(prefix, map, read).map(Some)
            }
            Some(_) => self.wrong(key, "an object"),
        }
    }

    /// A list of objects.
    fn list<T>(&mut self, key: &str, prefix: &'static str, read: impl Fn(&mut Entries) -> Result<T>) -> Result<Vec<T>> {
        let Some(value) = self.take(key) else { return Ok(Vec::new()) };
        let Value::Array(items) = value else { return self.wrong(key, "a list of objects") };
        let mut list = Vec::with_capacity(items.len());
        for item in items {
            let Value::Object(map) = item else { return self.wrong(key, "a list of objects") };
            list.push(self.within(prefix, map, &read)?);
        }
        Ok(list)
    }

    fn within<T>(&self, prefix: &'static str, map: Map<String, Value>, read: impl FnOnce(&mut Entries) -> Result<T>) -> Result<T> {
        let mut entries = Entries { prefix, map, part: self.part };
        let value = read(&mut entries)?;
        entries.finish()?;
        Ok(value)
    }

    fn finish(self) -> Result<()> {
        match self.map.into_iter().next() {
            None => Ok(()),
            Some((key, _)) => {
                let key: String = key.chars().take(100).collect();
                Err(Code::OptionUnknown.because(format!("there is no option `{}{key}`", self.prefix)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn code(value: Value) -> Code {
        SigningOptions::from_value(value, &|_| None).and_then(|options| options.check()).unwrap_err().code()
    }

    #[test]
    fn nothing_given_is_pades() {
        assert_eq!(SigningOptions::from_value(json!({"reason": null}), &|_| None).unwrap(), SigningOptions::default());
    }

    #[test]
    fn wrong_options_are_told_apart() {
        assert_eq!(code(json!({"pads": true})), Code::OptionUnknown);
        assert_eq!(code(json!({"lock": {"action": "all", "x": 1}})), Code::OptionUnknown);
        assert_eq!(code(json!({"pades": 1})), Code::OptionValue);
        assert_eq!(code(json!({"page": 1.5})), Code::OptionValue);
        assert_eq!(code(json!({"page": 0})), Code::PageNumber);
        assert_eq!(code(json!({"certify": 4})), Code::OptionValue);
        assert_eq!(code(json!({"digestAlgorithm": "md5"})), Code::AlgorithmUnknown);
        assert_eq!(code(json!({"policy": {"oid": "1.2.3"}})), Code::PolicyDigest);
        assert_eq!(code(json!({"policy": {"oid": "1.2.3", "digestAlgorithm": "sha256", "digest": "00"}})), Code::PolicyDigest);
        assert_eq!(code(json!({"reason": "r", "commitmentType": "proof-of-approval"})), Code::ReasonWithPolicy);
        assert_eq!(code(json!({"containerSize": 10})), Code::ContainerSize);
        assert_eq!(code(json!({"existingField": true})), Code::OptionValue);
        assert_eq!(code(json!({"utcOffsetMinutes": 1440})), Code::OptionValue);
        assert_eq!(code(json!({"utcOffsetMinutes": -1440})), Code::OptionValue);
        assert_eq!(code(json!({"utcOffsetMinutes": i64::MIN})), Code::OptionValue);
        assert_eq!(code(json!({"signingTimeAttribute": true})), Code::OptionValue);
        assert_eq!(code(json!({"lock": {"action": "include"}})), Code::OptionValue);
        assert_eq!(code(json!({"signerRoles": [""]})), Code::OptionValue);
        assert_eq!(code(json!([])), Code::OptionValue);
    }
}
