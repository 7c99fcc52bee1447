//! What each key store is called with: the one table, from which the adapters of every language are written.

use std::fmt::Write;

/// Part of a signing request that a key store signs.
#[derive(Clone, Copy)]
enum Input {
    Data,
    Digest,
    DigestInfo,
}

impl Input {
    /// Name of the field of a request.
    fn name(self) -> &'static str {
        match self {
            Input::Data => "data",
            Input::Digest => "digest",
            Input::DigestInfo => "digestInfo",
        }
    }
}

/// Form in which a key store returns an ECDSA signature.
#[derive(Clone, Copy)]
enum Answer {
    Der,
    /// r and s, one after the other.
    Fixed,
}

impl Answer {
    fn name(self) -> &'static str {
        match self {
            Answer::Der => "der",
            Answer::Fixed => "fixed",
        }
    }
}

/// How a key store makes signatures by one algorithm.
struct Way {
    /// Name of the algorithm in a request.
    algorithm: &'static str,
    input: Input,
    /// The store's name for the scheme, where that is apart from the digest.
    scheme: Option<&'static str>,
    /// The store's names, by SHA-256, SHA-384 and SHA-512. None where it does not sign by it.
    names: [Option<&'static str>; 3],
    /// Most bytes of the input.
    most: Option<u32>,
}

/// A key store.
struct Store {
    name: &'static str,
    title: &'static str,
    ecdsa: Answer,
    ways: &'static [Way],
}

const fn way(algorithm: &'static str, input: Input, scheme: Option<&'static str>, names: [Option<&'static str>; 3]) -> Way {
    Way { algorithm, input, scheme, names, most: None }
}

/// The names of Vault's digests.
const SHA2: [Option<&str>; 3] = [Some("sha2-256"), Some("sha2-384"), Some("sha2-512")];
/// The names of digests of OpenSSL.
const PLAIN: [Option<&str>; 3] = [Some("sha256"), Some("sha384"), Some("sha512")];
/// The names of digests of WebCrypto.
const WEB: [Option<&str>; 3] = [Some("SHA-256"), Some("SHA-384"), Some("SHA-512")];

/// In all of them the salt of PSS is as long as the digest, and its mask by the same digest.
const STORES: [Store; 7] = [
    Store {
        name: "pkcs11",
        title: "PKCS #11",
        ecdsa: Answer::Fixed,
        ways: &[
            way("rsa-pkcs1", Input::DigestInfo, None, [Some("CKM_RSA_PKCS"); 3]),
            way("rsa-pss", Input::Digest, None, [Some("CKM_RSA_PKCS_PSS"); 3]),
            way("ecdsa", Input::Digest, None, [Some("CKM_ECDSA"); 3]),
            way("ed25519", Input::Data, None, [Some("CKM_EDDSA"); 3]),
        ],
    },
    Store {
        name: "aws-kms",
        title: "AWS KMS",
        ecdsa: Answer::Der,
        ways: &[
            way(
                "rsa-pkcs1",
                Input::Digest,
                None,
                [Some("RSASSA_PKCS1_V1_5_SHA_256"), Some("RSASSA_PKCS1_V1_5_SHA_384"), Some("RSASSA_PKCS1_V1_5_SHA_512")],
            ),
            way("rsa-pss", Input::Digest, None, [Some("RSASSA_PSS_SHA_256"), Some("RSASSA_PSS_SHA_384"), Some("RSASSA_PSS_SHA_512")]),
            way("ecdsa", Input::Digest, None, [Some("ECDSA_SHA_256"), Some("ECDSA_SHA_384"), Some("ECDSA_SHA_512")]),
            Way { algorithm: "ed25519", input: Input::Data, scheme: None, names: [None, None, Some("ED25519_SHA_512")], most: Some(4096) },
        ],
    },
    Store {
        name: "azure-key-vault",
        title: "Azure Key Vault",
        ecdsa: Answer::Fixed,
        ways: &[
            way("rsa-pkcs1", Input::Digest, None, [Some("RS256"), Some("RS384"), Some("RS512")]),
            way("rsa-pss", Input::Digest, None, [Some("PS256"), Some("PS384"), Some("PS512")]),
            way("ecdsa", Input::Digest, None, [Some("ES256"), Some("ES384"), Some("ES512")]),
        ],
    },
    // Scheme and digest belong to a key version; `*` stands for its size.
    Store {
        name: "google-kms",
        title: "Google Cloud KMS",
        ecdsa: Answer::Der,
        ways: &[
            way("rsa-pkcs1", Input::Digest, None, [Some("RSA_SIGN_PKCS1_*_SHA256"), None, Some("RSA_SIGN_PKCS1_*_SHA512")]),
            way("rsa-pss", Input::Digest, None, [Some("RSA_SIGN_PSS_*_SHA256"), None, Some("RSA_SIGN_PSS_*_SHA512")]),
            way("ecdsa", Input::Digest, None, [Some("EC_SIGN_P256_SHA256"), Some("EC_SIGN_P384_SHA384"), None]),
            way("ed25519", Input::Data, None, [None, None, Some("EC_SIGN_ED25519")]),
        ],
    },
    // Unasked, an RSA key signs PSS with the largest salt.
    Store {
        name: "vault",
        title: "OpenBao or Vault",
        ecdsa: Answer::Der,
        ways: &[
            way("rsa-pkcs1", Input::Digest, Some("pkcs1v15"), SHA2),
            way("rsa-pss", Input::Digest, Some("pss"), SHA2),
            way("ecdsa", Input::Digest, None, SHA2),
            way("ed25519", Input::Data, None, SHA2),
        ],
    },
    Store {
        name: "key-object",
        title: "Node",
        ecdsa: Answer::Der,
        ways: &[
            way("rsa-pkcs1", Input::Data, Some("RSA_PKCS1_PADDING"), PLAIN),
            way("rsa-pss", Input::Data, Some("RSA_PKCS1_PSS_PADDING"), PLAIN),
            way("ecdsa", Input::Data, None, PLAIN),
            way("ed25519", Input::Data, None, PLAIN),
        ],
    },
    Store {
        name: "web-crypto",
        title: "WebCrypto",
        ecdsa: Answer::Fixed,
        ways: &[
            way("rsa-pkcs1", Input::Data, Some("RSASSA-PKCS1-v1_5"), WEB),
            way("rsa-pss", Input::Data, Some("RSA-PSS"), WEB),
            way("ecdsa", Input::Data, Some("ECDSA"), WEB),
            way("ed25519", Input::Data, Some("Ed25519"), WEB),
        ],
    },
];

/// The store's names with their digest algorithms.
fn by_digest(names: &[Option<&'static str>; 3]) -> impl Iterator<Item = (&'static str, &'static str)> {
    ["sha256", "sha384", "sha512"].into_iter().zip(*names).filter_map(|(digest, name)| Some((digest, name?)))
}

/// A key of an object: in quotation marks where it is no name of TypeScript.
fn property(name: &str) -> String {
    if name.contains('-') { format!("\"{name}\"") } else { name.to_owned() }
}

/// The table for TypeScript.
pub fn typescript() -> String {
    let mut file = String::from(
        "// What each key store is called with. Generated from the table of crates/generate by scripts/generate.sh.\n\n\
         import type { DigestAlgorithm, SignatureAlgorithm } from \"../generated.js\";\n\n\
         /** How a key store makes signatures by one algorithm. */\nexport interface Way {\n\
         \t/** Part of the request that it signs. */\n\treadonly input: \"data\" | \"digest\" | \"digestInfo\";\n\
         \t/** Its name for the scheme, where that is apart from the digest. */\n\treadonly scheme?: string;\n\
         \t/** Its names by digest algorithms. */\n\treadonly names: { readonly [Name in DigestAlgorithm]?: string };\n\
         \t/** Most bytes of the input. */\n\treadonly most?: number;\n}\n\n\
         /** A key store. */\nexport interface KeyStore {\n\
         \t/** Name for people. */\n\treadonly title: string;\n\
         \t/** Form of its ECDSA signatures. */\n\treadonly ecdsa: \"der\" | \"fixed\";\n\
         \t/** What it signs by. */\n\treadonly ways: { readonly [Name in SignatureAlgorithm]?: Way };\n}\n\n\
         /** All key stores by their names. */\nexport const KEY_STORES = {\n",
    );
    for Store { name, title, ecdsa, ways } in &STORES {
        let ecdsa = ecdsa.name();
        let _ = writeln!(file, "\t{}: {{\n\t\ttitle: \"{title}\",\n\t\tecdsa: \"{ecdsa}\",\n\t\tways: {{", property(name));
        for Way { algorithm, input, scheme, names, most } in *ways {
            let input = input.name();
            let names: Vec<String> = by_digest(names).map(|(digest, name)| format!("{digest}: \"{name}\"")).collect();
            let _ = writeln!(file, "\t\t\t{}: {{\n\t\t\t\tinput: \"{input}\",", property(algorithm));
            if let Some(scheme) = scheme {
                let _ = writeln!(file, "\t\t\t\tscheme: \"{scheme}\",");
            }
            let _ = writeln!(file, "\t\t\t\tnames: {{ {} }},", names.join(", "));
            if let Some(most) = most {
                let _ = writeln!(file, "\t\t\t\tmost: {most},");
            }
            file += "\t\t\t},\n";
        }
        file += "\t\t},\n\t},\n";
    }
    file + "} as const satisfies Record<string, KeyStore>;\n"
}

/// The table for Python.
pub fn python() -> String {
    let mut file = String::from(
        "\"\"\"What each key store is called with. Generated from the table of crates/generate by scripts/generate.sh.\"\"\"\n\n\
         from __future__ import annotations\n\nfrom dataclasses import dataclass\nfrom typing import Literal, Mapping, Optional\n\n\n\
         @dataclass(frozen=True)\nclass Way:\n    \"\"\"How a key store makes signatures by one algorithm.\"\"\"\n\n\
         \u{20}   input: Literal[\"data\", \"digest\", \"digestInfo\"]\n    \"\"\"Part of the request that it signs.\"\"\"\n\
         \u{20}   names: Mapping[str, str]\n    \"\"\"Its names by digest algorithms.\"\"\"\n\
         \u{20}   scheme: Optional[str] = None\n    \"\"\"Its name for the scheme, where that is apart from the digest.\"\"\"\n\
         \u{20}   most: Optional[int] = None\n    \"\"\"Most bytes of the input.\"\"\"\n\n\n\
         @dataclass(frozen=True)\nclass KeyStore:\n    \"\"\"A key store.\"\"\"\n\n\
         \u{20}   title: str\n    \"\"\"Name for people.\"\"\"\n\
         \u{20}   ecdsa: Literal[\"der\", \"fixed\"]\n    \"\"\"Form of its ECDSA signatures.\"\"\"\n\
         \u{20}   ways: Mapping[str, Way]\n    \"\"\"What it signs by.\"\"\"\n\n\n\
         KEY_STORES: Mapping[str, KeyStore] = {\n",
    );
    for Store { name, title, ecdsa, ways } in &STORES {
        let _ = writeln!(file, "    \"{name}\": KeyStore(\n        \"{title}\",\n        \"{}\",\n        {{", ecdsa.name());
        for Way { algorithm, input, scheme, names, most } in *ways {
            let names: Vec<String> = by_digest(names).map(|(digest, name)| format!("\"{digest}\": \"{name}\"")).collect();
            let scheme = scheme.map(|scheme| format!(", scheme=\"{scheme}\"")).unwrap_or_default();
            let most = most.map(|most| format!(", most={most}")).unwrap_or_default();
            let (input, names) = (input.name(), names.join(", "));
            let _ = writeln!(file, "            \"{algorithm}\": Way(\"{input}\", {{{names}}}{scheme}{most}),");
        }
        file += "        },\n    ),\n";
    }
    file + "}\n"
}

/// The table for Go: one file for each of its modules, which know one key store each.
pub fn go(store: &str, package: &str) -> String {
    let found = STORES.iter().find(|one| one.name == store).expect("the store is in the table");
    let mut file = format!(
        "// Code generated from the table of crates/generate by scripts/generate.sh; DO NOT EDIT.\n\npackage {package}\n\n\
         import \"github.com/rustpdf/rustpdf-go/keystores\"\n\n\
         // table says what {} is called with.\nvar table = keystores.Table{{\n\tTitle: \"{}\",\n\tECDSA: \"{}\",\n\tWays: map[string]keystores.Way{{\n",
        found.title,
        found.title,
        found.ecdsa.name()
    );
    let widest = found.ways.iter().map(|way| way.algorithm.len()).max().unwrap_or_default();
    for Way { algorithm, input, scheme, names, most } in found.ways {
        let pad = " ".repeat(widest - algorithm.len()); // as gofmt has it
        let names: Vec<String> = by_digest(names).map(|(digest, name)| format!("\"{digest}\": \"{name}\"")).collect();
        let scheme = scheme.map(|scheme| format!(", Scheme: \"{scheme}\"")).unwrap_or_default();
        let most = most.map(|most| format!(", Most: {most}")).unwrap_or_default();
        let (input, names) = (input.name(), names.join(", "));
        let _ = writeln!(file, "\t\t\"{algorithm}\": {pad}{{Input: \"{input}\", Names: map[string]string{{{names}}}{scheme}{most}}},");
    }
    file + "\t},\n}\n"
}

/// The table for C#: the key stores of the adapters there.
pub fn csharp() -> String {
    let mut file = String::from(
        "// <auto-generated>Generated from the table of crates/generate by scripts/generate.sh.</auto-generated>\n#nullable enable\n\n\
         using System.Collections.Generic;\n\nnamespace RustPdf.KeyStores;\n\n\
         /// <summary>Part of a request that a key store signs.</summary>\ninternal enum StoreInput\n{\n    Data,\n    Digest,\n    DigestInfo,\n}\n\n\
         /// <summary>How a key store makes signatures by one algorithm.</summary>\n\
         /// <param name=\"Input\">Part of the request that it signs.</param>\n\
         /// <param name=\"Names\">Its names by digest algorithms.</param>\n\
         /// <param name=\"Most\">Most bytes of the input.</param>\n\
         internal sealed record StoreWay(StoreInput Input, IReadOnlyDictionary<DigestAlgorithm, string> Names, int? Most = null);\n\n\
         /// <summary>A key store.</summary>\n\
         /// <param name=\"Title\">Name for people.</param>\n\
         /// <param name=\"Ways\">Algorithms by which it signs.</param>\n\
         internal sealed record Store(string Title, IReadOnlyDictionary<SignatureAlgorithm, StoreWay> Ways);\n\n\
         /// <summary>Key stores of the adapters.</summary>\ninternal static class Table\n{",
    );
    let upper = |name: &str| name.split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect::<String>();
    for Store { name, title, ways, .. } in STORES.iter().filter(|store| ["aws-kms", "pkcs11"].contains(&store.name)) {
        let _ = writeln!(
            file,
            "\n    internal static readonly Store {} = new(\"{title}\", new Dictionary<SignatureAlgorithm, StoreWay>\n    {{",
            upper(name)
        );
        for Way { algorithm, input, names, most, .. } in *ways {
            let most = most.map(|most| format!(", {most}")).unwrap_or_default();
            let input = input.name();
            let input = input[..1].to_uppercase() + &input[1..];
            let _ = writeln!(
                file,
                "        [SignatureAlgorithm.{}] = new(StoreInput.{input}, new Dictionary<DigestAlgorithm, string>\n        {{",
                upper(algorithm)
            );
            for (digest, name) in by_digest(names) {
                let _ = writeln!(file, "            [DigestAlgorithm.{}] = \"{name}\",", upper(digest));
            }
            let _ = writeln!(file, "        }}{most}),");
        }
        file += "    });\n";
    }
    file + "}\n"
}
