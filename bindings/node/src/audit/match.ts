import type { AuditRecord } from "../frames.js";
import { recordsOf } from "./verify.js";

/** A signature, as the log of a key store has it. */
export interface StoreEvent {
	readonly time: string;
	/** Identifier of the key, as the store logs it. */
	readonly keyId: string;
	/** The name by which the caller asked, where the log has that, too: an alias. */
	readonly askedAs?: string;
}

/** Signatures that the records and the log of a store have. */
export interface AuditMatch {
	readonly matched: number;
	readonly onlyInLog: StoreEvent[];
	readonly onlyInRecords: { readonly file: string; readonly line: number; readonly time: string; readonly keyId?: string }[];
}

/**
 * Pairs each request that reached the key with an event of the store: the same key, and times at most `within` seconds apart. A request that failed can
 * have reached the store or not: it needs no event, and explains one.
 */
export function matchAudit(directory: string, events: readonly StoreEvent[], within: number): AuditMatch {
	const records = recordsOf(directory);
	const failed = new Set(records.filter(({ record }) => record.event === "failed").map(({ file, record }) => `${file} ${record.asked}`));
	const asked = records.filter(({ record }) => record.event === "asked");
	const open = [...events].sort((one, other) => Date.parse(one.time) - Date.parse(other.time));
	const onlyInRecords: { file: string; line: number; time: string; keyId?: string }[] = [];
	let matched = 0;
	for (const { file, record } of asked.sort((one, other) => Date.parse(one.record.time) - Date.parse(other.record.time))) {
		const found = open.findIndex(
			({ askedAs, keyId, ...event }) =>
				[keyId, askedAs].some((name) => name !== undefined && isSameKey(name, record.keyId)) && apart(event, record) <= within * 1000,
		);
		if (found !== -1) {
			open.splice(found, 1);
			matched++;
		} else if (!failed.has(`${file} ${record.sequence}`)) {
			const { keyId, sequence, time } = record;
			onlyInRecords.push({ file, line: sequence + 1, time, ...(keyId != null && { keyId }) });
		}
	}
	return { matched, onlyInLog: open, onlyInRecords };
}

function apart(event: Pick<StoreEvent, "time">, record: AuditRecord): number {
	return Math.abs(Date.parse(event.time) - Date.parse(record.time));
}

/** A record can name a key by a URI, an alias or a part of what the store logs. */
function isSameKey(logged: string, recorded: string | null | undefined): boolean {
	if (recorded == null) return true;
	const short = recorded.replace(/^[a-z0-9]+:(\/\/)?[^/]*\/(?=.)/i, "").replace(/\?.*$/, "");
	return logged === recorded || logged.endsWith(recorded) || logged.endsWith(`/${short}`) || recorded.endsWith(logged) || logged === short;
}

/**
 * The signatures in a log of a store. Its form is recognised: AWS CloudTrail (`Records`, `eventName` Sign), Azure Key Vault (`operationName` KeySign), Google
 * Cloud Audit Logs (`methodName` AsymmetricSign), an audit device of OpenBao or Vault (`transit/sign`). JSON, or a line each. `undefined` for another form.
 */
export function storeEvents(text: string): StoreEvent[] | undefined {
	const entries = entriesIn(text);
	if (entries === undefined) return undefined;
	return entries.flatMap((entry) => {
		for (const read of READERS) {
			const event = read(entry);
			if (event !== undefined) return [event];
		}
		return [];
	});
}

type Entry = { [name: string]: unknown };

const READERS: ((entry: Entry) => StoreEvent | undefined)[] = [
	// CloudTrail: the ARN of the key is in `resources`, and the name by which the caller asked in the parameters.
	(entry) => {
		if (entry["eventSource"] !== "kms.amazonaws.com" || entry["eventName"] !== "Sign" || entry["errorCode"] !== undefined) return undefined;
		const [resource] = (entry["resources"] ?? []) as { ARN?: string }[];
		const { keyId } = (entry["requestParameters"] ?? {}) as { keyId?: string };
		return eventOf(entry["eventTime"], resource?.ARN ?? keyId, keyId);
	},
	// Key Vault: properties.id is the URL of the key version.
	(entry) => {
		if (entry["operationName"] !== "KeySign" || (entry["resultType"] ?? "Success") !== "Success") return undefined;
		const { id } = (entry["properties"] ?? {}) as { id?: string };
		return eventOf(entry["time"], id);
	},
	(entry) => {
		const { methodName, resourceName, status } = (entry["protoPayload"] ?? {}) as {
			methodName?: string;
			resourceName?: string;
			status?: { code?: number };
		};
		if (!methodName?.endsWith("AsymmetricSign") || status?.code) return undefined;
		return eventOf(entry["timestamp"], resourceName);
	},
	(entry) => {
		const { path } = (entry["request"] ?? {}) as { path?: string };
		const [, key] = /(?:^|\/)sign\/([^/]+)/.exec(path ?? "") ?? [];
		if (entry["type"] !== "response" || key === undefined || entry["error"]) return undefined;
		return eventOf(entry["time"], key);
	},
];

function eventOf(time: unknown, keyId: string | undefined, askedAs?: string): StoreEvent | undefined {
	return typeof time === "string" && keyId !== undefined ? { time, keyId, ...(askedAs !== undefined && { askedAs }) } : undefined;
}

/** The entries of a log: a list, a list under `Records`, `records` or `entries`, or a line each. */
function entriesIn(text: string): Entry[] | undefined {
	const whole = parsed(text);
	if (Array.isArray(whole)) return whole as Entry[];
	if (whole !== undefined) {
		for (const name of ["Records", "records", "entries"]) {
			const list = (whole as Entry)[name];
			if (Array.isArray(list)) return list as Entry[];
		}
		return [whole as Entry];
	}
	const lines = text.split("\n").filter((line) => line.trim() !== "");
	const entries = lines.map(parsed);
	return entries.length > 0 && entries.every((entry) => typeof entry === "object") ? (entries as Entry[]) : undefined;
}

function parsed(text: string): object | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === "object" && value !== null ? value : undefined;
	} catch {
		return undefined;
	}
}
