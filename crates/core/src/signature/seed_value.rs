//! Seed values: constraints of a field on its signature. ISO 32000-2, 12.7.5.5, tables 237 and 238.
//!
//! A signature that breaks a required constraint is refused. One that breaks an optional constraint gets a warning.

use super::dictionary::sub_filter;
use crate::document::{Budget, Field};
use crate::error::{Code, Result};
use crate::file::{File, IndirectObject};
use crate::limits;
use crate::options::SigningOptions;
use crate::report::{Warning, WarningCode};
use crate::syntax::{Object, Value, write};
use crate::x509::name::is_same;
use crate::x509::{Certificate, Chain};

/// The newest version of the seed value dictionary that is known: that of PDF 2.0.
const VERSION: i64 = 3;

/// Certificates of the signer.
#[derive(Clone, Copy)]
pub(crate) struct SignerCertificates<'a> {
    pub(crate) certificate: &'a Certificate,
    pub(crate) chain: &'a Chain,
}

impl SignerCertificates<'_> {
    /// Whether the certificate is issued by `issuer`, directly or by others of the chain (table 238).
    ///
    /// An issuer may have several certificates with one key. One with the same name and another key is another issuer.
    fn is_below(&self, issuer: &Certificate) -> bool {
        let chain = self.chain.certificates();
        let mut namesakes = chain.iter().filter(|one| is_same(one.subject(), issuer.subject())).peekable();
        match namesakes.peek() {
            Some(_) => namesakes.any(|one| one.public_key_info() == issuer.public_key_info()),
            None => chain.iter().chain([self.certificate]).any(|one| issuer.may_have_issued(one)),
        }
    }
}

/// Facts of the signature that are compared with the seed values.
pub(crate) struct Signing<'a> {
    pub(crate) options: &'a SigningOptions,
    pub(crate) digest_algorithm: &'a str,
    pub(crate) signer: Option<SignerCertificates<'a>>,
}

/// A dictionary whose values are resolved when they are asked for.
struct Entries<'f> {
    file: &'f File,
    loaded: IndirectObject,
    /// `/Ff`: which constraints are required.
    flags: i64,
    warnings: Vec<Warning>,
}

/// Compares the signature that is to be made with the seed values of its field.
///
/// Errors: `ERR_SEED_VALUE`, and what loading an object gives.
pub(super) async fn check(file: &File, field: &Field, signing: &Signing<'_>) -> Result<Vec<Warning>> {
    let Some(own) = field.loaded.dictionary() else { return Ok(Vec::new()) };
    let Some(loaded) = file.entry(own, "SV", &field.loaded).await? else { return Ok(Vec::new()) };
    let mut entries = Entries::open(file, loaded).await?;
    entries.check_signature(signing).await?;
    entries.check_mdp(signing).await?;
    entries.refuse_what_is_not_done().await?;
    let mut warnings = entries.warnings.split_off(0);
    if let Some(certificate) = entries.get("Cert").await? {
        let mut entries = Entries::open(file, certificate).await?;
        entries.check_certificate(signing.signer).await?;
        warnings.append(&mut entries.warnings);
    }
    Ok(warnings)
}

impl<'f> Entries<'f> {
    async fn open(file: &'f File, loaded: IndirectObject) -> Result<Entries<'f>> {
        if loaded.dictionary().is_none() {
            return Err(Code::SeedValue.because("the seed values (/SV) of the field are no dictionary").within(loaded.id));
        }
        let mut entries = Entries { file, loaded, flags: 0, warnings: Vec::new() };
        entries.flags = entries.get("Ff").await?.and_then(|flags| flags.object.value.as_integer()).unwrap_or(0);
        Ok(entries)
    }

    async fn get(&self, key: &str) -> Result<Option<IndirectObject>> {
        match self.loaded.dictionary() {
            Some(dictionary) => self.file.entry(dictionary, key, &self.loaded).await,
            None => Ok(None),
        }
    }

    /// The elements of the array `key`, resolved; none where there is no array, which constrains nothing.
    async fn list(&self, key: &str) -> Result<Option<Vec<IndirectObject>>> {
        let Some(array) = self.get(key).await? else { return Ok(None) };
        let Some(items) = array.object.value.as_array() else { return Ok(None) };
        let (mut list, mut budget) = (Vec::new(), Budget::new());
        for item in items {
            if let Some(loaded) = self.file.resolve(item, &array).await? {
                list.push(budget.keep(loaded)?);
            }
        }
        Ok(Some(list))
    }

    /// Certificates of an array of strings in DER (PEM is read, too); none where there is no string, which constrains nothing.
    async fn certificates(&self, key: &str) -> Result<Option<Vec<Certificate>>> {
        let Some(list) = self.list(key).await?.filter(|list| !list.is_empty()) else { return Ok(None) };
        let strings = list.iter().filter_map(|item| item.object.value.as_string());
        // One that cannot be read is none that fits.
        Ok(Some(strings.filter_map(|string| Certificate::parse(string).ok()).map(|(certificate, _)| certificate).collect()))
    }

    /// Texts of an array, each a name or a string.
    async fn texts(&self, key: &str) -> Result<Option<Vec<String>>> {
        let text = |loaded: &IndirectObject| match &loaded.object.value {
            Value::Name(name) => Some(String::from_utf8_lossy(name).into_owned()),
            Value::String(string) => Some(write::decode_text_string(string)),
            _ => None,
        };
        Ok(self.list(key).await?.map(|list| list.iter().filter_map(text).collect()))
    }

    /// Whether bit `position` of `/Ff`, counted from 1, is set.
    fn requires(&self, position: u32) -> bool {
        self.flags >> (position - 1) & 1 == 1
    }

    /// A constraint that is not met: an error where bit `position` requires it, else a warning.
    fn unmet(&mut self, position: u32, found: String) -> Result<()> {
        if self.requires(position) {
            return Err(Code::SeedValue.because(found).within(self.loaded.id));
        }
        self.warnings.push(WarningCode::SeedValue.because(format!("{found}: it is not required, and was not kept")));
        Ok(())
    }

    /// `/V`, `/Filter`, `/SubFilter`, `/DigestMethod` and `/Reasons`.
    async fn check_signature(&mut self, signing: &Signing<'_>) -> Result<()> {
        if self.get("V").await?.is_some_and(|version| exceeds(&version, VERSION)) {
            self.unmet(3, "the field asks for a version of seed values that is not known".into())?;
        }
        if let Some(filter) = self.get("Filter").await?.and_then(|loaded| loaded.object.value.as_name().map(printable))
            && filter != "Adobe.PPKLite"
        {
            self.unmet(1, format!("the field asks for the signature handler {filter}, and this one is Adobe.PPKLite"))?;
        }
        let ours = sub_filter(signing.options);
        if let Some(list) = self.texts("SubFilter").await?.filter(|list| !list.is_empty() && !list.iter().any(|one| one == ours)) {
            let advice = match list.iter().find(|one| ["ETSI.CAdES.detached", "adbe.pkcs7.detached"].contains(&one.as_str())) {
                Some(_) if signing.options.pades => ": sign with `pades: false`",
                Some(_) => ": leave `pades: false` out",
                None => ", which this version does not make",
            };
            self.unmet(2, format!("the field asks for the encoding {}{advice}", printable(list.join(", ").as_bytes())))?;
        }
        if let Some(list) = self.texts("DigestMethod").await?.filter(|list| !list.is_empty()) {
            let ours = signing.digest_algorithm.to_ascii_uppercase();
            if !list.iter().any(|one| one.replace('-', "").eq_ignore_ascii_case(&ours)) {
                let list = printable(list.join(", ").as_bytes());
                self.unmet(
                    7,
                    format!("the field asks for the digest algorithm {list}, and this signature has {ours}: set `digestAlgorithm`"),
                )?;
            }
        }
        let reasons = self.texts("Reasons").await?;
        let none = reasons.as_ref().is_none_or(|list| list.is_empty() || list.iter().eq(["."]));
        let reason = signing.options.reason.as_ref();
        match reason {
            Some(_) if none && self.requires(4) => self.unmet(4, "the field allows no reason: leave `reason` out".into()),
            None if !none => self.unmet(4, "the field lists the reasons that may be given: set `reason` to one of them".into()),
            Some(reason) if !none && !reasons.is_some_and(|list| list.contains(reason)) => {
                self.unmet(4, "the field lists the reasons that may be given, and `reason` is none of them".into())
            }
            _ => Ok(()),
        }
    }

    /// `/MDP`, which is always required: 0 stands for an approval, 1 to 3 for a certification of that level.
    async fn check_mdp(&self, signing: &Signing<'_>) -> Result<()> {
        let Some(mdp) = self.get("MDP").await? else { return Ok(()) };
        let Some(dictionary) = mdp.dictionary() else { return Ok(()) };
        let level = self.file.entry(dictionary, "P", &mdp).await?.and_then(|level| level.object.value.as_integer());
        let ours = signing.options.certify.map_or(0, |certify| i64::from(certify.level()));
        let advice = match level {
            None => return Ok(()),
            Some(level) if level == ours => return Ok(()),
            Some(0) => "the field is for an approval signature: leave `certify` out".to_owned(),
            Some(level @ 1..=3) => format!("the field is for a certification of level {level}: set `certify` to {level}"),
            Some(_) => "the field is for a certification of a level that is not known".to_owned(),
        };
        Err(Code::SeedValue.because(advice).within(self.loaded.id))
    }

    /// What asks for more than a signature of this version holds.
    async fn refuse_what_is_not_done(&mut self) -> Result<()> {
        if self.list("LegalAttestation").await?.is_some_and(|list| !list.is_empty()) {
            self.unmet(5, "the field asks for a legal attestation, which this version does not write".into())?;
        }
        if self.get("AddRevInfo").await?.is_some_and(|flag| flag.object.value == Value::Boolean(true)) {
            self.unmet(6, "the field asks for revocation information in the signature, which this version does not add".into())?;
        }
        if self.get("LockDocument").await?.is_some_and(|lock| lock.object.value.as_name() == Some(b"true")) {
            self.unmet(8, "the field asks for the document to be locked by its signature, which this version does not do".into())?;
        }
        if self.get("AppearanceFilter").await?.is_some() {
            self.unmet(9, "the field asks for a named appearance, which this version does not draw".into())?;
        }
        if let Some(timestamp) = self.get("TimeStamp").await?.filter(|timestamp| timestamp.dictionary().is_some()) {
            let mut entries = Entries::open(self.file, timestamp).await?;
            entries.unmet(1, "the field asks for a timestamp, which this version does not add".into())?;
            self.warnings.append(&mut entries.warnings);
        }
        match self.flags >> 9 {
            0 => Ok(()),
            _ => Err(Code::SeedValue.because("the field requires something that is not known (/Ff)").within(self.loaded.id)),
        }
    }

    /// The certificate seed value dictionary, table 238. A `/URL` says where to get a certificate, and asks nothing of this one.
    async fn check_certificate(&mut self, signer: Option<SignerCertificates<'_>>) -> Result<()> {
        const SUBJECT: u32 = 1;
        const ISSUER: u32 = 2;
        const OID: u32 = 3;
        const SUBJECT_DN: u32 = 4;
        const KEY_USAGE: u32 = 6;
        let Some(signer) = signer else {
            // The service that makes the container has the certificate.
            let required = [SUBJECT, ISSUER, OID, SUBJECT_DN, KEY_USAGE].into_iter().find(|position| self.requires(*position));
            return match required {
                Some(position) => self.unmet(position, "the field is for certain certificates: begin with `certificate`".into()),
                None => Ok(()),
            };
        };
        if let Some(list) = self.certificates("Subject").await?
            && !list.iter().any(|one| one.der() == signer.certificate.der())
        {
            self.unmet(SUBJECT, "the field is for other certificates than this one".into())?;
        }
        if let Some(list) = self.certificates("Issuer").await?
            && !list.iter().any(|issuer| signer.is_below(issuer))
        {
            self.unmet(ISSUER, "the field is for certificates of other issuers than those of the chain".into())?;
        }
        if self.list("OID").await?.is_some_and(|list| !list.is_empty()) {
            self.unmet(OID, "the field is for certificates of certain policies, which this version does not read".into())?;
        }
        if let Some(names) = self.list("SubjectDN").await?.filter(|names| !names.is_empty()) {
            let mut fits = false;
            for name in &names {
                fits |= self.subject_has(name, signer).await?;
            }
            if !fits {
                self.unmet(SUBJECT_DN, "the field is for certificates of other subjects".into())?;
            }
        }
        if let Some(patterns) = self.texts("KeyUsage").await?.filter(|patterns| !patterns.is_empty())
            && !patterns.iter().any(|pattern| usage_fits(pattern, signer.certificate.key_usage()))
        {
            self.unmet(KEY_USAGE, "the field is for certificates with another key usage".into())?;
        }
        Ok(())
    }

    /// Whether the subject has every attribute of `name`, a dictionary of keywords and text strings.
    async fn subject_has(&self, name: &IndirectObject, signer: SignerCertificates<'_>) -> Result<bool> {
        let Some(attributes) = name.dictionary() else { return Ok(false) };
        for entry in attributes.entries.iter() {
            // The names of the certificate are read again.
            self.file.io.charge(limits::WORK_OBJECT)?;
            let Some(value) = self.file.resolve(&entry.object, name).await? else { continue };
            let Some(value) = value.object.value.as_string().map(write::decode_text_string) else { return Ok(false) };
            let keyword = String::from_utf8_lossy(&entry.key);
            if !signer.certificate.subject_has(&keyword, &value) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Whether a pattern of `1` (set), `0` (not set) and `X` (either) fits, digitalSignature first. A certificate without `keyUsage` may do all.
fn usage_fits(pattern: &str, usage: Option<u16>) -> bool {
    let usage = usage.unwrap_or(u16::MAX);
    pattern.chars().take(9).enumerate().all(|(bit, wanted)| match wanted {
        '1' => usage >> bit & 1 == 1,
        '0' => usage == u16::MAX || usage >> bit & 1 == 0,
        _ => true,
    })
}

/// Whether a number is larger than `most`. A real is compared by its digits: nothing else here needs to read one.
fn exceeds(loaded: &IndirectObject, most: i64) -> bool {
    let Object { value, span } = &loaded.object;
    match value {
        Value::Integer(value) => *value > most,
        Value::Real => {
            let text = loaded.source.get(span.clone()).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default();
            let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
            match whole.parse::<i64>() {
                Ok(whole) => whole > most || whole == most && fraction.bytes().any(|digit| digit != b'0'),
                Err(_) => !whole.is_empty() && !whole.starts_with('-'),
            }
        }
        _ => false,
    }
}

/// What a message may hold of a name or a list of names.
fn printable(name: &[u8]) -> String {
    name.iter().take(100).map(|&byte| if byte.is_ascii_graphic() || byte == b' ' { char::from(byte) } else { '?' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_usages() {
        const SIGN: Option<u16> = Some(0b01);
        const COMMIT: Option<u16> = Some(0b10);
        for (pattern, usage, fits) in [
            ("1", SIGN, true),
            ("X1", SIGN, false),
            ("X1", COMMIT, true),
            ("10XXXXXXX", SIGN, true),
            ("00", COMMIT, false),
            ("", SIGN, true),
            ("111111111", None, true),
            ("0", None, true),
        ] {
            assert_eq!(usage_fits(pattern, usage), fits, "{pattern} {usage:?}");
        }
    }
}
