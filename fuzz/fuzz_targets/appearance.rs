#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    rustpdf_core::fuzzing::appearance(data);
});
