//! A file by its cross-reference, or by what a scan of it finds; and streams of objects. ISO 32000-2, 7.5.

use super::Memory;
use crate::error::{Code, Result};
use crate::file::File;
use crate::file::xref::Entry;
use crate::io::{Driver, Io};
use crate::limits;
use crate::syntax::{Dictionary, Lexer, Object, ObjectId, Value, filter, parse_object};

/// Objects of one file that are looked up.
const LOOKED_UP: u32 = 48;
/// Small blocks, whose ends lie in the midst of everything.
const SMALL: u64 = 61;

/// What was found at a number: bytes of the object and where its stream starts.
type Found = std::result::Result<Option<(Vec<u8>, Option<u64>)>, Code>;

/// What a file turned out to be.
#[derive(Debug, PartialEq)]
struct Opened {
    base: u64,
    rebuilt: bool,
    next: std::result::Result<u32, Code>,
    objects: Vec<Found>,
}

/// `document` as a file, whole and in small blocks, by its own cross-reference and by a rebuilt one.
pub fn xref(document: &[u8]) -> bool {
    let [whole, pieces] = [limits::BLOCK, SMALL].map(|block| opened(document, block));
    assert_eq!(whole, pieces);
    whole.is_ok()
}

fn opened(document: &[u8], block: u64) -> std::result::Result<(Opened, std::result::Result<Opened, Code>), Code> {
    let io = Io::new();
    let operation = {
        let (io, length) = (io.clone(), document.len() as u64);
        async move {
            let io = io.with_document(None, length)?;
            let file = File::open(&io, None).await?;
            let first = looked_up(&file).await?;
            // Any file can be rebuilt; this one is by a damage that it may not have.
            let rebuilt = match file.rebuild_after(None, Code::XrefBroken.into()).await {
                Ok(file) => looked_up(&file).await,
                Err(error) => Err(error),
            };
            Ok((first, rebuilt.map_err(|error| error.code())))
        }
    };
    let mut driver = Driver::new(io, operation);
    driver.set_block(block);
    Memory::new(document).run(|answer| driver.next(answer)).map_err(|error| error.code())
}

async fn looked_up(file: &File) -> Result<Opened> {
    assert!(file.base <= file.io.length());
    let mut objects = Vec::new();
    for number in 0..LOOKED_UP {
        let found = file.load(ObjectId::new(number, 0)).await;
        if let Err(error) = &found {
            assert_ne!(error.code(), Code::Internal, "{error}");
        }
        objects.push(match found {
            Ok(Some(loaded)) => {
                assert_eq!(loaded.id.number, number);
                Ok(Some((loaded.source[loaded.object.span.clone()].to_vec(), loaded.stream)))
            }
            Ok(None) => Ok(None),
            Err(error) => Err(error.code()),
        });
    }
    let next = file.xref.next_number().map_err(|error| error.code());
    if let Ok(next) = next {
        // A number is new when nothing stands there.
        let entry = file.xref.entry(&file.io, next).await.map_err(|error| error.code());
        assert!(!matches!(entry, Ok(entry) if entry != Entry::Free), "{next} is in use");
    }
    Ok(Opened { base: file.base, rebuilt: file.xref.rebuilt_entries().is_some(), next, objects })
}

/// `data` as an object stream: its dictionary, one byte, and its encoded data.
pub fn object_stream(data: &[u8]) -> bool {
    let mut lexer = Lexer::new(data, 0, true);
    let Ok(Object { value: Value::Dictionary(dictionary), .. }) = parse_object(&mut lexer) else { return false };
    let (source, encoded) = data.split_at(lexer.offset());
    let encoded = encoded.get(1..).unwrap_or_default();
    decoded(&dictionary, encoded);

    let mut document = [&b"%PDF-1.5\n1 0 obj\n"[..], source, b"\nstream\n", encoded, b"\nendstream\nendobj\n"].concat();
    let section = document.len();
    let mut entries = vec![0, 0, 0, 0, 1, 0, 9, 0];
    (2..LOOKED_UP as u8).for_each(|number| entries.extend([2, 0, 1, number - 2]));
    let dictionary = format!("<</Type/XRef/Size {LOOKED_UP}/W[1 2 1]/Length {}>>", entries.len());
    document.extend(format!("{LOOKED_UP} 0 obj\n{dictionary}\nstream\n").into_bytes());
    document.extend(entries);
    document.extend(format!("\nendstream\nendobj\nstartxref\n{section}\n%%EOF\n").into_bytes());

    let [whole, pieces] = [limits::BLOCK, SMALL].map(|block| opened(&document, block));
    assert_eq!(whole, pieces);
    whole.is_ok_and(|(file, _)| file.objects.iter().skip(2).any(|found| matches!(found, Ok(Some(_)))))
}

fn decoded(dictionary: &Dictionary, encoded: &[u8]) {
    const MOST: usize = 1 << 20;
    let decoded = filter::decode(dictionary, encoded.to_vec(), MOST, &|_| Ok(()));
    assert!(decoded.is_err() || decoded.is_ok_and(|decoded| decoded.len() <= MOST));
}
