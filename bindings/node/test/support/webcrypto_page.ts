/** Runs in a browser or another runtime: signs with a key that cannot be taken out of it. A text, since it is sent there. */
export const signInside = `
async ({ pdf, certificate, chain, pkcs8, rustpdf }) => {
	const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
	const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
	const key = await crypto.subtle.importKey("pkcs8", bytes(pkcs8), algorithm, false, ["sign"]);
	const kept = await crypto.subtle.exportKey("pkcs8", key).then(() => false, () => true);
	const signer = rustpdf.webCryptoKey({ key, certificate: bytes(certificate) }).sign;
	const signed = await rustpdf.signWith(bytes(pdf), bytes(certificate), signer, chain, { pades: true });
	let refused = "";
	try { rustpdf.signWith(new Uint8Array([1, 2, 3]), bytes(certificate), () => new Uint8Array()); } catch (error) { refused = error.code; }
	// A Blob, as a page gets a File: only what has to be appended comes back.
	const blob = new Blob([bytes(pdf)]);
	const progress = new Set();
	const { update, report } = await rustpdf.signFileWith(blob, null, bytes(certificate), signer, chain, { onProgress: ({ phase }) => progress.add(phase) });
	const appended = new Uint8Array(await new Blob([blob, update]).arrayBuffer());
	const path = await rustpdf.signFileWith("none.pdf", null, bytes(certificate), signer, chain).catch((error) => error.code);
	const visible = await rustpdf.signWith(bytes(pdf), bytes(certificate), signer, chain, { appearance: { position: { width: 150 } } });
	const text = (of) => btoa(Array.from(of, (byte) => String.fromCharCode(byte)).join(""));
	const plain = Object.getPrototypeOf(signed) === Uint8Array.prototype;
	return { engine: rustpdf.engine(), kept, refused, plain, signed: text(signed), appended: text(appended), visible: text(visible), copy: report.copy, progress: [...progress].join(" "), path };
}
`;

/** What is told of the engine and of the Blob, wherever it was signed: the native core is for Node. */
export const streamed = { engine: "wasm", copy: "none", progress: "read digest sign" };
