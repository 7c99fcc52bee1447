#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    rustpdf_appearance::fuzzing::png(data);
});
