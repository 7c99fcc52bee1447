//! Agent of `tests/conformance`: signs as each line of the input asks.

use std::cell::RefCell;
use std::error::Error as StdError;
use std::fs::read;
use std::io::stdin;
use std::sync::{Mutex, PoisonError};

use rustpdf::{
    Ambient, Control, Credentials, DigestAlgorithm, Error, HttpBody, HttpError, Level, Online, OutgoingRequest, Resumption, Session,
    SessionAnswer, Signer, SigningOptions, SigningRequest, TimestampService, begin_signing_controlled, complete_signing, resume_signing,
    resume_unsealed, sign_controlled,
};
use serde_json::{Map, Value, json};

type Answer = Map<String, Value>;

fn main() -> Result<(), Box<dyn StdError>> {
    for line in stdin().lines() {
        let asked: Value = serde_json::from_str(&line?)?;
        let mut answer = Map::from_iter([("id".into(), asked["id"].clone()), ("requests".into(), json!([]))]);
        if let Err(error) = perform(&asked, &mut answer) {
            let code = error.downcast_ref::<Error>().and_then(Error::code);
            answer.insert("error".into(), code.map_or(error.to_string(), |code| code.as_str().into()).into());
        }
        println!("{}", Value::Object(answer));
    }
    Ok(())
}

/// Adds to the answer step by step.
fn perform(asked: &Value, answer: &mut Answer) -> Result<(), Box<dyn StdError>> {
    let text = |key: &str| asked.get(key).and_then(Value::as_str);
    let bytes = |key: &str| text(key).map(unhex);
    let document = read(text("document").ok_or("no document")?)?;
    let chain = asked["chain"].as_array().ok_or("no chain")?.iter();
    let chain = chain.map(|path| read(path.as_str().unwrap_or_default())).collect::<Result<Vec<_>, _>>()?;
    let certificate = text("certificate").map(read).transpose()?;
    let credentials = certificate.map(|certificate| Credentials { certificate, chain });
    let options = || SigningOptions::from_json(&numbered(asked["options"].clone()).to_string()).map_err(Error::from);
    let now = asked["now"].as_i64();
    let ambient = || Some(Ambient { now: now?, entropy: bytes("entropy")?.try_into().ok()? });
    let online = || asked.get("http").and_then(Value::as_array).map_or_else(|| Ok(Online::new()), |exchange| recorded(exchange));
    let control = || -> Result<Control<'static>, Box<dyn StdError>> {
        Ok(Control::new().ambient(ambient().ok_or("no time or entropy")?).online(online()?))
    };
    let (key, saved) = (bytes("sessionKey"), bytes("session").unwrap_or_default());

    let session = match (text("way"), &key) {
        (Some("sign"), _) => {
            let offered = RefCell::new(answer);
            let Credentials { certificate, chain } = credentials.ok_or("no certificate")?;
            let signer = Signer::new(certificate, |request: &SigningRequest| {
                offer(&mut offered.borrow_mut(), request);
                bytes("signature").ok_or("a signature is asked for")
            });
            let signed = sign_controlled(&document[..], &signer.chain(chain), &options()?, &mut control()?)?;
            finish(&mut offered.borrow_mut(), &signed.pdf);
            return Ok(());
        }
        (Some("begin"), Some(key)) => {
            let session = begin_signing_controlled(&document[..], credentials, &options()?, &mut control()?)?;
            answer.insert("sealed".into(), hex(&session.serialize(key).map_err(Error::from)?).into());
            if session.level() == Level::BB && session.report().rect.is_none() {
                // Without a seal nobody could rely on what a session of another level trusts, or on what a signature shows.
                answer.insert("unsealed".into(), hex(&session.serialize_unsealed().map_err(Error::from)?).into());
            }
            session
        }
        (_, Some(key)) => resume_signing(&saved, &document[..], key)?,
        (_, None) => {
            let by = Resumption { credentials, options: options()?, now };
            resume_unsealed(&saved, &document[..], Some(&by))?
        }
    };
    let issued = asked.get("issued").and_then(Value::as_array).into_iter().flatten();
    let issued = issued.map(|path| read(path.as_str().unwrap_or_default())).collect::<Result<Vec<_>, _>>()?;
    let mut control = Control::new().online(online()?);
    control.ambient = ambient();
    if let Some(password) = asked["options"]["password"].as_str() {
        control = control.password(password);
    }
    complete(&session, bytes("container"), bytes("signature"), &issued, answer, &document, &mut control)
}

/// Options with the number of timestamp services: [`Online`] has the services.
fn numbered(mut options: Value) -> Value {
    if let Some(services) = options.pointer_mut("/timestamp/services") {
        *services = services.as_array().map_or(0, Vec::len).into();
    }
    options
}

/// Servers that answer each request by the first unused response for it. Their addresses do not matter.
fn recorded(exchange: &[Value]) -> Result<Online, Box<dyn StdError>> {
    let count = exchange.iter().filter_map(|one| one["service"].as_u64()).max().map_or(0, |last| last + 1);
    let bodies = exchange.iter().map(|one| one["body"].as_str().map_or(Ok(Vec::new()), read)).collect::<Result<Vec<_>, _>>()?;
    let unused = Mutex::new(exchange.iter().cloned().zip(bodies).collect::<Vec<_>>());
    let services = (0..count).map(|number| TimestampService::new(format!("http://service-{number}.invalid/")));
    Ok(Online::new().services(services).http(move |request: &OutgoingRequest| -> Result<HttpBody, HttpError> {
        let mut unused = unused.lock().unwrap_or_else(PoisonError::into_inner);
        let place = unused.iter().position(|(one, _)| {
            let is_place = match request.service {
                Some(number) => one["service"] == number,
                None => one["url"] == request.url,
            };
            is_place && one["purpose"] == format!("{:?}", request.purpose).to_lowercase()
        });
        let (one, body) = unused.remove(place.ok_or_else(|| HttpError::Other("a request is not expected".into()))?);
        Ok(HttpBody { status: one["status"].as_u64().unwrap_or_default() as u16, body, ..HttpBody::default() })
    }))
}

/// Completes a session, if there is an answer to complete it with.
fn complete(
    session: &Session,
    container: Option<Vec<u8>>,
    signature: Option<Vec<u8>>,
    issued: &[Vec<u8>],
    answer: &mut Answer,
    document: &[u8],
    control: &mut Control,
) -> Result<(), Box<dyn StdError>> {
    if let Some(request) = session.request() {
        offer(answer, &request);
    }
    answer.insert("hash".into(), hex(session.hash()).into());
    let mut session = session.clone();
    let given = match (container, signature) {
        (Some(container), _) => SessionAnswer::Container(container),
        (None, Some(signature)) => {
            if let Some((certificate, chain)) = issued.split_first() {
                let credentials = Credentials { certificate: certificate.clone(), chain: chain.to_vec() };
                session = session.with_certificate(&credentials, None).map_err(Error::from)?;
            }
            SessionAnswer::Signature(signature)
        }
        (None, None) => return Ok(()),
    };
    let updates = complete_signing(document, &session, given, control)?;
    let signed = updates.into_iter().fold(document.to_vec(), |document, signed| signed.appended_to(&document));
    finish(answer, &signed);
    Ok(())
}

fn finish(answer: &mut Answer, signed: &[u8]) {
    let sha256 = hex(&DigestAlgorithm::Sha256.digest(&[signed]));
    answer.insert("output".into(), json!({ "sha256": sha256, "length": signed.len() }));
}

fn offer(answer: &mut Answer, request: &SigningRequest) {
    let mut offered = json!({
        "data": hex(&request.data),
        "digest": hex(&request.digest),
        "digestAlgorithm": request.digest_algorithm.as_str(),
        "signatureAlgorithm": request.signature_algorithm.as_str(),
    });
    if let Some(digest_info) = &request.digest_info {
        offered["digestInfo"] = hex(digest_info).into();
    }
    if let Some(salt_length) = request.salt_length {
        offered["saltLength"] = salt_length.into();
    }
    if let Some(curve) = request.curve {
        offered["curve"] = curve.as_str().into();
    }
    for (name, digest) in [("documentDigest", &request.document_digest), ("certificateDigest", &request.certificate_digest)] {
        if let Some(digest) = digest {
            offered[name] = hex(digest).into();
        }
    }
    for (name, text) in [("documentName", &request.document_name), ("fieldName", &request.field_name)] {
        if let Some(text) = text {
            offered[name] = text.as_str().into();
        }
    }
    if let Some(Value::Array(requests)) = answer.get_mut("requests") {
        requests.push(offered);
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap_or_default()).collect()
}
