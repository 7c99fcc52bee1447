import { describe, expect, test } from "vitest";
import { libraryNamed, parseUri } from "../src/pkcs11/uri.js";

const failure = (message: RegExp) => expect.objectContaining({ code: "ERR_PKCS11_URI", message: expect.stringMatching(message) });

describe("a PKCS #11 URI (RFC 7512)", () => {
	test.each([
		["pkcs11:", {}],
		["PKCS11:token=a", { token: "a" }],
		["pkcs11:?module-path=/m.so", { "module-path": "/m.so" }],
		// The examples of section 3, as far as they name private keys.
		[
			"pkcs11:object=my-sign-key;type=private?pin-source=file:/etc/token",
			{ object: "my-sign-key", type: "private", "pin-source": "file:/etc/token" },
		],
		[
			"pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;manufacturer=Snake%20Oil,%20Inc.;model=1.0;object=my-certificate;id=%69%95%3E%5C%F4%BD%EC%91;serial=?pin-source=file:/etc/token_pin",
			{
				token: "The Software PKCS#11 Softtoken",
				manufacturer: "Snake Oil, Inc.",
				model: "1.0",
				object: "my-certificate",
				id: Buffer.from("69953e5cf4bdec91", "hex"),
				serial: "",
				"pin-source": "file:/etc/token_pin",
			},
		],
		["pkcs11:slot-description=Sun%20Metaslot", { "slot-description": "Sun Metaslot" }],
		[
			"pkcs11:library-manufacturer=Snake%20Oil,%20Inc.;library-description=Soft%20Token%20Library;library-version=1.23",
			{ "library-manufacturer": "Snake Oil, Inc.", "library-description": "Soft Token Library", "library-version": "1.23" },
		],
		["pkcs11:token=Software%20PKCS%2311%20softtoken;slot-id=327", { token: "Software PKCS#11 softtoken", "slot-id": "327" }],
		["pkcs11:token=A%20name%20with%20a%20substring%20%25%3B", { token: "A name with a substring %;" }],
		["pkcs11:token=Name%20with%20a%20small%20A%20with%20acute:%20%C3%A1", { token: "Name with a small A with acute: á" }],
		["pkcs11:token=my-token?x-vendor=%&pin-source=a&x-vendor=b", { token: "my-token", "pin-source": "a" }],
		// Not as the grammar has them, and clear.
		["pkcs11:token=ä b&c/d?module-path=/a b.so", { token: "ä b&c/d", "module-path": "/a b.so" }],
		["pkcs11:token=a=b+c", { token: "a=b+c" }],
		["pkcs11:id=%00%ff", { id: Buffer.from([0, 255]) }],
	])("%s", (uri, expected) => {
		expect(parseUri(uri)).toEqual(expected);
	});

	test.each([
		["", /does not begin with pkcs11:/],
		["token=a", /does not begin with pkcs11:/],
		["pkcs11:token", /a part without name and value/],
		["pkcs11:token=a;", /a part without name and value/],
		["pkcs11:=a", /a part without name and value/],
		["pkcs11:token=a;token=b", /two attributes token/],
		["pkcs11:?pin-source=a&pin-source=b", /two attributes pin-source/],
		["pkcs11:x-vendor=a", /unknown attribute x-vendor; .*there are token, manufacturer/],
		["pkcs11:\u001b[31m=a", /unknown attribute \\u001b\[31m/],
		["pkcs11:token=%4", /token has a % without two hexadecimal digits/],
		["pkcs11:token=%zz", /token has a % without two hexadecimal digits/],
		["pkcs11:token=a#b", /token has a #; write %23/],
		["pkcs11:token=%ff", /token is not UTF-8/],
		["pkcs11:slot-id=1x", /slot-id is not a number/],
		["pkcs11:type=cert", /does not name a private key \(type\); write type=private/],
		["pkcs11:?module-path=/m.so&module-name=m", /module-path and module-name/],
		["pkcs11:token=a?pin-value=s3cret", /contains a PIN \(pin-value\); leave it out, and give `pin`, or pin-source=file:PATH/],
	])("not %s", (uri, message) => {
		expect(() => parseUri(uri)).toThrow(failure(message));
		expect(() => parseUri(uri)).not.toThrow(/s3cret/);
	});

	test("a module by its name", () => {
		expect(libraryNamed("softhsm2", "linux")).toBe("libsofthsm2.so");
		expect(libraryNamed("libsofthsm2", "linux")).toBe("libsofthsm2.so");
		expect(libraryNamed("libtpm2_pkcs11.so.1", "linux")).toBe("libtpm2_pkcs11.so.1");
		expect(libraryNamed("softhsm2", "darwin")).toBe("libsofthsm2.dylib");
		expect(libraryNamed("cryptoki", "win32")).toBe("cryptoki.dll");
	});
});
