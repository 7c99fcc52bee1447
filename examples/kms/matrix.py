#!/usr/bin/env python3
"""The table of key stores: store x algorithm x language. Each cell is a document that the store signed through its client library.

    matrix.py FOLDER [--full]

The tests of each language put their documents into FOLDER (RUSTPDF_KEYSTORES) as LANGUAGE--STORE--KIND--ALGORITHM.pdf. pdfsig and pyHanko judge one
document of each cell, and DSS one of each store and algorithm; with --full all three judge each document. Debian's pdfsig and DSS know no Ed25519. Exit
status 1: a cell is empty, or a judge does not accept.
"""
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
JUDGES = HERE.parent.parent / "tests/judges"
PKI = HERE.parent.parent / "tests/pki/certificates"
LANGUAGES = ["TypeScript", "Python", "Go"]
RSA = [f"rsa-{padding}-sha{bits}" for padding in ("pkcs1", "pss") for bits in (256, 384, 512)]
CURVES = ["ecdsa-sha256", "ecdsa-sha384", "ecdsa-sha512"]
# Algorithms by which each store signs; why not by the others.
STORES = {
    "pkcs11": ("PKCS #11 (SoftHSM)", [*RSA, *CURVES, "ed25519-sha512"], {}),
    "aws-kms": ("AWS KMS (moto)", [*RSA, *CURVES, "ed25519-sha512"], {}),
    "azure-key-vault": ("Azure Key Vault (stand-in)", [*RSA, *CURVES], {"ed25519-sha512": "no such key"}),
    "google-kms": ("Google Cloud KMS (stand-in)", ["rsa-pkcs1-sha256", "rsa-pkcs1-sha512", "rsa-pss-sha256", "rsa-pss-sha512", *CURVES[:2], "ed25519-sha512"],
                   {"rsa-pkcs1-sha384": "no such key", "rsa-pss-sha384": "no such key", "ecdsa-sha512": "no P-521"}),
    "vault": ("OpenBao", [*RSA, *CURVES, "ed25519-sha512"], {}),
}
# RSA by each digest is the same code in each adapter: PKCS #11 tries it in fewer languages.
OPTIONAL = {("TypeScript", "pkcs11", "rsa-pkcs1-sha384"), ("TypeScript", "pkcs11", "rsa-pkcs1-sha512")}


def judged(files, names):
    """What each judge says of each file: `{file: {judge: reason or None}}`."""
    if not files:
        return {}
    words = [JUDGES / "venv/bin/python", JUDGES / "judge.py", "--root", PKI / "root.pem", "--crl", PKI / "root.crl", "--crl", PKI / "issuing.crl", "--json", "--only", ",".join(names), *files]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    said = [json.loads(line) for line in done.stdout.splitlines()]
    if len(said) != len(files):
        raise SystemExit(f"the judges said something of {len(said)} documents instead of {len(files)}: {done.stderr[-500:]}")
    return {one["file"]: {name: None if verdict["ok"] else verdict["reason"] or "not accepted" for name, verdict in one["verdicts"].items()} for one in said}


def main():
    folder, full = Path(sys.argv[1]), "--full" in sys.argv
    cells = {}
    for path in sorted(folder.glob("*.pdf")):
        language, store, _kind, algorithm = path.stem.split("--")
        cells.setdefault((store, algorithm, language), []).append(str(path))
    chosen = {cell: files if full else files[:1] for cell, files in cells.items()}
    plain = [file for (_, algorithm, _), files in chosen.items() for file in files if not algorithm.startswith("ed25519")]
    edwards = [file for (_, algorithm, _), files in chosen.items() for file in files if algorithm.startswith("ed25519")]
    firsts = {}
    for (store, algorithm, _), files in chosen.items():
        if not algorithm.startswith("ed25519"):
            firsts.setdefault((store, algorithm), files[0])
    verdicts = {**judged(plain, ["pdfsig", "pyhanko"]), **judged(edwards, ["pyhanko"])}
    for file, said in judged(plain if full else list(firsts.values()), ["dss"]).items():
        verdicts[file].update(said)
    faults = [f"{Path(file).name}: {judge}: {reason}" for file, said in verdicts.items() for judge, reason in said.items() if reason]

    columns = [*RSA, *CURVES, "ed25519-sha512"]
    print(f"{'':28}{'':12}" + "".join(f"{name.replace('-sha', ' ').replace('ed25519 512', 'ed25519'):>15}" for name in columns))
    for store, (title, algorithms, missing) in STORES.items():
        for language in LANGUAGES:
            row = []
            for algorithm in columns:
                files = cells.get((store, algorithm, language), [])
                row.append(str(len(files)) if files else missing.get(algorithm, "-"))
                if algorithm in algorithms and not files and (language, store, algorithm) not in OPTIONAL:
                    faults.append(f"{title}, {language}: nothing was signed by {algorithm}")
            print(f"{title:28}{language:12}" + "".join(f"{text:>15}" for text in row))
    print("Numbers are documents. .NET has AWS KMS and PKCS #11 as source: their libraries cannot be had here, and its tests use stand-ins.")
    print(f"{len(verdicts)} documents were judged: {sum(len(said) for said in verdicts.values())} verdicts, {len(faults)} faults")
    for fault in faults:
        print(f"FAILED  {fault}")
    return 1 if faults else 0


sys.exit(main())
