//! Decoding of streams (ISO 32000-2, 7.4), under a limit.
//!
//! Flate and LZW are decoded by `flate2` and `weezl`. `lopdf` has all filters, and is the second opinion of the tests: its chain of filters
//! contains a Brotli decoder, whose dictionary is an eighth of the module, for a filter that PDF does not have.

use std::io::Read;

use flate2::read::{DeflateDecoder, ZlibDecoder};
use flate2::{Decompress, FlushDecompress, Status};
use weezl::{BitOrder, LzwStatus};

use super::object::{Dictionary, Value};
use super::predictor;
use crate::error::{Code, Error, Result};
use crate::limits;

/// Decodes `data` by the `/Filter` and `/DecodeParms` of its stream dictionary, whose values must be direct. The input and the output of a
/// filter together have at most `most` bytes. `charge` is given the work in units of [`limits::WORK`], before it is done or in small parts.
///
/// Errors: `ERR_STREAM_BROKEN` for an unknown filter or spoiled data; `ERR_LIMIT`, and those of `charge`.
pub(crate) fn decode(dictionary: &Dictionary, mut data: Vec<u8>, most: usize, charge: &dyn Fn(u64) -> Result<()>) -> Result<Vec<u8>> {
    let filters: Vec<&[u8]> = match dictionary.get("Filter") {
        None => return Ok(data),
        Some(Value::Name(filter)) => vec![filter],
        Some(Value::Array(filters)) => {
            let filters: Option<_> = filters.iter().map(|filter| filter.value.as_name()).collect();
            filters.ok_or_else(|| broken("its /Filter is no list of names"))?
        }
        Some(_) => return Err(broken("its /Filter is no name")),
    };
    if filters.len() > limits::FILTERS {
        return Err(limits::exceeded("filters on a stream", limits::FILTERS));
    }
    for (index, filter) in filters.into_iter().enumerate() {
        let parameters = match dictionary.get("DecodeParms") {
            Some(Value::Array(list)) => list.get(index).and_then(|parameters| parameters.value.as_dictionary()),
            Some(parameters) => parameters.as_dictionary(),
            None => None,
        };
        let most = most.saturating_sub(data.len());
        charge(data.len() as u64 / limits::WORK_DECODE.0)?;
        let output = Output { bytes: Vec::new(), most, charged: 0, charge };
        // The abbreviations are meant for inline images (8.9.7, table 92), and accepted everywhere by most readers.
        data = match filter {
            b"FlateDecode" | b"Fl" => unpredicted(parameters, inflated(&data, output)?, charge)?,
            b"LZWDecode" | b"LZW" => unpredicted(parameters, unpacked(&data, parameters, output)?, charge)?,
            b"ASCIIHexDecode" | b"AHx" => hexadecimal(&data, output)?,
            b"ASCII85Decode" | b"A85" => ascii_85(&data, output)?,
            b"RunLengthDecode" | b"RL" => runs(&data, output)?,
            _ => return Err(broken("its filter is not known")),
        };
    }
    Ok(data)
}

/// Whether a whole zlib stream with the right checksum is at the front of `data` (RFC 1950). `None` if its first `most` bytes do not show it.
///
/// Errors: those of `charge`.
pub(crate) fn is_whole_zlib(data: &[u8], most: u64, charge: &dyn Fn(u64) -> Result<()>) -> Result<Option<bool>> {
    charge(data.len() as u64 / limits::WORK_DECODE.0)?;
    let mut zlib = Decompress::new(true);
    let mut step = vec![0; 32 << 10];
    loop {
        let (read, written) = (zlib.total_in(), zlib.total_out());
        let rest = usize::try_from(read).ok().and_then(|read| data.get(read..)).unwrap_or_default();
        let status = zlib.decompress(rest, &mut step, FlushDecompress::None);
        charge((zlib.total_out() - written) / limits::WORK_DECODE.1)?;
        match status {
            Ok(Status::StreamEnd) => return Ok(Some(true)),
            Ok(_) if zlib.total_out() > most => return Ok(None),
            Ok(_) if (zlib.total_in(), zlib.total_out()) != (read, written) => {}
            _ => return Ok(Some(false)),
        }
    }
}

/// What a filter decodes, bounded and charged for as it grows.
struct Output<'a> {
    bytes: Vec<u8>,
    most: usize,
    /// Bytes that are charged for.
    charged: usize,
    charge: &'a dyn Fn(u64) -> Result<()>,
}

impl Output<'_> {
    /// Bytes that are decoded until they are charged for.
    const STEP: usize = 64 << 10;

    /// Adds bytes. Errors: `ERR_LIMIT`, and those of `charge`.
    fn add(&mut self, bytes: &[u8]) -> Result<()> {
        self.reserve(bytes.len());
        self.bytes.extend_from_slice(bytes);
        self.check()
    }

    /// Adds the same byte `count` times.
    fn repeat(&mut self, byte: u8, count: usize) -> Result<()> {
        self.reserve(count);
        self.bytes.resize(self.bytes.len() + count, byte);
        self.check()
    }

    /// Makes room: twice as much as before, and no more than may be used.
    fn reserve(&mut self, count: usize) {
        let needed = self.bytes.len() + count;
        if needed > self.bytes.capacity() {
            let room = (2 * needed).min(self.most.saturating_add(1)).max(needed);
            self.bytes.reserve_exact(room - self.bytes.len());
        }
    }

    fn check(&mut self) -> Result<()> {
        if self.bytes.len() > self.most {
            return Err(limits::exceeded("bytes in a decoded stream", self.most));
        }
        match self.bytes.len() - self.charged >= Self::STEP {
            true => self.charge_rest(),
            false => Ok(()),
        }
    }

    fn charge_rest(&mut self) -> Result<()> {
        let units = (self.bytes.len() - self.charged) as u64 / limits::WORK_DECODE.1;
        self.charged = self.bytes.len();
        (self.charge)(units)
    }

    fn finish(mut self) -> Result<Vec<u8>> {
        self.charge_rest()?;
        Ok(self.bytes)
    }
}

fn broken(why: &str) -> Error {
    Code::StreamBroken.because(format!("a stream cannot be decoded: {why}"))
}

/// 7.4.4. As in most readers, what comes before spoiled data counts, and a spoiled header does not matter.
fn inflated(data: &[u8], mut output: Output<'_>) -> Result<Vec<u8>> {
    let mut step = vec![0; 32 << 10];
    let mut read = |reader: &mut dyn Read, output: &mut Output<'_>| -> Result<bool> {
        loop {
            match reader.read(&mut step) {
                Ok(0) => return Ok(true),
                Ok(count) => output.add(&step[..count])?,
                Err(_) => return Ok(false),
            }
        }
    };
    let mut whole = read(&mut ZlibDecoder::new(data), &mut output)?;
    if let (true, false, Some(bare)) = (output.bytes.is_empty(), whole, data.get(2..)) {
        whole = read(&mut DeflateDecoder::new(bare), &mut output)?;
    }
    match whole || !output.bytes.is_empty() || data.is_empty() {
        true => output.finish(),
        false => Err(broken("its compressed data are spoiled")),
    }
}

/// 7.4.4.2; `/EarlyChange` is that of table 8.
fn unpacked(data: &[u8], parameters: Option<&Dictionary>, mut output: Output<'_>) -> Result<Vec<u8>> {
    let early = parameters.and_then(|parameters| parameters.integer("EarlyChange")) != Some(0);
    let make = if early { weezl::decode::Decoder::with_tiff_size_switch } else { weezl::decode::Decoder::new };
    let mut decoder = make(BitOrder::Msb, 8);
    let (mut rest, mut step) = (data, vec![0; 32 << 10]);
    loop {
        let result = decoder.decode_bytes(rest, &mut step);
        output.add(&step[..result.consumed_out])?;
        rest = &rest[result.consumed_in..];
        match result.status {
            Ok(LzwStatus::Ok) if result.consumed_in + result.consumed_out > 0 => {}
            Err(_) if output.bytes.is_empty() && !data.is_empty() => return Err(broken("its compressed data are spoiled")),
            _ => return output.finish(),
        }
    }
}

/// 7.4.4.4.
fn unpredicted(parameters: Option<&Dictionary>, mut data: Vec<u8>, charge: &dyn Fn(u64) -> Result<()>) -> Result<Vec<u8>> {
    let fault = || broken("its predictor does not fit its data");
    let sample = |key, default| match parameters.and_then(|parameters| parameters.integer(key)) {
        Some(value) => usize::try_from(value).ok().filter(|value| (1..=limits::PREDICTED_ROW).contains(value)).ok_or_else(fault),
        None => Ok(default),
    };
    let predictor = parameters.and_then(|parameters| parameters.integer("Predictor")).unwrap_or(1);
    if predictor < 2 || data.is_empty() {
        return Ok(data);
    }
    let (columns, colors, bits) = (sample("Columns", 1)?, sample("Colors", 1)?, sample("BitsPerComponent", 8)?);
    let row = columns.checked_mul(colors).and_then(|samples| samples.checked_mul(bits)).ok_or_else(fault)?.div_ceil(8);
    charge((data.len() / limits::WORK_PREDICT.0) as u64 + (data.len() / (row + 1)) as u64 * limits::WORK_PREDICT.1)?;
    match predictor {
        10..=15 => predictor::restore(data, (colors * bits).div_ceil(8), row).ok_or_else(fault),
        2 if bits == 8 => {
            for row in data.chunks_mut(row) {
                for at in colors..row.len() {
                    row[at] = row[at].wrapping_add(row[at - colors]);
                }
            }
            Ok(data)
        }
        _ => Err(fault()),
    }
}

/// 7.4.2.
fn hexadecimal(data: &[u8], mut output: Output<'_>) -> Result<Vec<u8>> {
    let mut first = None;
    for byte in data.iter().take_while(|byte| **byte != b'>').filter(|byte| !super::is_space(**byte)) {
        let digit = char::from(*byte).to_digit(16).ok_or_else(|| broken("its hexadecimal data are spoiled"))? as u8;
        match first.take() {
            None => first = Some(digit),
            Some(first) => output.add(&[first << 4 | digit])?,
        }
    }
    if let Some(first) = first {
        output.add(&[first << 4])?;
    }
    output.finish()
}

/// 7.4.3.
fn ascii_85(data: &[u8], mut output: Output<'_>) -> Result<Vec<u8>> {
    let fault = || broken("its ASCII85 data are spoiled");
    let mut group = Vec::with_capacity(5);
    let value = |group: &[u8]| {
        let mut digits = group.iter().map(|byte| u32::from(byte - b'!')).chain(std::iter::repeat(84)).take(5);
        let value = digits.try_fold(0_u32, |value, digit| value.checked_mul(85)?.checked_add(digit));
        value.map(u32::to_be_bytes).ok_or_else(fault)
    };
    for byte in data.iter().copied().take_while(|byte| *byte != b'~').filter(|byte| !super::is_space(*byte)) {
        match byte {
            b'z' if group.is_empty() => output.repeat(0, 4)?,
            b'!'..=b'u' => group.push(byte),
            _ => return Err(fault()),
        }
        if group.len() == 5 {
            output.add(&value(&group)?)?;
            group.clear();
        }
    }
    if !group.is_empty() {
        output.add(&value(&group)?[..group.len() - 1])?;
    }
    output.finish()
}

/// 7.4.5.
fn runs(data: &[u8], mut output: Output<'_>) -> Result<Vec<u8>> {
    let mut rest = data;
    while let Some((&length, behind)) = rest.split_first() {
        rest = match length {
            0..128 => {
                let (copied, behind) = behind.split_at(behind.len().min(usize::from(length) + 1));
                output.add(copied)?;
                behind
            }
            128 => break,
            _ => {
                let Some((&byte, behind)) = behind.split_first() else { break };
                output.repeat(byte, 257 - usize::from(length))?;
                behind
            }
        };
    }
    output.finish()
}

#[cfg(test)]
mod tests {
    use super::super::{Lexer, parse_object};
    use super::*;

    fn decode(dictionary: &Dictionary, data: Vec<u8>, most: usize) -> Result<Vec<u8>> {
        super::decode(dictionary, data, most, &|_| Ok(()))
    }

    fn dictionary(text: &[u8]) -> Dictionary {
        parse_object(&mut Lexer::new(text, 0, true)).unwrap().value.as_dictionary().unwrap().clone()
    }

    #[test]
    fn filters_are_applied_in_order() {
        let dictionary = dictionary(b"<</Filter[/ASCIIHexDecode /RunLengthDecode]>>");
        assert_eq!(decode(&dictionary, b"FE 61 80 >".to_vec(), 13).unwrap(), b"aaa");
        assert_eq!(decode(&dictionary, b"FE 61 80 >".to_vec(), 5).unwrap_err().code(), Code::Limit);
    }

    #[test]
    fn filters_may_be_abbreviated() {
        assert_eq!(decode(&dictionary(b"<</Filter[/AHx/RL]>>"), b"FE 61 80 >".to_vec(), 13).unwrap(), b"aaa");
    }

    #[test]
    fn an_unknown_filter_is_an_error() {
        for filter in ["/Crypt", "[/Fl(x)]", "7"] {
            let error = decode(&dictionary(format!("<</Filter {filter}>>").as_bytes()), vec![1], 9).unwrap_err();
            assert_eq!(error.code(), Code::StreamBroken);
            assert!(!error.to_string().contains("lopdf"), "{error}");
        }
    }

    /// What lopdf makes of the same; it decides.
    fn second_opinion(text: &str, data: &[u8]) -> Option<Vec<u8>> {
        let mut file = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\n".to_vec();
        let start = file.len();
        file.extend(format!("2 0 obj\n{}/Length {}>>\nstream\n", text.strip_suffix(">>").unwrap(), data.len()).into_bytes());
        file.extend([data, b"\nendstream\nendobj\n"].concat());
        let table = format!("xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n{start:010} 00000 n \n");
        let end = format!("{table}trailer\n<</Size 3/Root 1 0 R>>\nstartxref\n{}\n%%EOF\n", file.len());
        file.extend(end.into_bytes());
        let document = lopdf::Document::load_mem(&file).unwrap();
        let lopdf::Object::Stream(stream) = document.get_object((2, 0)).unwrap() else { panic!("no stream") };
        stream.decompressed_content_with_limit(1 << 20).ok()
    }

    #[test]
    fn as_lopdf_decodes_it() {
        let deflated = |data: &[u8]| {
            let mut encoder = flate2::read::ZlibEncoder::new(data, flate2::Compression::default());
            let mut encoded = Vec::new();
            encoder.read_to_end(&mut encoded).unwrap();
            encoded
        };
        let packed = |data: &[u8], early: bool| {
            let make = if early { weezl::encode::Encoder::with_tiff_size_switch } else { weezl::encode::Encoder::new };
            make(BitOrder::Msb, 8).encode(data).unwrap()
        };
        let text: Vec<u8> = (0..20_000_u32).flat_map(|n| (n * n % 977).to_string().into_bytes()).collect();
        let rows: Vec<u8> = (0..700_u32).flat_map(|n| [n % 5, n, n * 3, n * 7, n / 2, 9, n * n, 1]).map(|byte| byte as u8).collect();
        let spoiled = [&deflated(&text)[..1000], b"spoiled"].concat();
        let cases: Vec<(&str, Vec<u8>)> = vec![
            ("<</Filter/FlateDecode>>", deflated(&text)),
            ("<</Filter/FlateDecode>>", deflated(b"")),
            ("<</Filter/FlateDecode>>", spoiled),
            ("<</Filter/FlateDecode>>", [b"xx", &deflated(&text)[2..]].concat()),
            ("<</Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 7>>>>", deflated(&rows)),
            ("<</Filter/FlateDecode/DecodeParms<</Predictor 15/Columns 7/Colors 3>>>>", deflated(&rows[..22 * 200])),
            ("<</Filter/FlateDecode/DecodeParms<</Predictor 10/Columns 1/Colors 7>>>>", deflated(&rows)),
            ("<</Filter/FlateDecode/DecodeParms<</Predictor 15/Columns 28/BitsPerComponent 2>>>>", deflated(&rows)),
            ("<</Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 8>>>>", deflated(&rows)),
            ("<</Filter/FlateDecode/DecodeParms<</Predictor 2/Columns 4/Colors 2>>>>", deflated(&rows)),
            ("<</Filter[/ASCIIHexDecode/FlateDecode]/DecodeParms[null<</Predictor 12/Columns 7>>]>>", hex(&deflated(&rows))),
            ("<</Filter/LZWDecode>>", packed(&text, true)),
            ("<</Filter/LZWDecode/DecodeParms<</EarlyChange 0>>>>", packed(&text, false)),
            ("<</Filter/LZWDecode/DecodeParms<</Predictor 12/Columns 7>>>>", packed(&rows, true)),
            ("<</Filter/ASCII85Decode>>", b"9jqo^BlbD-BleB1DJ+*+F(f,q/0JhKF<GL>C\nj@.4Gp$d7F!,L7@<6@)/0JDEF<G%<+EV:2F!,~>".to_vec()),
            ("<</Filter/ASCII85Decode>>", b"z!!!!!zz9jq~>".to_vec()),
            ("<</Filter/ASCII85Decode>>", b"9z~>".to_vec()),
            ("<</Filter/ASCII85Decode>>", b"uuuuu~>".to_vec()),
            ("<</Filter/ASCIIHexDecode>>", b"61 6 2\n7>".to_vec()),
            ("<</Filter/ASCIIHexDecode>>", b"61x>".to_vec()),
            ("<</Filter/RunLengthDecode>>", vec![2, 1, 2, 3, 250, 9, 0, 7, 128, 1]),
            ("<</Filter/RunLengthDecode>>", vec![5, 1, 2]),
        ];
        for (text, data) in cases {
            let ours = decode(&dictionary(text.as_bytes()), data.clone(), 2 << 20).ok();
            assert!(ours == second_opinion(text, &data), "{text}: {:?}", ours.map(|ours| ours.len()));
        }
    }

    fn hex(data: &[u8]) -> Vec<u8> {
        data.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect()
    }

    #[test]
    fn bombs_are_bounded() {
        let mut bomb = Vec::new();
        flate2::read::ZlibEncoder::new(std::io::repeat(0).take(50 << 20), flate2::Compression::best()).read_to_end(&mut bomb).unwrap();
        let limit = |text: &str, data: Vec<u8>| decode(&dictionary(text.as_bytes()), data, 100_000).unwrap_err().code();
        assert_eq!(limit("<</Filter/Fl>>", bomb), Code::Limit);
        assert_eq!(limit("<</Filter/A85>>", vec![b'z'; 30_000]), Code::Limit);
        assert_eq!(limit("<</Filter/RL>>", vec![129; 2000]), Code::Limit);
        let packed = weezl::encode::Encoder::with_tiff_size_switch(BitOrder::Msb, 8).encode(&vec![0; 1 << 20]).unwrap();
        assert_eq!(limit("<</Filter/LZW>>", packed), Code::Limit);
        assert_eq!(limit(&format!("<</Filter[{}]>>", "/AHx".repeat(100)), vec![]), Code::Limit);
    }
}
