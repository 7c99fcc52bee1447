//! Agent of `tests/conformance`: signs as each line of the input asks.

use std::cell::RefCell;
use std::error::Error as StdError;
use std::fs::read;
use std::io::stdin;

use rustpdf::{
    Ambient, Control, Credentials, DigestAlgorithm, Error, Resumption, Session, Signer, SigningOptions, SigningRequest,
    begin_signing_controlled, resume_signing, resume_unsealed, sign_controlled,
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
    let options = || SigningOptions::from_json(&asked["options"].to_string()).map_err(Error::from);
    let now = asked["now"].as_i64();
    let ambient = || Some(Ambient { now: now?, entropy: bytes("entropy")?.try_into().ok()? });
    let control = || ambient().map(|ambient| Control::new().ambient(ambient)).ok_or("no time or entropy");
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
            answer.insert("unsealed".into(), hex(&session.serialize_unsealed().map_err(Error::from)?).into());
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
    complete(&session, bytes("container"), bytes("signature"), &issued, answer, &document)
}

/// Completes a session, if there is an answer to complete it with.
fn complete(
    session: &Session,
    container: Option<Vec<u8>>,
    signature: Option<Vec<u8>>,
    issued: &[Vec<u8>],
    answer: &mut Answer,
    document: &[u8],
) -> Result<(), Box<dyn StdError>> {
    if let Some(request) = session.request() {
        offer(answer, &request);
    }
    answer.insert("hash".into(), hex(session.hash()).into());
    let signed = match (container, signature) {
        (Some(container), _) => session.complete(&container),
        (None, Some(signature)) => match issued.split_first() {
            Some((certificate, chain)) => {
                let credentials = Credentials { certificate: certificate.clone(), chain: chain.to_vec() };
                session.with_certificate(&credentials, None).and_then(|session| session.complete_with_signature(&signature))
            }
            None => session.complete_with_signature(&signature),
        },
        (None, None) => return Ok(()),
    };
    finish(answer, &signed.map_err(Error::from)?.appended_to(document));
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
