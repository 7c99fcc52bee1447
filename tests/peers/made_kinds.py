"""Makes files of kinds that are rare: by qpdf what it can make, and by pyHanko signature fields with conditions."""
import subprocess

PASSWORDS = ["user", "owner"]
AES_128 = ["128", "--use-aes=y"]
# The kind, and what `qpdf --encrypt` takes for it behind the two passwords.
ENCRYPTIONS = {
    "RC4, 40 bits": ["40"],
    "RC4, 128 bits": ["128", "--use-aes=n"],
    "AES-128": AES_128,
    "AES-256, R5": ["256", "--force-R5"],
    "AES-256, R6": ["256"],
    "metadata left plain": [*AES_128, "--cleartext-metadata"],
}
PLAIN = ["classic", "field", "pages", "pdf-2.0", "tagged", "xref-stream"]


def make(documents, folder):
    """Kinds with their cases `{file, password, field}`."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds = {}

    def add(kind, file, password="", **more):
        kinds.setdefault(kind, []).append({"file": str(file), "password": password, **more})

    def qpdf(name, document, *words):
        target = folder / f"{name}-{document}.pdf".replace(" ", "-").replace(",", "")
        if not target.exists():
            subprocess.run(["qpdf", "--deterministic-id", *words, documents / f"{document}.pdf", target], check=True)
        return target

    def encrypted(kind, document, words, user="user"):
        # An identifier that depends on the content cannot be had here; qpdf draws the rest at random, too.
        target = folder / f"{kind}-{user or 'nobody'}-{document}.pdf".replace(" ", "-").replace(",", "").replace("'", "")
        if not target.exists():
            weak = [] if words[0] == "256" else ["--allow-weak-crypto"]
            subprocess.run(["qpdf", *weak, "--encrypt", user, "owner", *words, "--", documents / f"{document}.pdf", target], check=True)
        return target

    for document in PLAIN:
        add("linearized", qpdf("linearized", document, "--linearize"))
        add("object streams", qpdf("object-streams", document, "--object-streams=generate"))
        for kind, words in ENCRYPTIONS.items():
            add(kind, encrypted(kind, document, words), PASSWORDS[PLAIN.index(document) % 2])
        for kind in ("RC4, 128 bits", "AES-256, R6"):
            add("opened by the user's password", encrypted(kind, document, ENCRYPTIONS[kind]), "user")
            add("opened by the owner's password", encrypted(kind, document, ENCRYPTIONS[kind]), "owner")
        add("opened without a password", encrypted("AES-256, R6", document, ["256"], user=""))
    for document in ("classic", "pages", "pdf-2.0", "xref-stream"):
        target = folder / f"seed-{document}.pdf"
        conditions(documents / f"{document}.pdf", target)
        add("a field whose seed value asks for SHA-512", target, field="Conditions")
    add("an empty field, by name", documents / "field.pdf", field=only_field(documents / "field.pdf"))
    add("a field with a `/Lock`, by name", documents / "field-lock.pdf", field=only_field(documents / "field-lock.pdf"))
    return kinds


def only_field(path):
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.fields import enumerate_sig_fields
    with open(path, "rb") as file:
        return next(enumerate_sig_fields(PdfFileReader(file)))[0]


def conditions(source, target):
    """An empty field whose seed value demands SHA-512."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigFieldSpec, SigSeedValFlags, SigSeedValueSpec, append_signature_field
    if target.exists():
        return
    with open(source, "rb") as file:
        writer = IncrementalPdfFileWriter(file)
        seed = SigSeedValueSpec(flags=SigSeedValFlags.DIGEST_METHOD, digest_methods=["sha512"])
        append_signature_field(writer, SigFieldSpec("Conditions", seed_value_dict=seed))
        with open(target, "wb") as output:
            writer.write(output)
