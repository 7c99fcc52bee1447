//! Names and comments.

/// `digestAlgorithm`, `rsa-pkcs1` or `SignaturePolicy` as its words, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in name.chars() {
        if letter == '-' || letter == '_' || letter.is_uppercase() && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let (Some(word), true) = (words.last_mut(), letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase());
        }
    }
    words
}

/// `digest_algorithm`.
pub fn snake(name: &str) -> String {
    words(name).join("_")
}

/// `digest-algorithm`.
pub fn kebab(name: &str) -> String {
    words(name).join("-")
}

/// `DigestAlgorithm`.
pub fn pascal(name: &str) -> String {
    words(name).iter().map(|word| capital(word)).collect()
}

/// The same text with a capital letter in front.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The name of a code without its kind: `ERR_FILE_EMPTY` is `file_empty`.
pub fn code(code: &str) -> String {
    code.split_once('_').expect("a code names its kind").1.to_lowercase()
}

/// Words in lines of at most `width` characters.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A comment of whole lines that begin with `prefix`.
pub fn line_comment(text: &str, prefix: &str, width: usize) -> String {
    wrap(text, width - prefix.chars().count()).iter().map(|line| format!("{prefix}{line}\n")).collect()
}
