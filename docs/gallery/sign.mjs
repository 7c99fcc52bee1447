// Signs the documents of the gallery: sign.mjs FOLDER. The options are those in README.md. Each block of code before a picture is
// one signature's options, or a list of them for several signers.
//
// FOLDER has the documents and the input files that make.py writes. It receives a signed document for each picture, the boxes, and the
// key and certificate for the signers of tests/peers/visible.
import { generateKeyPairSync, sign as signRaw } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const folder = process.argv[2];
const { selfSigned, signWith, inspect } = await import(
	pathToFileURL(join(import.meta.dirname, "../../bindings/node/dist/node.js"))
);
process.removeAllListeners("warning"); // The self-signed certificate is one.
const signingTime = new Date("2026-11-29T14:05:07Z");
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const sign = (data, { digestAlgorithm }) => signRaw(digestAlgorithm, data, privateKey);

// A fixed serial number, because a QR code shows it.
const { der: certificate, pem } = await selfSigned(
	{
		subject: "CN=Zoë Müller-Łukasiewicz,O=Example GmbH,C=DE",
		publicKey,
		signingTime: new Date("2026-01-01T00:00:00Z"),
		entropy: new Uint8Array(32).fill(0x5a),
	},
	sign,
);
writeFileSync(join(folder, "signer.pem"), pem);
writeFileSync(join(folder, "signer.key"), privateKey.export({ type: "pkcs8", format: "pem" }));

/** Bytes of an input file, or of a font of Debian. */
function file(name) {
	const fonts = ["noto", "droid", "wqy"].map((family) => join("/usr/share/fonts/truetype", family));
	return new Uint8Array(readFileSync([folder, ...fonts].map((place) => join(place, name)).find(existsSync) ?? name));
}

/** The regular and the bold font of Noto Sans for a script. */
const noto = (script) => ({
	regular: file(`NotoSans${script}-Regular.ttf`),
	bold: file(`NotoSans${script}-Bold.ttf`),
});
const handwriting = JSON.parse(readFileSync(join(folder, "handwriting.json"), "utf8"));

const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
const blocks = /(?:<!-- page: (?<page>[\w-]+) -->\s+)?```js\n(?<code>[^`]*)```\s+!\[[^\]]*\]\((?<name>[\w-]+)\.png\)/g;
const boxes = {};
for (const { groups } of readme.matchAll(blocks)) {
	const options = new Function("file", "noto", "handwriting", `return (${groups.code});`)(file, noto, handwriting);
	let pdf = file(`${groups.page ?? "blank"}.pdf`);
	const signed = [];
	for (const one of [options].flat()) {
		try {
			pdf = signWith(pdf, certificate, sign, null, { signingTime, ...one });
		} catch (error) {
			throw new Error(`${groups.name}: ${error.message}`, { cause: error });
		}
		signed.push(`${groups.name}-${signed.length}.pdf`);
		writeFileSync(join(folder, signed.at(-1)), pdf);
	}
	boxes[groups.name] = {
		page: groups.page ?? "blank",
		files: signed,
		fields: inspect(pdf).fields,
	};
}
writeFileSync(join(folder, "signed.json"), JSON.stringify(boxes, null, "\t"));
