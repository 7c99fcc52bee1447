//! Labels of languages.

use crate::error::{Code, Result};

/// Labels of a language.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Language {
    /// BCP 47 tag, in lower case.
    tag: &'static str,
    pub(crate) signed_by: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) location: &'static str,
    /// Text between a label and its value.
    pub(crate) separator: &'static str,
}

const fn of(tag: &'static str, signed_by: &'static str, reason: &'static str, location: &'static str) -> Language {
    Language { tag, signed_by, reason, location, separator: ": " }
}

const fn separated(separator: &'static str, language: Language) -> Language {
    Language { separator, ..language }
}

/// The official languages of the European Union, then others.
const LANGUAGES: [Language; 33] = [
    of("bg", "Цифрово подписано от", "Причина", "Място"),
    of("cs", "Digitálně podepsal(a)", "Důvod", "Místo"),
    of("da", "Digitalt underskrevet af", "Årsag", "Sted"),
    of("de", "Digital signiert von", "Grund", "Ort"),
    of("el", "Ψηφιακά υπογεγραμμένο από", "Λόγος", "Τόπος"),
    of("en", "Digitally signed by", "Reason", "Location"),
    of("es", "Firmado digitalmente por", "Motivo", "Lugar"),
    of("et", "Digitaalselt allkirjastanud", "Põhjus", "Asukoht"),
    of("fi", "Digitaalisesti allekirjoittanut", "Syy", "Paikka"),
    separated("\u{a0}: ", of("fr", "Signé numériquement par", "Motif", "Lieu")),
    of("ga", "Sínithe go digiteach ag", "Cúis", "Áit"),
    of("hr", "Digitalno potpisao/la", "Razlog", "Mjesto"),
    of("hu", "Digitálisan aláírta", "Indok", "Hely"),
    of("it", "Firmato digitalmente da", "Motivo", "Luogo"),
    of("lt", "Skaitmeniniu būdu pasirašė", "Priežastis", "Vieta"),
    of("lv", "Digitāli parakstīja", "Iemesls", "Vieta"),
    of("mt", "Iffirmat diġitalment minn", "Raġuni", "Post"),
    of("nl", "Digitaal ondertekend door", "Reden", "Plaats"),
    of("pl", "Podpisano cyfrowo przez", "Powód", "Miejsce"),
    of("pt", "Assinado digitalmente por", "Motivo", "Local"),
    of("ro", "Semnat digital de", "Motiv", "Loc"),
    of("sk", "Digitálne podpísal(a)", "Dôvod", "Miesto"),
    of("sl", "Digitalno podpisal(a)", "Razlog", "Kraj"),
    of("sv", "Digitalt signerat av", "Orsak", "Plats"),
    of("ar", "موقّع رقميًا من قبل", "السبب", "المكان"),
    of("hi", "डिजिटल हस्ताक्षर", "कारण", "स्थान"),
    separated("：", of("ja", "電子署名者", "理由", "場所")),
    of("ko", "디지털 서명자", "사유", "장소"),
    of("no", "Digitalt signert av", "Årsak", "Sted"),
    of("tr", "Dijital olarak imzalayan", "Neden", "Yer"),
    of("uk", "Підписано цифровим підписом", "Причина", "Місце"),
    separated("：", of("zh-hans", "数字签名者", "原因", "地点")),
    separated("：", of("zh-hant", "數位簽章者", "原因", "地點")),
];

/// The labels of a BCP 47 tag. A region or a script that makes no difference is passed over.
///
/// Errors: `ERR_OPTION_VALUE`.
pub(crate) fn language(tag: &str) -> Result<&'static Language> {
    let lower = tag.to_ascii_lowercase().replace('_', "-");
    let mut subtags = lower.split('-');
    let primary = match subtags.next().unwrap_or("") {
        "zh" => {
            let traditional = subtags.find_map(|subtag| match subtag {
                "hant" | "tw" | "hk" | "mo" => Some(true),
                "hans" | "cn" | "sg" => Some(false),
                _ => None,
            });
            if traditional == Some(true) { "zh-hant" } else { "zh-hans" }
        }
        "nb" | "nn" => "no",
        primary => primary,
    };
    LANGUAGES.iter().find(|language| language.tag == primary).ok_or_else(|| {
        let known: Vec<_> = LANGUAGES.iter().map(|language| language.tag).collect();
        Code::OptionValue
            .because(format!("`appearance.language` is none of {}", known.join(", ")))
            .with_remedy("Choose one of these, and give the texts of your language in `labels`.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_find_their_language() {
        for (tag, found) in [
            ("en", "en"),
            ("DE", "de"),
            ("pt-BR", "pt"),
            ("nb", "no"),
            ("zh", "zh-hans"),
            ("zh-Hant", "zh-hant"),
            ("zh-TW", "zh-hant"),
            ("zh-Hans-HK", "zh-hans"),
            ("zh_HK", "zh-hant"),
        ] {
            assert_eq!(language(tag).unwrap().tag, found);
        }
        assert!(language("xx").unwrap_err().found().contains("bg, cs, da"));
        assert!(language("").is_err());
    }
}
