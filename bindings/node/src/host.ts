import type { Control } from "./control.js";
import type { DigestStep } from "./digest.js";
import type { Document, ReadStep } from "./document.js";
import { RustpdfError } from "./errors.js";
import { andThen, type Eventually, isPromiseLike } from "./eventually.js";
import type { Disk, Operation } from "./files/types.js";
import { encode } from "./frame.js";
import { type Signer, signatureBytes, signingRequest, type WireRequest } from "./request.js";

/** What the machine asks of its host (docs/protocol.md). */
export type Question =
	| ReadStep
	| DigestStep
	| ({ step: "sign"; signer: number } & WireRequest)
	| { step: "store"; operations: Operation[]; final: boolean; progress?: { done: number; total: number } | null };

/** Kind of a failure, as the core tells them apart. */
type Kind = "exists" | "missing" | "denied" | "unsupported" | "noSpace" | "busy" | "cancelled" | "other";

/** All that answers the questions of a run. */
export interface Parts {
	readonly document?: Document | undefined;
	readonly disk?: Disk | undefined;
	readonly signers?: readonly Signer[];
	readonly control: Control;
}

/**
 * Answers the questions of one run. It never throws: the core is told of each failure and decides what follows, and what was thrown is kept
 * to be thrown again.
 */
export class Host {
	readonly #parts: Parts;
	readonly #thrown: unknown[] = [];

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	/** The answer to a question. */
	answer(question: Question, payload: Uint8Array): Eventually<Uint8Array> {
		const { control, document } = this.#parts;
		const failed = (error: unknown) => {
			const kind = this.#keep(error);
			return encode({ answer: "failed", kind: control.isStopped ? "cancelled" : kind });
		};
		try {
			// What ends a commit, or clears up after a failure, is not stopped.
			if (question.step !== "store" || !question.final) {
				control.check();
				document?.refuseChanged();
			}
			const answer = this.#perform(question, payload);
			return isPromiseLike(answer) ? answer.then((made) => made, failed) : answer;
		} catch (error) {
			return failed(error);
		}
	}

	/** What was thrown when the failure of this number was answered. */
	thrown(failure: number): unknown {
		return this.#thrown[failure];
	}

	/** Frees what was kept for the run. */
	end(): void {
		this.#parts.document?.end();
	}

	#perform(question: Question, payload: Uint8Array): Eventually<Uint8Array> {
		const { control, document } = this.#parts;
		switch (question.step) {
			case "read":
				return andThen((document as Document).read(question), (pieces) => {
					const ranges = question.ranges.map(([offset], index) => [offset, pieces[index]?.byteLength]);
					return encode({ answer: "read", ranges }, pieces);
				});
			case "digest":
				return (document as Document).digest(question, payload);
			case "sign": {
				const { signers = [] } = this.#parts;
				control.progress("sign", question.signer, signers.length);
				const request = signingRequest(question, payload);
				const signature = signers[question.signer]?.(request.data, request);
				return andThen(control.orStopped(signature), (signature) => {
					document?.refuseChanged();
					const answer = encode({ answer: "sign" }, [signatureBytes(signature)]);
					control.progress("sign", question.signer + 1, signers.length);
					return answer;
				});
			}
			case "store":
				return this.#store(question, payload);
			default:
				throw new RustpdfError("ERR_INTERNAL", `the core asks for ${(question as { step: string }).step}; report it`);
		}
	}

	/** Performs operations on files, up to the first failure. */
	async #store({ final, operations, progress }: Question & { step: "store" }, payload: Uint8Array): Promise<Uint8Array> {
		const { control, disk } = this.#parts;
		if (progress && final) control.tell("write", progress.done, progress.total);
		else if (progress) control.progress("write", progress.done, progress.total);
		const results: object[] = [];
		const read: Uint8Array[] = [];
		let at = 0;
		for (const operation of operations) {
			const length = operation.op === "write" || operation.op === "append" ? operation.length : 0;
			at += length;
			try {
				const { bytes, ...result } = await (disk as Disk).perform(operation, payload.subarray(at - length, at));
				results.push(result);
				if (bytes !== undefined) read.push(bytes);
			} catch (error) {
				results.push({ failed: this.#keep(error) });
				break;
			}
		}
		return encode({ answer: "store", results }, read);
	}

	/** Keeps what was thrown, and tells its kind. */
	#keep(error: unknown): Kind {
		this.#thrown.push(error);
		return KINDS[(error as NodeJS.ErrnoException | undefined)?.code as string] ?? "other";
	}
}

const KINDS: Record<string, Kind> = Object.fromEntries(
	Object.entries({
		exists: "EEXIST",
		missing: "ENOENT ENOTDIR",
		denied: "EACCES EPERM EROFS",
		unsupported: "EOPNOTSUPP ENOTSUP ENOSYS EXDEV EMLINK EINVAL",
		noSpace: "ENOSPC EDQUOT EFBIG",
		busy: "EBUSY ETXTBSY EAGAIN",
	}).flatMap(([kind, codes]) => codes.split(" ").map((code) => [code, kind as Kind])),
);
