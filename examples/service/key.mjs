// The side that has the key, and never sees a document: an HTTP server before a PKCS#11 token.
//
//     PKCS11_PIN=… SERVICE_SECRET=… node key.mjs PORT MODULE.so TOKEN KEY certificate.pem chain.pem
//
//     GET  /certificate, /chain    PEM
//     POST /sign                   a request as JSON, bytes in hexadecimal; the raw signature comes back
import { timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { openPkcs11Key } from "rustpdf/pkcs11";

const [port, module, token, name, certificate, chain] = process.argv.slice(2);
const { PKCS11_PIN: pin, SERVICE_SECRET: secret } = process.env;
if (!secret) throw new Error("SERVICE_SECRET is not set: anybody could sign");
const key = openPkcs11Key({ module, token, key: name, pin });
const MOST = 64 * 1024; // a request has some kilobytes at the most: the roles that a signer claims are in it

/** Whether who asks knows the secret. */
function isKnown({ headers }) {
	const given = Buffer.from(headers.authorization ?? "");
	const wanted = Buffer.from(`Bearer ${secret}`);
	return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function bodyOf(request) {
	const pieces = [];
	let length = 0;
	for await (const piece of request) {
		length += piece.length;
		if (length > MOST) throw new RangeError("the request is too large");
		pieces.push(piece);
	}
	return Buffer.concat(pieces);
}

/** The request as `rustpdf/pkcs11` takes it. */
function requestOf(json) {
	const bytes = (hex) => (hex === undefined ? undefined : Buffer.from(hex, "hex"));
	return { ...json, data: bytes(json.data), digest: bytes(json.digest), digestInfo: bytes(json.digestInfo) };
}

const server = createServer(async (request, response) => {
	const answer = (status, body, type = "text/plain") => response.writeHead(status, { "content-type": type }).end(body);
	try {
		if (!isKnown(request)) return answer(401, "who are you?");
		switch (`${request.method} ${request.url}`) {
			case "GET /certificate":
				return answer(200, readFileSync(certificate), "application/x-pem-file");
			case "GET /chain":
				return answer(200, readFileSync(chain), "application/x-pem-file");
			case "POST /sign": {
				const asked = requestOf(JSON.parse(await bodyOf(request)));
				return answer(200, key.sign(asked.data, asked), "application/octet-stream");
			}
			default:
				return answer(404, "there is no such thing");
		}
	} catch (error) {
		return answer(error instanceof SyntaxError || error instanceof RangeError ? 400 : 502, error.message);
	}
});
process.once("SIGTERM", () => {
	server.close(() => key.close());
	server.closeIdleConnections();
});
server.listen(Number(port), "127.0.0.1", () => console.log(`key: http://127.0.0.1:${server.address().port}`));
