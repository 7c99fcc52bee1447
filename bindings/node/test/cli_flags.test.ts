import { Command } from "commander";
import { expect, test } from "vitest";
import { addAppearanceFlags } from "../src/cli/appearance.js";
import { addSigningFlags, signingOptions } from "../src/cli/flags.js";
import { SIGNING_FLAGS } from "../src/cli/flags_generated.js";

const parsed = (line: string) => {
	const command = addAppearanceFlags(addSigningFlags(new Command())).exitOverride();
	return signingOptions(command.parse(line.split(" ").filter(Boolean), { from: "user" }).opts());
};

test("flags keep their names, and set the options of the core", () => {
	const line = `--no-pades --digest-algorithm sha256 --signature-algorithm rsa-pkcs1 --field-name Seal --existing-field --page 1 --name Ann
		--reason because --location Rome --contact-info ann@example.org --certify 2 --lock-action include --lock-field A --lock-field B
		--policy-oid 1.2.3 --policy-digest-algorithm sha512 --policy-digest abcd --policy-uri https://example.org/p
		--commitment-type proof-of-origin --signer-role clerk --signer-role notary --utc-offset-minutes -330 --signing-time-attribute --container-size 20000
		--clear-need-appearances --strict --complete-chain --no-check-signature --level B-LT --minimum-level B-T --timestamp-digest-algorithm sha384 --timestamp-policy 1.2.3
		--timestamp-size 20000 --validation-prefer crl --no-validation-online --validation-revocation-age 60 --validation-max-crl 1000
		--validation-ocsp-nonce`;
	expect(parsed(line.replace(/\s+/g, " "))).toEqual({
		pades: false,
		digestAlgorithm: "sha256",
		signatureAlgorithm: "rsa-pkcs1",
		fieldName: "Seal",
		existingField: true,
		page: 1,
		name: "Ann",
		reason: "because",
		location: "Rome",
		contactInfo: "ann@example.org",
		certify: 2,
		lock: { action: "include", fields: ["A", "B"] },
		policy: { oid: "1.2.3", digestAlgorithm: "sha512", digest: "abcd", uri: "https://example.org/p" },
		commitmentType: "proof-of-origin",
		signerRoles: ["clerk", "notary"],
		utcOffsetMinutes: -330,
		signingTimeAttribute: true,
		containerSize: 20000,
		clearNeedAppearances: true,
		strict: true,
		completeChain: true,
		checkSignature: false,
		level: "B-LT",
		minimumLevel: "B-T",
		timestamp: { digestAlgorithm: "sha384", policy: "1.2.3", size: 20000 },
		validation: { prefer: "crl", online: false, revocationAge: 60, maxCrl: 1000, ocspNonce: true },
	});
	for (const { flag } of SIGNING_FLAGS) expect(line).toContain(flag.split(" ")[0]);
});

test("flags of a visible signature set the option, and make it visible", () => {
	const position = { corner: "top-left" };
	expect(parsed("--visible")).toEqual({ appearance: {} });
	expect(parsed("--page last --rect 1,2.5,30,40 --unit mm --text {name} --qr {serial} --language de")).toEqual({
		page: -1,
		appearance: { rect: [1, 2.5, 30, 40], unit: "mm", text: "{name}", qr: "{serial}", language: "de" },
	});
	expect(parsed("--position top-left")).toEqual({ appearance: { position } });
	expect(parsed("--rect 1,,x")).toEqual({ appearance: { rect: [1, Number.NaN, Number.NaN] } });
});

test("a page and empty fields make nothing visible", () => {
	const json = `{"name":"Fourth","rect":[1,2,3,4],"unit":"mm"}`;
	expect(
		parsed(`--page 2 --empty-field Second --empty-field Third:last:top-left --empty-field X::top-right --empty-field ${json}`),
	).toEqual({
		page: 2,
		emptyFields: [
			{ name: "Second" },
			{ name: "Third", page: -1, position: { corner: "top-left" } },
			{ name: "X", position: { corner: "top-right" } },
			{ name: "Fourth", rect: [1, 2, 3, 4], unit: "mm" },
		],
	});
});

test("a flag that is not given sets no option", () => expect(parsed("")).toEqual({}));
