//! Options of levels, timestamps and validation (EN 319 142-1, 6.3).

use const_oid::ObjectIdentifier;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Entries, Password, SigningOptions};
use crate::digest::DigestAlgorithm;
use crate::error::{Code, Result};
use crate::limits;
use crate::report::Level;

/// The level of this name. Errors: `ERR_OPTION_VALUE`.
pub(super) fn level(option: &str, name: &str) -> Result<Level> {
    let found = Level::ALL.into_iter().find(|level| level.as_str() == name);
    found.ok_or_else(|| Code::OptionValue.because(format!("`{option}` must be \"B-B\", \"B-T\", \"B-LT\" or \"B-LTA\"")))
}

/// Timestamps of a call (RFC 3161).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct TimestampOptions {
    /// Timestamp services. The next one is asked if one fails.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<crate::schema::TimestampService>", length(max = limits::SERVICES)))]
    pub services: u32,
    /// Digest algorithm of all timestamps, whatever that of the signature is.
    #[cfg_attr(feature = "schema", schemars(default = "crate::schema::sha256"))]
    pub digest_algorithm: DigestAlgorithm,
    /// Object identifier of the policy that the service is to use. Default: that of the service.
    pub policy: Option<String>,
    /// Bytes to reserve for a timestamp. Default: 12288.
    #[cfg_attr(feature = "schema", schemars(range(min = *limits::TIMESTAMP_SIZE.start(), max = *limits::TIMESTAMP_SIZE.end())))]
    pub size: Option<usize>,
}

/// Source of revocation data that is asked first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum RevocationSource {
    /// OCSP responses.
    #[default]
    Ocsp,
    /// Revocation lists.
    Crl,
}

/// Options for certificates and revocation data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct ValidationOptions {
    /// Trusted certificates, each DER or PEM. Every chain must end at one of them. Without them each chain warns at B-LT and above, and none is looked at below.
    #[cfg_attr(feature = "schema", schemars(default, with = "Vec<crate::hex::Hex>", length(max = limits::GIVEN)))]
    pub trust: Vec<Vec<u8>>,
    /// Further issuers, each DER, PEM or PKCS #7.
    #[cfg_attr(feature = "schema", schemars(default, with = "Vec<crate::hex::Hex>", length(max = limits::GIVEN)))]
    pub certificates: Vec<Vec<u8>>,
    /// OCSP responses that are at hand, each DER.
    #[cfg_attr(feature = "schema", schemars(default, with = "Vec<crate::hex::Hex>", length(max = limits::GIVEN)))]
    pub ocsps: Vec<Vec<u8>>,
    /// Revocation lists that are at hand, each DER or PEM.
    #[cfg_attr(feature = "schema", schemars(default, with = "Vec<crate::hex::Hex>", length(max = limits::GIVEN)))]
    pub crls: Vec<Vec<u8>>,
    /// Source that is asked first.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub prefer: RevocationSource,
    /// Ask servers for issuers and revocation data. If false, ask timestamp services only.
    #[cfg_attr(feature = "schema", schemars(default = "crate::schema::yes"))]
    pub online: bool,
    /// Greatest age of revocation data in seconds, counted from the timestamp. Default: any age, with a warning.
    #[cfg_attr(feature = "schema", schemars(range(min = 0)))]
    pub revocation_age: Option<u32>,
    /// Largest revocation list in bytes. The document grows by it.
    #[cfg_attr(feature = "schema", schemars(default = "crate::schema::max_crl", range(min = 1, max = limits::CRL_MOST)))]
    pub max_crl: u32,
    /// Send a nonce with OCSP requests (RFC 9654). Many responders answer with cached responses, which have none.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub ocsp_nonce: bool,
}

impl Default for ValidationOptions {
    fn default() -> Self {
        ValidationOptions {
            trust: Vec::new(),
            certificates: Vec::new(),
            ocsps: Vec::new(),
            crls: Vec::new(),
            prefer: RevocationSource::Ocsp,
            online: true,
            revocation_age: None,
            max_crl: limits::CRL,
            ocsp_nonce: false,
        }
    }
}

impl TimestampOptions {
    /// Timestamps of `services` services with the default settings.
    pub fn of(services: u32) -> Self {
        TimestampOptions { services, ..TimestampOptions::default() }
    }

    pub(super) fn read(entries: &mut Entries<'_>) -> Result<TimestampOptions> {
        Ok(TimestampOptions {
            services: entries.integer("services")?.map_or(Ok(0), |number| {
                u32::try_from(number).map_err(|_| Code::OptionValue.because("`timestamp.services` is not a number of services"))
            })?,
            digest_algorithm: entries.text("digestAlgorithm")?.map_or(Ok(DigestAlgorithm::Sha256), |name| DigestAlgorithm::parse(&name))?,
            policy: entries.text("policy")?.filter(|policy| !policy.is_empty()),
            size: entries.integer("size")?.map(|size| usize::try_from(size).unwrap_or(0)),
        })
    }

    /// Object identifier of the policy that is asked for.
    pub(crate) fn policy(&self) -> Option<ObjectIdentifier> {
        self.policy.as_deref().and_then(|policy| ObjectIdentifier::new(policy).ok())
    }

    /// Bytes to reserve for a timestamp.
    pub(crate) fn size(&self) -> usize {
        self.size.unwrap_or(limits::TIMESTAMP)
    }

    fn check(&self) -> Result<()> {
        if self.services as usize > limits::SERVICES {
            return Err(Code::OptionValue.because(format!(
                "`timestamp.services` has {} entries, and at the most {} are taken",
                self.services,
                limits::SERVICES
            )));
        }
        if self.policy.as_deref().is_some_and(|policy| ObjectIdentifier::new(policy).is_err()) {
            return Err(Code::OptionValue.because("`timestamp.policy` is not an object identifier"));
        }
        if let Some(size) = self.size.filter(|size| !limits::TIMESTAMP_SIZE.contains(size)) {
            return Err(Code::OptionValue.because(format!(
                "`timestamp.size` is {size} and must lie between {} and {} bytes",
                limits::TIMESTAMP_SIZE.start(),
                limits::TIMESTAMP_SIZE.end()
            )));
        }
        Ok(())
    }
}

impl ValidationOptions {
    pub(super) fn read(entries: &mut Entries<'_>) -> Result<ValidationOptions> {
        let default = ValidationOptions::default();
        Ok(ValidationOptions {
            trust: entries.bytes_list("trust")?,
            certificates: entries.bytes_list("certificates")?,
            ocsps: entries.bytes_list("ocsps")?,
            crls: entries.bytes_list("crls")?,
            prefer: match entries.text("prefer")?.as_deref() {
                None | Some("ocsp") => RevocationSource::Ocsp,
                Some("crl") => RevocationSource::Crl,
                Some(_) => return Err(Code::OptionValue.because("`validation.prefer` must be \"ocsp\" or \"crl\"")),
            },
            online: entries.boolean("online")?.unwrap_or(default.online),
            revocation_age: entries
                .integer("revocationAge")?
                .map(|age| {
                    u32::try_from(age).map_err(|_| Code::OptionValue.because("`validation.revocationAge` is not a number of seconds"))
                })
                .transpose()?,
            max_crl: entries.integer("maxCrl")?.map_or(default.max_crl, |most| u32::try_from(most).unwrap_or(0)),
            ocsp_nonce: entries.boolean("ocspNonce")?.unwrap_or(default.ocsp_nonce),
        })
    }

    fn check(&self) -> Result<()> {
        let lists = [("trust", &self.trust), ("certificates", &self.certificates), ("ocsps", &self.ocsps), ("crls", &self.crls)];
        if let Some((name, list)) = lists.into_iter().find(|(_, list)| list.len() > limits::GIVEN) {
            let (count, most) = (list.len(), limits::GIVEN);
            return Err(Code::OptionValue.because(format!("`validation.{name}` has {count} entries, and at the most {most} are taken")));
        }
        if !(1..=limits::CRL_MOST).contains(&self.max_crl) {
            return Err(Code::OptionValue.because(format!(
                "`validation.maxCrl` is {} and must lie between 1 and {} bytes",
                self.max_crl,
                limits::CRL_MOST
            )));
        }
        Ok(())
    }
}

/// Options of raising signatures to a level, or of a document timestamp alone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct ExtensionOptions {
    /// Level that the signatures are to have. Of signatures that have B-LTA the evidence is renewed.
    #[cfg_attr(feature = "schema", schemars(default = "crate::schema::highest"))]
    pub level: Level,
    /// Lowest level that is accepted if a service fails. Between it and `level` the report warns. Default: `level`.
    pub minimum_level: Option<Level>,
    /// Full names of the signature fields to raise. Default: all that are signed.
    #[cfg_attr(feature = "schema", schemars(default, length(max = limits::OPTION_LIST), extend("maxBytes" = limits::TEXT)))]
    pub fields: Vec<String>,
    /// Full name of the field of a new document timestamp. Default: a free name.
    #[cfg_attr(feature = "schema", schemars(extend("maxBytes" = limits::TEXT)))]
    pub field_name: Option<String>,
    /// Timestamps.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub timestamp: Option<TimestampOptions>,
    /// Certificates and revocation data.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub validation: Option<ValidationOptions>,
    /// Refuse a damaged or ambiguous document. If false, the report warns.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub strict: bool,
    /// User or owner password of an encrypted document. A document that needs no password is opened without one.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>", extend("writeOnly" = true, "maxBytes" = limits::PASSWORD)))]
    pub password: Option<Password>,
}

impl Default for ExtensionOptions {
    fn default() -> Self {
        ExtensionOptions {
            level: Level::BLta,
            minimum_level: None,
            fields: Vec::new(),
            field_name: None,
            timestamp: None,
            validation: None,
            strict: false,
            password: None,
        }
    }
}

impl ExtensionOptions {
    /// Reads the options of a frame, whose `part`s are bytes beside the header. Errors: as for [`SigningOptions`].
    pub(crate) fn from_value(value: Value, part: &dyn Fn(&str) -> Option<Vec<u8>>) -> Result<ExtensionOptions> {
        let Value::Object(map) = value else { return Err(Code::OptionValue.because("the options are not an object")) };
        let mut entries = Entries { prefix: "", map, part };
        let options = ExtensionOptions {
            level: entries.text("level")?.map_or(Ok(Level::BLta), |name| level("level", &name))?,
            minimum_level: entries.text("minimumLevel")?.map(|name| level("minimumLevel", &name)).transpose()?,
            fields: entries.texts("fields")?,
            field_name: entries.text("fieldName")?,
            timestamp: entries.nested("timestamp", TimestampOptions::read)?,
            validation: entries.nested("validation", ValidationOptions::read)?,
            strict: entries.boolean("strict")?.unwrap_or(false),
            password: entries.text("password")?.map(Password::from),
        };
        entries.finish()?;
        Ok(options)
    }

    /// For raising signatures. Errors: `ERR_OPTION_VALUE`, `ERR_LEVEL`, `ERR_TIMESTAMP_SERVICE`.
    pub(crate) fn check(&self) -> Result<()> {
        self.check_names()?;
        if self.level == Level::BB {
            return Err(Code::Level.because("a signature cannot be raised to B-B, which it has"));
        }
        levels(self.level, self.minimum_level, self.timestamp.as_ref(), self.validation.as_ref())
    }

    /// For a document timestamp alone. Errors: `ERR_OPTION_VALUE`, `ERR_TIMESTAMP_SERVICE`.
    pub(crate) fn check_timestamp(&self) -> Result<()> {
        self.check_names()?;
        levels(Level::BT, None, self.timestamp.as_ref(), self.validation.as_ref())
    }

    fn check_names(&self) -> Result<()> {
        self.password.as_ref().map_or(Ok(()), Password::check)?;
        if self.fields.len() > limits::OPTION_LIST || self.fields.iter().chain(&self.field_name).any(|name| name.len() > limits::TEXT) {
            return Err(Code::OptionValue.because(format!(
                "`fields` has more than {} entries, or a name has more than {} bytes",
                limits::OPTION_LIST,
                limits::TEXT
            )));
        }
        Ok(())
    }
}

/// Errors: `ERR_LEVEL`, `ERR_TIMESTAMP_SERVICE`, `ERR_OPTION_VALUE`.
pub(super) fn check(options: &SigningOptions) -> Result<()> {
    if options.level > Level::BB && !options.pades {
        return Err(Code::Level
            .because(format!("`level` is {} and `pades` is false: the levels are those of PAdES", options.level.as_str()))
            .with_remedy("leave `pades` or `level` out"));
    }
    levels(options.level, options.minimum_level, options.timestamp.as_ref(), options.validation.as_ref())
}

/// Whether a level fits the services and the trust that are given.
fn levels(
    level: Level,
    minimum: Option<Level>,
    timestamp: Option<&TimestampOptions>,
    validation: Option<&ValidationOptions>,
) -> Result<()> {
    timestamp.map_or(Ok(()), TimestampOptions::check)?;
    validation.map_or(Ok(()), ValidationOptions::check)?;
    let minimum = minimum.unwrap_or(level);
    if minimum > level {
        return Err(Code::Level
            .because(format!("`minimumLevel` is {} and `level` is {}", minimum.as_str(), level.as_str()))
            .with_remedy("give a `minimumLevel` that is not above `level`"));
    }
    if level > Level::BB && timestamp.is_none_or(|timestamp| timestamp.services == 0) && level != Level::BLt {
        return Err(Code::TimestampService.into());
    }
    if minimum > Level::BT && validation.is_none_or(|validation| validation.trust.is_empty()) {
        return Err(Code::Level
            .because(format!(
                "the level {} requires trusted certificates (`validation.trust`): without them no chain is proven",
                minimum.as_str()
            ))
            .with_remedy("give `validation.trust`, or a `minimumLevel` of B-T"));
    }
    Ok(())
}
